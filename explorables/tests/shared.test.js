import { expect, test } from "vitest";
import { decode, softmax } from "../src/shared/arrays.js";
import { readCell, startState, step } from "../src/shared/cells.js";
import { encode, read, words } from "../src/shared/text.js";
import { close, expected } from "./numbers.js";

test.each(Object.keys(expected.words))("%j is cut into words as in Python", (text) => {
  expect(words(text)).toEqual(expected.words[text]);
});

test.each(Object.keys(expected.cells))("%s steps as the package's cell", (name) => {
  const { cell: written, inputs, states: wanted } = expected.cells[name];
  const cell = readCell(written);
  let states = startState(cell);
  inputs.forEach((x, t) => {
    ({ states } = step(cell, x, states));
    states.forEach((state, k) => close(state, wanted[t][k]));
  });
});

test("8 bits are read with the scale of each column", () => {
  const { encoded, values } = expected["8 bits"];
  decode(encoded).forEach((row, i) => close(row, values[i]));
});

test("a softmax of large scores is no NaN", () => {
  close(softmax([1000, 1000, -1000]), [0.5, 0.5, 0]);
});

test("special tokens cannot be typed, unknown words are said", () => {
  const known = ["", "[UNK]", "<s>", "</s>", "the"];
  expect(encode(["the", "<s>", "zebra"], known)).toEqual({
    ids: [4, 1, 1],
    unknown: ["<s>", "zebra"],
  });
  expect(read("the zebra", known, 9).note).toBe(
    "It has never seen “zebra”, and reads the unknown word [UNK] instead.",
  );
  expect(read("", known, 9).note).toBe("Type a few words.");
  expect(read("the the the", known, 2).note).toBe("It reads the first 2 of your 3 words.");
});
