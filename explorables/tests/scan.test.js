import { beforeEach, expect, test } from "vitest";
import { modelOf } from "../src/play.js";
import scan, { cost, rounds, sequential } from "../src/scan.js";
import { all, close, emptyPage, expected, one } from "./numbers.js";

beforeEach(emptyPage);

test("both orders give the states of the package's tree", () => {
  const { a, b, states } = expected.scan;
  close(sequential(a, b), states);
  close(rounds(a, b).at(-1).b, states);
});

test.each([1, 2, 3, 8, 16])("of %d steps the rounds and combinations are counted", (n) => {
  const { steps, depth, work } = cost(n);
  expect(steps).toBe(n - 1);
  const levels = rounds(Array(n).fill(1), Array(n).fill(1));
  expect(depth).toBe(levels.length - 1);
  let changed = 0;
  for (let k = 1; k < levels.length; k++) {
    changed += levels[k].b.filter((value, t) => value !== levels[k - 1].b[t]).length;
  }
  expect(work).toBe(changed);
});

test("sliders change the length and the decay", () => {
  const model = modelOf({ length: 8, decay: 0.5 });
  const end = scan.render({ model, el: document.body });
  const [length] = all("input[type=range]");
  expect(one(".counts").textContent).toMatch(/7 rounds.*3 rounds, 17 combinations/);
  length.value = 1;
  length.dispatchEvent(new Event("input"));
  expect(model.get("length")).toBe(1);
  expect(one(".counts").textContent).toMatch(/0 rounds/);
  end();
  expect(one("section")).toBe(null);
});

test("keys move a slider even where a page keeps the browser from it", () => {
  const model = modelOf({ length: 8, decay: 0.5 });
  scan.render({ model, el: document.body });
  const [length, decay] = all("input[type=range]");
  const press = (slider, key) =>
    slider.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
  press(length, "ArrowRight");
  expect(model.get("length")).toBe(9);
  press(length, "Home");
  press(length, "ArrowLeft");
  expect(model.get("length")).toBe(1);
  press(decay, "ArrowDown");
  expect(model.get("decay")).toBeCloseTo(0.45, 10);
  expect(press(length, "a")).toBe(true);
});
