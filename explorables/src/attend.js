// What is a weighted sum of states?
import { decode, dense, softmax, times } from "./shared/arrays.js";
import { readCell, startState, step } from "./shared/cells.js";
import { share, signed } from "./shared/colours.js";
import { frame, make, written } from "./shared/page.js";
import { read } from "./shared/text.js";

const MOST = 30; // words

export function load(network) {
  const { kernel, bias } = network.read_out;
  return {
    tokens: network.tokens,
    labels: network.labels,
    embedding: decode(network.embedding),
    cells: [readCell(network.cell), readCell(network.backward_cell)],
    query: decode(network.attention.query),
    kernel: decode(network.attention.kernel),
    readOut: { kernel: decode(kernel), bias: decode(bias) },
  };
}

// The state at each id: of the direction from the left, then of that from the right.
export function statesOf({ cells, embedding }, ids) {
  const along = (cell, order) => {
    let states = startState(cell);
    return order.map((id) => {
      ({ states } = step(cell, embedding[id], states));
      return states[0];
    });
  };
  const forward = along(cells[0], ids);
  const backward = along(cells[1], [...ids].reverse()).reverse();
  return forward.map((state, at) => Float64Array.from([...state, ...backward[at]]));
}

const dot = (a, b) => a.reduce((sum, value, k) => sum + value * b[k], 0);

// Scores by the trained query, tanh(h W) q; or by the state of a word, h·q, divided by √N or not.
export function scoresOf(network, states, { query, root }) {
  if (query === -1) {
    return states.map((h) => dot(times(h, network.kernel).map(Math.tanh), network.query));
  }
  const scale = root ? Math.sqrt(states[0].length) : 1;
  return states.map((h) => dot(h, states[query]) / scale);
}

// Weights, their sum of the states, and what the classifier makes of that.
export function pooled(network, states, scores) {
  const weights = softmax(scores);
  const context = states[0].map((_, k) => weights.reduce((s, w, t) => s + w * states[t][k], 0));
  return { weights, context, shares: softmax(dense(network.readOut, context)) };
}

function render({ model, el }) {
  const network = load(model.get("network"));
  let text, states, mode;
  const note = make("p", { className: "note", role: "status" });
  const box = make("input", { type: "text", value: model.get("text"), autocomplete: "off" });
  const query = make("select", { change: draw });
  const root = make("input", { type: "checkbox", checked: true, change: draw });
  const rootLabel = make("label", {}, root, "divide by √N");
  const table = make("table", { className: "grid" });
  const sum = make("div", { className: "sum", "aria-live": "polite" });
  const { root: page, start, end } = frame(
    el,
    {
      name: "attend",
      question: "What is a weighted sum of states?",
      hint: "which words does the trained query look at? Then let a word ask, with and without √N.",
    },
    (now) => {
      mode = now;
      if (states) draw();
    },
  );

  function take() {
    text = read(box.value, network.tokens, MOST);
    states = statesOf(network, text.ids);
    note.textContent = text.note;
    const before = query.selectedIndex;
    query.replaceChildren(
      make("option", { value: -1 }, "the trained query"),
      ...text.tokens.map((token, at) =>
        make("option", { value: at }, `the state at ${at + 1}, “${token.slice(0, 24)}”`)),
    );
    query.selectedIndex = before > 0 && before <= text.tokens.length ? before : 0;
    model.set("text", box.value);
    model.save_changes();
    draw();
  }

  function draw() {
    const chosen = { query: Number(query.value), root: root.checked };
    root.disabled = chosen.query === -1;
    if (!states.length) {
      table.replaceChildren();
      sum.replaceChildren();
      return;
    }
    const scores = scoresOf(network, states, chosen);
    const { weights, context, shares } = pooled(network, states, scores);
    const number = (value, look) => {
      const cell = make("span", { className: "cell" }, written(value));
      Object.assign(cell.style, look);
      cell.dataset.value = value;
      return make("td", {}, cell);
    };
    const largest = Math.max(...scores.map(Math.abs), 1e-9);
    const ask = (at) => {
      const cell = make("button", {
        type: "button", className: "cell", tabIndex: at ? -1 : 0,
        "aria-label": `let ${text.tokens[at]} ask`,
        "aria-pressed": String(chosen.query === at),
        click: () => {
          query.value = chosen.query === at ? -1 : at;
          draw();
          table.querySelectorAll("button")[at].focus();
        },
      }, chosen.query === at ? "asks" : "ask");
      Object.assign(cell.style, { background: "var(--paper)", color: "var(--ink)" });
      return make("td", {}, cell);
    };
    const row = (name, cells, className = "") =>
      make("tr", { className }, make("th", { scope: "row" }, name), ...cells);
    table.replaceChildren(
      make("thead", {}, make("tr", {}, make("td"),
        ...text.tokens.map((token) => make("th", { scope: "col" }, token.slice(0, 24))))),
      make("tbody", {},
        row("score", scores.map((value) => number(value, signed(value, largest, mode))), "scores"),
        row("weight", weights.map((value) => number(value, share(value, mode))), "weights"),
        row("query", text.tokens.map((_, at) => ask(at)))),
    );
    const order = [...weights.keys()].sort((a, b) => weights[b] - weights[a]).slice(0, 3);
    const parts = order.map((at) => `${written(weights[at])} · h(${text.tokens[at].slice(0, 24)})`);
    const last = network.labels.length - 1;
    const result = chosen.query === -1
      ? `From this sum it finds “${network.labels[last]}” ${written(100 * shares[last], 1)} % likely.`
      : "The classifier was trained for its own query, so here it gives no answer.";
    sum.replaceChildren(
      make("p", {}, `The sum: ${parts.join(" + ")}${weights.length > 3 ? " + …" : ""}. ` +
        `The weights add up to 1.`),
      make("p", {}, `Its first numbers of ${context.length}: ` +
        `${[...context.slice(0, 4)].map((value) => written(value)).join(", ")}, …`),
      make("p", { className: "answer" }, result),
    );
    sum.dataset.value = shares[last];
  }

  box.addEventListener("input", take);
  page.append(
    make("label", {}, "Your sentence", box),
    note,
    make("div", { className: "controls" }, make("label", {}, "Who asks?", query), rootLabel),
    make("div", { className: "scroll" }, table),
    sum,
  );
  start();
  take();
  return end;
}

export default { render };
