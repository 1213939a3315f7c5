// Elements from plain values; text is only ever text.

/** An element: `on*` are listeners, true an empty attribute, null or false no attribute. */
export function el(tag, props, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props ?? {})) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value !== null && value !== undefined && value !== false)
      node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat(Infinity).filter(isThere));
  return node;
}

const isThere = (child) => child !== null && child !== undefined && child !== false;

export const chip = (text, kind = "", title = null) => el("span", { class: `chip ${kind}`, title }, text);

/** Puts new content into `parent` only when `data` is another than last time: focus and selection stay. */
export function drawIfChanged(parent, data, make) {
  const print = JSON.stringify(data);
  if (parent.print === print) return;
  parent.print = print;
  parent.replaceChildren(...[make()].flat(Infinity).filter(Boolean));
}

/** One child for each item, kept while its item is the same; an element that is open stays open. */
export function drawList(parent, items, keyOf, make) {
  const had = new Map([...parent.children].map((node) => [node.key, node]));
  const nodes = items.map((item) => {
    const key = String(keyOf(item));
    const print = JSON.stringify(item);
    const old = had.get(key);
    if (old?.print === print) return old;
    const node = make(item);
    Object.assign(node, { key, print });
    if (old?.open) node.open = true;
    return node;
  });
  const wanted = new Set(nodes);
  for (const node of [...parent.children]) if (!wanted.has(node)) node.remove();
  nodes.forEach((node, at) => {
    if (parent.children[at] !== node) parent.insertBefore(node, parent.children[at] ?? null);
  });
}

/** A table whose cells carry their column's name, for narrow screens. Rows are arrays, null where empty. */
export function table(caption, columns, rows) {
  const cell = (said, at) => el("td", { "data-name": columns[at] }, said || el("i", null, "–"));
  const names = columns.map((name) => el("th", { scope: "col" }, name));
  const body = rows.map((row) => el("tr", null, row.map(cell)));
  const head = el("thead", null, el("tr", null, names));
  return el("table", null, el("caption", null, caption), head, el("tbody", null, body));
}

/** What stands above a list of the newest when there are older ones. */
export const olderOnes = (shown, all) => (all > shown ? `The newest ${shown}; ${all - shown} are older.` : "");

export const empty = (...said) => el("p", { class: "empty" }, ...said);

const CLOCK = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const WHOLE = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "long" });

/** A moment as the clock's time, with the date as its tooltip. */
export function time(iso) {
  const at = new Date(iso);
  return el("time", { datetime: iso, title: WHOLE.format(at) }, CLOCK.format(at));
}
