// Numbers from Python, and how near ours must be to them.
import { readFileSync } from "node:fs";
import { expect } from "vitest";

export const from = (file) => JSON.parse(readFileSync(`${import.meta.dirname}/${file}`, "utf-8"));
export const expected = from("expected.json");
export const shipped = (name) => from(`../../rnn_course/explorables/networks/${name}.json`);

export function close(found, wanted, within = 1e-5) {
  expect(found.length).toBe(wanted.length);
  Array.from(found).forEach((value, k) => expect(Math.abs(value - wanted[k])).toBeLessThan(within));
}

// What a browser has and jsdom lacks.
export function emptyPage() {
  window.matchMedia = () => ({ matches: false, addEventListener() {}, removeEventListener() {} });
  document.body.replaceChildren();
}

export const all = (css) => [...document.querySelectorAll(css)];
export const one = (css) => document.querySelector(css);
