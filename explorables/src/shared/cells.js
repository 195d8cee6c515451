// One time step of each recurrent cell, in the letters of rnn_course/layers/cells.py.
import { decode, plus, times } from "./arrays.js";

const sigmoid = (a) => 1 / (1 + Math.exp(-a));

// The cell of a network's file, its weights decoded.
export function readCell(cell) {
  return {
    ...cell,
    kernel: decode(cell.kernel),
    recurrent_kernel: decode(cell.recurrent_kernel),
    bias: decode(cell.bias),
    units: cell.recurrent_kernel.shape[0],
  };
}

export function startState({ kind, units }) {
  const zeros = () => new Float64Array(units);
  return kind === "lstm" ? [zeros(), zeros()] : [zeros()];
}

// New states, output first, and the gates by name.
export function step(cell, x, states) {
  return { simple_rnn: simpleRnn, lstm, gru }[cell.kind](cell, x, states);
}

function simpleRnn({ kernel, recurrent_kernel, bias }, x, [h]) {
  const sum = plus(times(x, kernel), times(h, recurrent_kernel), bias);
  return { states: [sum.map(Math.tanh)], gates: {} };
}

const part = (row, k, n) => row.slice(k * n, (k + 1) * n);

function lstm({ kernel, recurrent_kernel, bias, units: n }, x, [h, c]) {
  const sum = plus(times(x, kernel), times(h, recurrent_kernel), bias);
  const i = part(sum, 0, n).map(sigmoid);
  const f = part(sum, 1, n).map(sigmoid);
  const candidate = part(sum, 2, n).map(Math.tanh);
  const o = part(sum, 3, n).map(sigmoid);
  const newC = c.map((value, j) => f[j] * value + i[j] * candidate[j]);
  const newH = newC.map((value, j) => o[j] * Math.tanh(value));
  const gates = { input_gate: i, forget_gate: f, candidate, output_gate: o };
  return { states: [newH, newC], gates };
}

function gru(cell, x, [h]) {
  const { kernel, recurrent_kernel, bias, units: n } = cell;
  const after = cell.reset_after;
  const fromInput = plus(times(x, kernel), after ? bias[0] : bias);
  const fromState = times(h, recurrent_kernel);
  const recurrent = after ? plus(fromState, bias[1]) : fromState;
  const both = plus(fromInput, recurrent);
  const z = part(both, 0, n).map(sigmoid);
  const r = part(both, 1, n).map(sigmoid);
  let inner = part(recurrent, 2, n).map((value, j) => r[j] * value);
  if (!after) {
    inner = part(times(h.map((value, j) => r[j] * value), recurrent_kernel), 2, n);
  }
  const candidate = part(fromInput, 2, n).map((value, j) => Math.tanh(value + inner[j]));
  const write = cell.update_gate === "write";
  const newH = h.map((value, j) => {
    const keep = write ? 1 - z[j] : z[j];
    return keep * value + (1 - keep) * candidate[j];
  });
  return { states: [newH], gates: { update_gate: z, reset_gate: r, candidate } };
}
