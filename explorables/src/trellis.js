// How does Viterbi find the best path?
import { signed } from "./shared/colours.js";
import { frame, make, stepper, written } from "./shared/page.js";

// The best score of arriving at each label after each word, where from, and the best path.
export function viterbi(emissions, transitions) {
  const labels = transitions.length;
  const scores = [emissions[0].slice()];
  const from = [Array(labels).fill(-1)];
  for (const emission of emissions.slice(1)) {
    const before = scores.at(-1);
    const best = emission.map((_, j) => {
      let k = 0;
      for (let i = 1; i < labels; i++) {
        if (before[i] + transitions[i][j] > before[k] + transitions[k][j]) k = i;
      }
      return k;
    });
    from.push(best);
    scores.push(emission.map((value, j) => before[best[j]] + transitions[best[j]][j] + value));
  }
  const path = [largest(scores.at(-1))];
  for (let t = scores.length - 1; t > 0; t--) path.unshift(from[t][path[0]]);
  return { scores, from, path };
}

export const largest = (row) => row.indexOf(Math.max(...row));

// What a path adds up to.
export function scoreOf(path, emissions, transitions) {
  return path.reduce(
    (sum, label, t) => sum + emissions[t][label] + (t ? transitions[path[t - 1]][label] : 0), 0);
}

const BOUND = 99;

function render({ model, el }) {
  const tokens = model.get("tokens");
  const labels = model.get("labels");
  let mode;
  let drawn = false;
  const copy = (rows) => rows.map((row) => [...row]);
  let emissions, transitions;
  const fields = make("div", { className: "scroll" });
  const table = make("table", { className: "grid" });
  const say = make("div", { className: "sum", "aria-live": "polite" });
  const note = make("p", { className: "note", role: "status" });
  const player = stepper(
    (now) => (now ? `Word ${now} of ${tokens.length}` : "Before the first word"),
    () => tokens.length, draw, 1200);
  const { root, start, end } = frame(
    el,
    {
      name: "trellis",
      question: "How does Viterbi find the best path?",
      hint: `step to the end; then raise the score of ${labels.at(-2)} at “${tokens[0]}” and ` +
        "watch the two paths. The solid frame is Viterbi's path, the dashed one takes the best label of each word.",
    },
    (now) => {
      mode = now;
      if (drawn) draw(player.now());
    },
  );

  function field(rows, i, j, name, trait) {
    const input = make("input", { type: "number", step: 0.5, "aria-label": name });
    input.value = rows[i][j];
    input.addEventListener("input", () => {
      const value = input.valueAsNumber;
      if (!(Math.abs(value) <= BOUND)) {
        note.textContent = `A score must be a number between −${BOUND} and ${BOUND}: ` +
          `“${name}” stays at ${written(rows[i][j], 1)}.`;
        return;
      }
      note.textContent = "";
      rows[i][j] = value;
      model.set(trait, copy(rows));
      model.save_changes();
      draw(player.now());
    });
    return make("td", {}, input);
  }

  function fill() {
    emissions = copy(model.get("emissions"));
    transitions = copy(model.get("transitions"));
    const head = (names) =>
      make("thead", {}, make("tr", {}, make("td"),
        ...names.map((name) => make("th", { scope: "col" }, name))));
    const rows = (make_) => make("tbody", {}, ...labels.map((label, i) =>
      make("tr", {}, make("th", { scope: "row" }, label), ...make_(label, i))));
    fields.replaceChildren(
      make("table", { className: "grid" },
        make("caption", {}, "How well each label fits each word"), head(tokens),
        rows((label, j) => tokens.map((token, t) =>
          field(emissions, t, j, `${label} at ${token}`, "emissions")))),
      make("table", { className: "grid" },
        make("caption", {}, "How well a label (row) is followed by another (column)"), head(labels),
        rows((label, i) => labels.map((next, j) =>
          field(transitions, i, j, `${label} before ${next}`, "transitions")))),
    );
  }

  function draw(now) {
    drawn = true;
    const { scores, from, path } = viterbi(emissions, transitions);
    const greedy = emissions.map(largest);
    const most = Math.max(...scores.flat().map(Math.abs), 1);
    const done = now === tokens.length;
    const rows = labels.map((label, j) =>
      make("tr", {}, make("th", { scope: "row" }, label),
        ...tokens.map((token, t) => {
          if (t >= now) return make("td");
          const arrow = t ? ` ← ${labels[from[t][j]]}` : "";
          const marks = (done && path[t] === j ? " onpath" : "") + (greedy[t] === j ? " greedy" : "");
          const cell = make("span", { className: `cell${marks}` }, written(scores[t][j], 1) + arrow);
          Object.assign(cell.style, signed(scores[t][j], most, mode));
          cell.dataset.value = scores[t][j];
          return make("td", {}, cell);
        })));
    table.replaceChildren(
      make("caption", {}, "The best score of a path that ends here, and where it comes from"),
      make("thead", {}, make("tr", {}, make("td"), ...tokens.map((token, t) =>
        make("th", { scope: "col", className: t === now - 1 ? "now" : t < now ? "" : "ahead" }, token)))),
      make("tbody", {}, ...rows),
    );
    const named = (way) => way.map((label) => labels[label]).join(" ");
    const lines = [];
    if (now && !done) {
      const j = largest(scores[now - 1]);
      const sum = now === 1 ? "" : `: ${written(scores[now - 2][from[now - 1][j]], 1)} + ` +
        `${written(transitions[from[now - 1][j]][j], 1)} (${labels[from[now - 1][j]]} before ` +
        `${labels[j]}) + ${written(emissions[now - 1][j], 1)} (fits)`;
      lines.push(`After “${tokens[now - 1]}” the best is ${labels[j]} with ` +
        `${written(scores[now - 1][j], 1)}${sum}.`);
    }
    if (done) {
      const best = scoreOf(path, emissions, transitions);
      lines.push(`Viterbi: ${named(path)}, score ${written(best, 1)}.`);
      lines.push(`Word by word: ${named(greedy)}, score ` +
        `${written(scoreOf(greedy, emissions, transitions), 1)}.`);
      say.dataset.value = best;
    }
    say.replaceChildren(...(lines.length ? lines : ["One step a word: of all ways to a label only the best is kept."])
      .map((line) => make("p", {}, line)));
  }

  fill();
  start();
  root.append(player.controls, make("div", { className: "scroll" }, table), say, note, fields);
  player.go(tokens.length);
  return () => {
    player.stop();
    end();
  };
}

export default { render };
