// What do temperature, top-k and top-p do?
import { decode, dense, softmax } from "./shared/arrays.js";
import { readCell, startState, step } from "./shared/cells.js";
import { frame, make, written } from "./shared/page.js";
import { encode } from "./shared/text.js";

const PADDING = 0;
const BEGIN = 2;
const END = 3;
const LONGEST = 600; // letters that are written
const MOST = 2000; // letters of a prefix that are read
const SHOWN = 12; // bars

export function load(network) {
  const { kernel, bias } = network.read_out;
  return {
    tokens: network.tokens,
    embedding: decode(network.embedding),
    cell: readCell(network.cell),
    readOut: { kernel: decode(kernel), bias: decode(bias) },
  };
}

// The logits of the next letter after the ids, and the states there.
export function readOn(network, ids, states = startState(network.cell)) {
  for (const id of ids) ({ states } = step(network.cell, network.embedding[id], states));
  const logits = dense(network.readOut, states[0]);
  // Padding and begin are never an answer. Its texts end where they were cut: nor is that one.
  for (const id of [PADDING, BEGIN, END]) logits[id] = -Infinity;
  return { states, logits };
}

// Ids, the likeliest first; equally likely ones by number.
function ranked(logits) {
  const above = (a, b) => Number(logits[b] > logits[a]) - Number(logits[b] < logits[a]);
  return Array.from(logits.keys()).sort(above);
}

// What of the logits stays possible, as rnn_course.models.decoding.restrict: at the temperature,
// the likeliest k, and of these the likeliest that bring their probability to p.
export function restricted(logits, { temperature, topK, topP }) {
  const order = ranked(logits);
  if (temperature === 0) return logits.map((_, id) => (id === order[0] ? 1 : 0));
  const scaled = Array.from(logits, (value) => value / temperature);
  const lowest = scaled[order[Math.min(topK, order.length) - 1]];
  let kept = scaled.map((value) => (value >= lowest ? value : -Infinity));
  const shares = softmax(kept);
  let before = 0;
  let bound = Infinity;
  for (const id of order) {
    if (before < topP || topP >= 1) bound = Math.min(bound, kept[id]);
    before += shares[id];
  }
  kept = kept.map((value) => (value >= bound ? value : -Infinity));
  return softmax(kept);
}

// The first id up to which the probabilities reach a number from 0 to 1.
export function choose(shares, uniform) {
  let sum = 0;
  for (let id = 0; id < shares.length; id++) {
    sum += shares[id];
    if (sum > uniform) return id;
  }
  return shares.lastIndexOf(Math.max(...shares));
}

// Numbers from 0 to 1, the same for the same seed (mulberry32).
export function generator(seed) {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = Math.imul(a ^ (a >>> 15), a | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const NAMES = { "\n": "↵", " ": "␣" };

function render({ model, el }) {
  const network = load(model.get("network"));
  const most = network.tokens.length;
  let prefix, text, states, logits, random, timer;
  const note = make("p", { className: "note", role: "status" });
  const box = make("input", { type: "text", value: model.get("text"), autocomplete: "off" });
  const output = make("div", { className: "written", tabIndex: 0, role: "region",
    "aria-label": "What it writes" });
  const bars = make("div", { className: "bars" });
  const writing = make("button", { type: "button", click: () => (timer ? stop() : start()) }, "Write");
  const one = make("button", { type: "button", click: () => { stop(); advance(); } }, "One letter");
  const again = make("button", { type: "button", click: take }, "Start again");
  const settings = {
    temperature: slider("Temperature", "temperature", 0, 2, 0.05),
    topK: slider("Top-k", "top_k", 1, most, 1),
    topP: slider("Top-p", "top_p", 0.05, 1, 0.05),
  };
  const { root, start: begin, end } = frame(
    el,
    {
      name: "sampler",
      question: "What do temperature, top-k and top-p do?",
      hint: "let it write at temperature 1, then at 0.3, then at 2 with top-k 5. Which of them repeats itself?",
    },
    () => {},
  );

  function slider(label, name, min, max, step) {
    const input = make("input", { type: "range", min, max, step });
    input.value = model.get(name) ?? max;
    const text = make("span", {}, `${label} ${input.value}`);
    input.addEventListener("input", () => {
      text.textContent = `${label} ${input.value}`;
      model.set(name, Number(input.value));
      model.save_changes();
      draw();
    });
    return { input, row: make("label", {}, text, input) };
  }

  const chosen = () =>
    Object.fromEntries(Object.entries(settings).map(([k, { input }]) => [k, Number(input.value)]));

  function take() {
    stop();
    const all = Array.from(box.value.normalize("NFC"));
    const letters = all.slice(-MOST);
    const { ids, unknown } = encode(letters, network.tokens);
    const notes = [];
    if (!letters.length) notes.push("It begins with nothing: type a few letters to go on from.");
    if (all.length > MOST) notes.push(`It reads the last ${MOST} of your ${all.length} letters.`);
    if (unknown.length) {
      notes.push(`It has never seen ${unknown.slice(0, 8).map((u) => `“${u}”`).join(" ")}` +
        ", and reads the unknown letter instead.");
    }
    note.textContent = notes.join(" ");
    prefix = letters.join("");
    text = "";
    random = generator(model.get("seed") ?? 0);
    ({ states, logits } = readOn(network, [BEGIN, ...ids]));
    model.set("text", box.value);
    model.save_changes();
    draw();
  }

  function advance() {
    const id = choose(restricted(logits, chosen()), random());
    if (text.length >= LONGEST) {
      stop();
      note.textContent = `It stops after ${LONGEST} letters.`;
      return;
    }
    text += id < 4 ? "�" : network.tokens[id];
    ({ states, logits } = readOn(network, [id], states));
    draw();
  }

  function start() {
    writing.textContent = "Pause";
    timer = setInterval(advance, 40);
  }

  function stop() {
    clearInterval(timer);
    timer = undefined;
    writing.textContent = "Write";
  }

  function draw() {
    output.replaceChildren(make("b", {}, prefix.slice(-200)), text);
    output.scrollTop = output.scrollHeight;
    const model = softmax(logits);
    const shares = restricted(logits, chosen());
    const order = ranked(logits).slice(0, SHOWN);
    bars.replaceChildren(
      make("p", { className: "counts" },
        `${shares.filter((share) => share > 0).length} of ${most} letters can come next`),
      ...order.map((id) => {
        const token = network.tokens[id];
        const bar = make("i");
        bar.style.width = `${100 * shares[id]}%`;
        const row = make("div", { className: shares[id] > 0 ? "bar" : "bar out" },
          make("strong", {}, NAMES[token] ?? (token || "pad")),
          make("span", {}, `${written(100 * shares[id], 1)} %`), bar);
        row.title = `${written(100 * model[id], 1)} % by the model itself`;
        row.dataset.value = shares[id];
        return row;
      }),
    );
  }

  box.addEventListener("input", take);
  root.append(
    make("label", {}, "Go on from", box),
    note,
    make("div", { className: "controls" }, writing, one, again),
    make("div", { className: "controls" }, ...Object.values(settings).map(({ row }) => row)),
    output,
    bars,
  );
  begin();
  take();
  return () => {
    stop();
    end();
  };
}

export default { render };
