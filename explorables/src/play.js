// On a page without Jupyter: fill each <div data-explorable="NAME" data-values='{"text": …}'>.
// The modules and the networks lie beside this file.

// What an explorable asks of Jupyter's model, kept in the page.
export function modelOf(values) {
  const listeners = new Map();
  return {
    get: (name) => values[name],
    set: (name, value) => {
      values[name] = value;
      for (const call of listeners.get(`change:${name}`) ?? []) call();
    },
    on: (event, call) => listeners.set(event, [...(listeners.get(event) ?? []), call]),
    off: () => listeners.clear(),
    save_changes: () => {},
  };
}

async function fill(el) {
  const name = el.dataset.explorable;
  const values = JSON.parse(el.dataset.values ?? "{}");
  const at = (file) => new URL(file, import.meta.url);
  try {
    const module = import(at(`${name}.js`).href);
    if (el.dataset.network) {
      const answer = await fetch(at(`../networks/${el.dataset.network}.json`));
      if (!answer.ok) throw new Error(`${answer.status} ${answer.url}`);
      values.network = await answer.json();
    }
    const { default: explorable } = await module;
    el.replaceChildren();
    explorable.render({ model: modelOf(values), el });
  } catch (error) {
    console.error(error); // the still picture stays
  }
}

for (const el of document.querySelectorAll("[data-explorable]")) fill(el);
