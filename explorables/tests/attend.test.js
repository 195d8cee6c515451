import { beforeEach, expect, test } from "vitest";
import attend, { load, pooled, scoresOf, statesOf } from "../src/attend.js";
import { modelOf } from "../src/play.js";
import { read } from "../src/shared/text.js";
import { all, close, emptyPage, expected, one, shipped } from "./numbers.js";

const network = shipped("sentiment_attention");
const loaded = load(network);

beforeEach(emptyPage);

const shown = (text) => attend.render({ model: modelOf({ text, network }), el: document.body });

test.each(Object.keys(expected.attend))("%j: weights and answer as in Python", (text) => {
  const states = statesOf(loaded, read(text, loaded.tokens, 30).ids);
  const { weights, shares } = pooled(loaded, states, scoresOf(loaded, states, { query: -1 }));
  close(weights, expected.attend[text].weights);
  close(shares, expected.attend[text].probabilities);
});

test("√N divides the scores of a state's query", () => {
  const states = statesOf(loaded, [4, 5, 6]);
  const plain = scoresOf(loaded, states, { query: 1, root: false });
  const divided = scoresOf(loaded, states, { query: 1, root: true });
  close(divided.map((score) => score * Math.sqrt(states[0].length)), plain);
});

test("a word asks when its button is chosen, and again no longer", () => {
  shown("the ending was gripping .");
  const ask = () => all("button.cell")[1];
  ask().click();
  expect(ask().getAttribute("aria-pressed")).toBe("true");
  expect(one("select").value).toBe("1");
  expect(one(".answer").textContent).toMatch(/no answer/);
  ask().click();
  expect(one("select").value).toBe("-1");
  expect(one(".answer").textContent).toMatch(/“positive”/);
});

test.each(["", "Привет 🙂", "a ".repeat(5000), "x".repeat(20000)])("no error with %.9s", (text) => {
  const end = shown(text);
  expect(one(".note").textContent).not.toBe("");
  expect(all("thead th").length).toBeLessThanOrEqual(30);
  end();
  expect(one("section")).toBe(null);
});
