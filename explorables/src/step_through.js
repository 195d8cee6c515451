// What does a state hold after each word?
import { decode, dense, plus, softmax, times } from "./shared/arrays.js";
import { readCell, startState, step } from "./shared/cells.js";
import { share, signed } from "./shared/colours.js";
import { frame, make, stepper, written } from "./shared/page.js";
import { read } from "./shared/text.js";

const MOST = 40; // words

export function load(network) {
  const { kernel, bias } = network.read_out;
  return {
    tokens: network.tokens,
    labels: network.labels,
    embedding: decode(network.embedding),
    cell: readCell(network.cell),
    readOut: { kernel: decode(kernel), bias: decode(bias) },
  };
}

// The state after each id, from zeros on, and the probabilities of the labels there.
export function run(network, ids) {
  let states = startState(network.cell);
  return ids.map((id) => {
    const before = states[0];
    ({ states } = step(network.cell, network.embedding[id], states));
    return { before, state: states[0], shares: softmax(dense(network.readOut, states[0])) };
  });
}

// The sum behind one number of a state: what the word, each unit before, and the bias give to it.
export function sumBehind({ cell, embedding }, id, before, unit) {
  const word = times(embedding[id], cell.kernel)[unit];
  const units = Array.from(before, (value, k) => value * cell.recurrent_kernel[k][unit]);
  const bias = cell.bias[unit];
  return { word, units, bias, total: plus([word], [units.reduce((a, b) => a + b, 0)], [bias])[0] };
}

function render({ model, el }) {
  const network = load(model.get("network"));
  const units = network.cell.units;
  let text, steps, mode, chosen;
  const note = make("p", { className: "note", role: "status" });
  const box = make("input", { type: "text", value: model.get("text"), autocomplete: "off" });
  const table = make("table", { className: "grid" });
  const sum = make("div", { className: "sum", "aria-live": "polite" });
  const player = stepper(
    (now) => (now ? `Word ${now} of ${steps.length}` : "Before the first word"),
    () => steps.length,
    draw,
  );
  const { root, start, end } = frame(
    el,
    {
      name: "step_through",
      question: "What does a state hold after each word?",
      hint: "play it and watch where the answer turns; then take “not” out. Choose a number to see the sum behind it.",
    },
    (now) => {
      mode = now;
      if (steps) draw(player.now());
    },
  );

  function take() {
    text = read(box.value, network.tokens, MOST);
    steps = run(network, text.ids);
    note.textContent = text.note;
    chosen = undefined;
    player.go(steps.length);
    model.set("text", box.value);
    model.save_changes();
  }

  function draw(now) {
    const focused = table.contains(document.activeElement);
    if (chosen && chosen.at >= now) chosen = undefined;
    const head = text.tokens.map((token, at) =>
      make(
        "th",
        { scope: "col", className: at === now - 1 ? "now" : at < now ? "" : "ahead" },
        token.slice(0, 24),
      ),
    );
    const cells = (unit) =>
      steps.map(({ state }, at) => {
        if (at >= now) return make("td");
        const button = make(
          "button",
          {
            type: "button",
            className: "cell",
            tabIndex: -1,
            click: () => explain(unit, at),
            focus: () => explain(unit, at),
            mouseenter: () => explain(unit, at),
            "aria-label": `unit ${unit + 1} after ${text.tokens[at]}: ${written(state[unit])}`,
          },
          written(state[unit]),
        );
        Object.assign(button.style, signed(state[unit], 1, mode));
        button.dataset.value = state[unit];
        return make("td", {}, button);
      });
    const last = network.labels.length - 1;
    const answers = steps.map(({ shares }, at) => {
      if (at >= now) return make("td");
      const cell = make("span", { className: "cell" }, `${Math.round(100 * shares[last])} %`);
      Object.assign(cell.style, share(shares[last], mode));
      cell.dataset.value = shares[last];
      return make("td", {}, cell);
    });
    const rows = Array.from({ length: units }, (_, unit) =>
      make("tr", {}, make("th", { scope: "row" }, `unit ${unit + 1}`), ...cells(unit)),
    );
    table.replaceChildren(
      make("thead", {}, make("tr", {}, make("td"), ...head)),
      make(
        "tbody",
        {},
        ...rows,
        make("tr", { className: "answers" },
          make("th", { scope: "row" }, network.labels[last]), ...answers),
      ),
    );
    const buttons = table.querySelectorAll("button");
    const at = chosen ? chosen.unit * now + chosen.at : 0;
    if (buttons[at]) {
      buttons[at].tabIndex = 0;
      if (focused) buttons[at].focus();
    }
    say();
  }

  function explain(unit, at) {
    chosen = { unit, at };
    say();
  }

  function say() {
    if (!chosen) {
      sum.replaceChildren(make("p", {}, "Each column is the state after one word."));
      return;
    }
    const { unit, at } = chosen;
    const { before, state } = steps[at];
    const { word, units: shares, bias, total } = sumBehind(network, text.ids[at], before, unit);
    const token = text.tokens[at].slice(0, 24);
    const most = shares
      .map((value, k) => ({ value, k }))
      .sort((a, b) => Math.abs(b.value) - Math.abs(a.value))
      .slice(0, 3)
      .map(({ value, k }) => `${written(value)} from unit ${k + 1}`);
    const rest = shares.reduce((a, b) => a + b, 0);
    sum.replaceChildren(
      make("p", {}, make("strong", {}, `unit ${unit + 1} after “${token}”`),
        ` = tanh(${written(total)}) = ${written(state[unit])}`),
      make("p", {}, `${written(total)} = ${written(word)} from the word (W x) + ` +
        `${written(rest)} from the state before (U h) + ${written(bias)} (b)`),
      make("p", {}, at ? `The largest parts of U h: ${most.join(", ")}.`
        : "Before the first word the state is all zeros."),
    );
  }

  box.addEventListener("input", take);
  root.append(
    make("label", {}, "Your sentence", box),
    note,
    player.controls,
    make("div", { className: "scroll" }, table),
    sum,
  );
  start();
  take();
  return () => {
    player.stop();
    end();
  };
}

export default { render };
