// What all explorables stand in: a frame with a question, light or dark, keys kept to itself.
import css from "./look.css";
import { variables } from "./colours.js";

// An element: attributes and properties by name, functions as listeners, then children.
export function make(tag, options = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(options)) {
    if (typeof value === "function") element.addEventListener(name, value);
    else if (name in element && name !== "list") element[name] = value;
    else element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

// Light or dark, as the page around it says: the site, JupyterLab and Notebook 7, the system.
export function modeOf(document) {
  const site = document.documentElement.dataset.theme;
  if (site === "light" || site === "dark") return site;
  const lab = document.body.dataset.jpThemeLight;
  if (lab) return lab === "true" ? "light" : "dark";
  return matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}

export const stillness = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

// Move a slider by its keys.
function slide(event) {
  const slider = event.target;
  if (slider.type !== "range") return;
  const { min, max, step } = slider;
  const by = Number(step) || 1;
  const to = {
    ArrowLeft: slider.valueAsNumber - by, ArrowDown: slider.valueAsNumber - by,
    ArrowRight: slider.valueAsNumber + by, ArrowUp: slider.valueAsNumber + by,
    Home: Number(min), End: Number(max),
  }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  slider.value = to;
  slider.dispatchEvent(new Event("input", { bubbles: true }));
}

// Arrow keys, Home and End move the focus among buttons of a table: one stop of the Tab key.
function walk(event) {
  const rows = [...(event.target.closest("table")?.querySelectorAll("tr") ?? [])]
    .map((row) => [...row.querySelectorAll("button")])
    .filter((row) => row.length);
  const y = rows.findIndex((row) => row.includes(event.target));
  if (y < 0) return;
  const x = rows[y].indexOf(event.target);
  const moves = {
    ArrowLeft: [y, x - 1], ArrowRight: [y, x + 1], ArrowUp: [y - 1, x], ArrowDown: [y + 1, x],
    Home: [y, 0], End: [y, rows[y].length - 1],
  };
  const [to, at] = moves[event.key] ?? [];
  if (to === undefined) return;
  event.preventDefault();
  const next = rows[to]?.[at];
  if (!next) return;
  for (const button of rows.flat()) button.tabIndex = -1;
  next.tabIndex = 0;
  next.focus();
}

// Put a frame into `el`; `draw(mode)` is called now and when the page turns light or dark.
// Returns the frame, and what ends it.
export function frame(el, { name, question, hint }, draw) {
  const root = make("section", { className: "explorable-frame", "aria-label": question });
  root.dataset.name = name;
  root.append(
    make("style", {}, css),
    make("p", { className: "question" }, question),
    make("p", { className: "hint" }, make("strong", {}, "Try: "), hint),
  );
  // JupyterLab and Notebook 7 take arrow keys, Enter and letters for commands of their own, and the
  // latter before any element of the page hears of them: so they are met at the window.
  const keys = (event) => {
    if (!root.contains(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
    event.stopPropagation();
    slide(event);
    walk(event);
  };
  window.addEventListener("keydown", keys, true);
  root.setAttribute("data-lm-suppress-shortcuts", "true");
  el.append(root);
  let mode;
  const refresh = () => {
    if (modeOf(document) === mode) return;
    mode = modeOf(document);
    for (const [key, value] of Object.entries(variables(mode))) root.style.setProperty(key, value);
    draw(mode);
  };
  const observer = new MutationObserver(refresh);
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
  observer.observe(document.body, { attributes: true, attributeFilter: ["data-jp-theme-light"] });
  const system = matchMedia("(prefers-color-scheme: dark)");
  system.addEventListener("change", refresh);
  const end = () => {
    window.removeEventListener("keydown", keys, true);
    observer.disconnect();
    system.removeEventListener("change", refresh);
    root.remove();
  };
  return { root, start: refresh, end };
}

// Steps 0 to `most()`, moved by buttons, a slider, or played; `show(step)` is called at each move.
export function stepper(labelOf, most, show, pace = 700) {
  let now = 0;
  let timer;
  const slider = make("input", { type: "range", min: 0, input: () => go(Number(slider.value)) });
  const play = make("button", { type: "button", click: () => (timer ? stop() : start()) }, "Play");
  const text = make("span");
  const controls = make(
    "div",
    { className: "controls", role: "group", "aria-label": "Steps" },
    make("button", { type: "button", "aria-label": "One step back", click: () => go(now - 1) }, "◀"),
    play,
    make("button", { type: "button", "aria-label": "One step on", click: () => go(now + 1) }, "▶"),
    make("label", {}, text, slider),
  );
  function set(step) {
    now = Math.max(0, Math.min(most(), step));
    slider.max = most();
    slider.value = now;
    text.textContent = labelOf(now);
    slider.setAttribute("aria-valuetext", labelOf(now));
    show(now);
  }
  function go(step) {
    stop();
    set(step);
  }
  function stop() {
    clearInterval(timer);
    timer = undefined;
    play.textContent = "Play";
  }
  function start() {
    if (!most()) return;
    if (now >= most()) set(0);
    play.textContent = "Pause";
    timer = setInterval(() => {
      set(now + 1);
      if (now >= most()) stop();
    }, pace);
  }
  return { controls, go, stop, now: () => now };
}

export const written = (value, digits = 2) =>
  value.toFixed(digits).replace(/^-(0(\.0*)?)$/, "$1").replace("-", "−");
