import { beforeEach, expect, test } from "vitest";
import { modelOf } from "../src/play.js";
import trellis, { scoreOf, viterbi } from "../src/trellis.js";
import { all, emptyPage, expected, one } from "./numbers.js";

beforeEach(emptyPage);

const values = () => ({
  tokens: ["lung", "cancer", "is"],
  labels: ["O", "B", "I"],
  emissions: [[0.5, 1, 1.5], [0.5, 1, 2], [2, 0, 0.5]],
  transitions: [[0.5, 0, -4], [0, -1, 1], [0.5, -1, 0.5]],
});

test.each(expected.trellis)("the best path is that of the package's CRF", (scores) => {
  const { path } = viterbi(scores.emissions, scores.transitions);
  expect(path).toEqual(scores.path);
});

test.each(expected.trellis)("its score is the best of all paths", ({ emissions, transitions }) => {
  let paths = [[]];
  for (const row of emissions) paths = paths.flatMap((path) => row.map((_, k) => [...path, k]));
  const best = Math.max(...paths.map((path) => scoreOf(path, emissions, transitions)));
  const { path, scores } = viterbi(emissions, transitions);
  expect(scoreOf(path, emissions, transitions)).toBeCloseTo(best, 10);
  expect(Math.max(...scores.at(-1))).toBeCloseTo(best, 10);
});

test("one word alone has a path", () => {
  expect(viterbi([[1, 2]], [[0, 0], [0, 0]]).path).toEqual([1]);
});

test("a changed score changes the path and tells the model; nonsense changes nothing", () => {
  const model = modelOf(values());
  trellis.render({ model, el: document.body });
  expect(all(".onpath").length).toBe(3);
  const before = one(".sum").textContent;
  const field = one("input[aria-label='B at lung']");
  field.value = "";
  field.dispatchEvent(new Event("input"));
  expect(one(".note").textContent).toMatch(/must be a number/);
  expect(one(".sum").textContent).toBe(before);
  field.value = 9;
  field.dispatchEvent(new Event("input"));
  expect(one(".sum").textContent).toMatch(/Viterbi: B I/);
  expect(model.get("emissions")[0][1]).toBe(9);
});

test("step by step", () => {
  trellis.render({ model: modelOf(values()), el: document.body });
  one("[aria-label='One step back']").click();
  expect(all(".onpath").length).toBe(0);
  expect(one(".sum").textContent).toMatch(/After “cancer” the best is/);
});
