import { beforeEach, expect, test, vi } from "vitest";
import { modelOf } from "../src/play.js";
import sampler, { choose, generator, load, readOn, restricted } from "../src/sampler.js";
import { encode } from "../src/shared/text.js";
import { all, close, emptyPage, expected, one, shipped } from "./numbers.js";

const network = shipped("characters");
const loaded = load(network);

beforeEach(emptyPage);

function shown(text, settings = {}) {
  const model = modelOf({ text, temperature: 1, top_k: null, top_p: 1, seed: 0, network, ...settings });
  return { model, end: sampler.render({ model, el: document.body }) };
}

test.each(Object.keys(expected.sampler))("%j: logits as in Python, the same letter first", (text) => {
  const { ids } = encode(Array.from(text), network.tokens);
  const { logits } = readOn(loaded, [2, ...ids]);
  const wanted = expected.sampler[text];
  expect([0, 2, 3].map((id) => logits[id])).toEqual([-Infinity, -Infinity, -Infinity]);
  const possible = [...wanted.keys()].filter((id) => ![0, 2, 3].includes(id));
  close(possible.map((id) => logits[id]), possible.map((id) => wanted[id]), 1e-4);
  const best = (row) => possible.reduce((a, b) => (row[b] > row[a] ? b : a));
  expect(best(logits)).toBe(best(wanted));
});

test.each(expected.restricted)("$settings leaves what Python leaves", ({ settings, logits, shares }) => {
  close(restricted(logits, settings), shares);
});

test("temperature 0 takes the likeliest, padding is never likely", () => {
  expect(restricted([-Infinity, 1, 3, 2], { temperature: 0, topK: 4, topP: 1 })).toEqual([0, 0, 1, 0]);
  expect(restricted([-Infinity, 1, 3, 2], { temperature: 2, topK: 4, topP: 1 })[0]).toBe(0);
});

test("letters are drawn as often as they are likely, and the same with the same seed", () => {
  const draw = generator(5);
  const counts = [0, 0, 0];
  for (let k = 0; k < 20000; k++) counts[choose([0.2, 0.5, 0.3], draw())] += 1;
  close(counts.map((count) => count / 20000), [0.2, 0.5, 0.3], 0.015);
  const [first, second] = [generator(7), generator(7)];
  expect([first(), first()]).toEqual([second(), second()]);
  expect(choose([0, 1, 0], 0.9999999999)).toBe(1);
});

test("it writes, pauses, and stops after 600 letters", () => {
  vi.useFakeTimers();
  shown("ROMEO:", { temperature: 0 });
  const [write] = all("button");
  write.click();
  vi.advanceTimersByTime(400);
  expect(one(".written").textContent.length).toBe("ROMEO:".length + 10);
  vi.advanceTimersByTime(60_000);
  expect(one(".written").textContent.length).toBe("ROMEO:".length + 600);
  expect(write.textContent).toBe("Write");
  expect(one(".note").textContent).toMatch(/stops after 600/);
  vi.useRealTimers();
});

test("a slider changes what is possible and tells the model", () => {
  const { model } = shown("ROMEO:");
  const slider = all("input[type=range]")[1];
  slider.value = 3;
  slider.dispatchEvent(new Event("input"));
  expect(model.get("top_k")).toBe(3);
  expect(one(".counts").textContent).toMatch(/^3 of/);
  expect(all(".bar:not(.out)").length).toBe(3);
});

test.each(["", "Привет 🙂", "x".repeat(5000)])("no error with %.9s", (text) => {
  const { end } = shown(text);
  expect(one(".note").textContent).not.toBe("");
  expect(all(".bar").length).toBe(12);
  end();
  expect(one("section")).toBe(null);
});
