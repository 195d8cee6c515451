// Can a recurrence run in parallel?
import { signed } from "./shared/colours.js";
import { frame, make, stepper, written } from "./shared/page.js";

// h_t = a_t h_{t-1} + b_t, one step after the other.
export function sequential(a, b) {
  let h = 0;
  return b.map((value, t) => (h = a[t] * h + value));
}

// The same in rounds: at each, every position takes in what stands 1, 2, 4, … to its left. All
// pairs (a, b) of each round; in the last one b is the state.
export function rounds(a, b) {
  const levels = [{ a: [...a], b: [...b] }];
  for (let reach = 1; reach < a.length; reach *= 2) {
    const before = levels.at(-1);
    levels.push({
      a: before.a.map((value, t) => (t < reach ? value : value * before.a[t - reach])),
      b: before.b.map((value, t) =>
        t < reach ? value : before.a[t] * before.b[t - reach] + value),
    });
  }
  return levels;
}

// Combinations one after the other, and in all, of both ways.
export function cost(n) {
  const depth = n > 1 ? Math.ceil(Math.log2(n)) : 0;
  let work = 0;
  for (let k = 0; k < depth; k++) work += n - 2 ** k;
  return { steps: n - 1, depth, work };
}

const inputsOf = (n) => Array.from({ length: n }, (_, t) => [1, 0, 0, 1, 0, 0, -1, 2][t % 8]);

function render({ model, el }) {
  let mode;
  let drawn = false;
  const length = slider("Length n", "length", 1, 16, 1);
  const decay = slider("Decay a", "decay", -1, 1, 0.05);
  const first = make("table", { className: "grid" });
  const second = make("table", { className: "grid" });
  const counts = make("p", { className: "counts", "aria-live": "polite" });
  const player = stepper((now) => `Round ${now}`, () => Math.max(1, length.value() - 1), draw, 700);
  const { root, start, end } = frame(
    el,
    {
      name: "scan",
      question: "Can a recurrence run in parallel?",
      hint: "play it. Which of the two is done first, and which computes more? Then make it twice as long.",
    },
    (now) => {
      mode = now;
      if (drawn) draw(player.now());
    },
  );

  function slider(label, name, min, max, step) {
    const input = make("input", { type: "range", min, max, step });
    input.value = model.get(name);
    const text = make("span", {}, `${label} = ${input.value}`);
    input.addEventListener("input", () => {
      text.textContent = `${label} = ${input.value}`;
      model.set(name, Number(input.value));
      model.save_changes();
      player.go(player.now());
    });
    return { row: make("label", {}, text, input), value: () => Number(input.value) };
  }

  function cell(value, known, largest, label) {
    if (!known) {
      const waiting = make("span", { className: "cell" }, "·");
      Object.assign(waiting.style, { background: "var(--paper)", color: "var(--muted)" });
      return make("td", {}, waiting);
    }
    const made = make("span", { className: "cell", title: label }, written(value));
    Object.assign(made.style, signed(value, largest, mode));
    made.dataset.value = value;
    return make("td", {}, made);
  }

  function draw(now) {
    drawn = true;
    const n = length.value();
    const b = inputsOf(n);
    const a = Array(n).fill(decay.value());
    const states = sequential(a, b);
    const levels = rounds(a, b);
    const largest = Math.max(...b.map(Math.abs), ...states.map(Math.abs), 1);
    const head = () => make("thead", {}, make("tr", {}, make("td"),
      ...b.map((_, t) => make("th", { scope: "col" }, `${t + 1}`))));
    const row = (name, values, known, className = "") =>
      make("tr", { className }, make("th", { scope: "row" }, name),
        ...values.map((value, t) => cell(value, known(t), largest, `${name}, position ${t + 1}`)));
    first.replaceChildren(
      make("caption", {}, "Step by step: each state waits for the one before"), head(),
      make("tbody", {}, row("b", b, () => true), row("h", states, (t) => t <= now, "states")));
    const reached = Math.min(now, levels.length - 1);
    second.replaceChildren(
      make("caption", {}, "As a tree: at each round all positions at once"), head(),
      make("tbody", {}, ...levels.map(({ b: values }, level) =>
        row(level ? `reach ${2 ** (level - 1)}` : "b", values, () => level <= reached,
          level === levels.length - 1 ? "states" : ""))));
    const { steps, depth, work } = cost(n);
    counts.textContent = `Step by step: ${steps} rounds, ${steps} combinations. ` +
      `As a tree: ${depth} rounds, ${work} combinations.`;
  }

  start();
  root.append(
    make("div", { className: "controls" }, length.row, decay.row),
    player.controls,
    counts,
    make("div", { className: "scroll", tabIndex: 0, role: "region", "aria-label": "Step by step" }, first),
    make("div", { className: "scroll", tabIndex: 0, role: "region", "aria-label": "As a tree" }, second),
  );
  player.go(3);
  return () => {
    player.stop();
    end();
  };
}

export default { render };
