import { beforeEach, expect, test, vi } from "vitest";
import { modelOf } from "../src/play.js";
import { read } from "../src/shared/text.js";
import stepThrough, { load, run, sumBehind } from "../src/step_through.js";
import { all, close, emptyPage, expected as numbers, one, shipped } from "./numbers.js";

const expected = numbers.step_through;
const network = shipped("sentiment_last");
const loaded = load(network);

beforeEach(emptyPage);

function shown(text) {
  const model = modelOf({ text, network });
  return stepThrough.render({ model, el: document.body });
}

test.each(Object.keys(expected))("%j: states and answers as in Python", (text) => {
  const steps = run(loaded, read(text, loaded.tokens, 40).ids);
  steps.forEach(({ state, shares }, t) => {
    close(state, expected[text].states[t]);
    close(shares, expected[text].probabilities[t]);
  });
  expect(steps.length).toBe(expected[text].states.length);
});

test("the sum behind a number is its number", () => {
  const { ids } = read("the ending was gripping", loaded.tokens, 40);
  const steps = run(loaded, ids);
  const { total } = sumBehind(loaded, ids[3], steps[3].before, 2);
  expect(Math.tanh(total)).toBeCloseTo(steps[3].state[2], 10);
});

test("it shows every state at first, and fewer after a step back", () => {
  shown("we found the ending gripping .");
  expect(all("button.cell").length).toBe(48);
  one("[aria-label='One step back']").click();
  expect(all("button.cell").length).toBe(40);
  one("button.cell").focus();
  expect(one(".sum").textContent).toMatch(/unit 1 after “we”.*all zeros/);
});

test("it plays to the end and stops", () => {
  vi.useFakeTimers();
  shown("the ending");
  const play = all("button").find((button) => button.textContent === "Play");
  play.click();
  expect(all("button.cell").length).toBe(0);
  expect(play.textContent).toBe("Pause");
  vi.advanceTimersByTime(5000);
  expect(all("button.cell").length).toBe(16);
  expect(play.textContent).toBe("Play");
  expect(one("input[type=range]").value).toBe("2");
  vi.useRealTimers();
});

test.each(["", "zebra 🙂 Привет", "a ".repeat(5000), "x".repeat(20000)])("no error with %.9s", (text) => {
  const end = shown(text);
  expect(all("thead th").length).toBeLessThanOrEqual(40);
  expect(one(".note").textContent).not.toBe("");
  end();
  expect(one("section")).toBe(null);
});

test("arrow keys move among the numbers, and no key leaves the explorable", () => {
  shown("the ending was");
  const outside = vi.fn();
  document.addEventListener("keydown", outside);
  const cells = all("button.cell");
  cells[0].focus();
  const press = (key) =>
    document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
  press("ArrowRight");
  expect(document.activeElement).toBe(cells[1]);
  press("ArrowDown");
  expect(document.activeElement).toBe(cells[4]);
  expect(cells.filter((cell) => cell.tabIndex === 0)).toEqual([cells[4]]);
  expect(outside).not.toHaveBeenCalled();
});
