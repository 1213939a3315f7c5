// Describe nodes as plain values, and bring the page in line with them without touching what did not change.

const SVG = new Set(["svg", "path", "circle", "rect", "line", "polyline", "text"]);
const PROPERTIES = new Set(["value", "inert"]);
const afterwards = [];

/** Describes one element. `key` ties it to the same element over redraws; `mounted` runs once, with the new one. */
export function h(tag, props, ...children) {
  return { tag, key: props?.key, props: props ?? {}, children: flat(children) };
}

// What is not there keeps its place as an empty text: its neighbours are still recognised when it comes.
function flat(children) {
  const nothing = (child) => child === null || child === undefined || child === false || child === true;
  return children
    .flat(Infinity)
    .map((child) =>
      nothing(child) ? { text: "" } : typeof child === "object" ? child : { text: String(child) },
    );
}

/** Makes the children of `parent` match, keeping each element that is still wanted: its focus, text and scroll. */
export function draw(parent, ...children) {
  patch(parent, flat(children));
  for (const run of afterwards.splice(0)) run();
}

function patch(parent, wanted) {
  const kept = new Map();
  for (const node of parent.childNodes) if (keyOf(node) !== undefined) kept.set(keyOf(node), node);
  const keys = new Set(wanted.map((want) => want.key));
  let cursor = parent.firstChild;
  for (const want of wanted) {
    // What nobody wants goes first: then the rest need not move, and moving an element takes its focus.
    while (cursor && keyOf(cursor) !== undefined && !keys.has(keyOf(cursor))) cursor = dropped(cursor);
    if (cursor && want.key === undefined && keyOf(cursor) === undefined && cursor.described.tag !== want.tag)
      cursor = dropped(cursor);
    const node = reusable(want, kept, cursor) ?? create(want);
    if (node === cursor) cursor = cursor.nextSibling;
    else parent.insertBefore(node, cursor);
    update(node, want);
  }
  while (cursor) cursor = dropped(cursor);
}

function keyOf(node) {
  return node.described?.key;
}

function dropped(node) {
  const next = node.nextSibling;
  node.remove();
  return next;
}

function reusable(want, kept, cursor) {
  if (want.key !== undefined) {
    const node = kept.get(want.key);
    kept.delete(want.key); // a key used twice gets an element of its own
    return node?.described.tag === want.tag ? node : null;
  }
  return cursor && keyOf(cursor) === undefined && cursor.described?.tag === want.tag ? cursor : null;
}

function create(want) {
  let node;
  if (want.tag === undefined) node = document.createTextNode("");
  else if (SVG.has(want.tag)) node = document.createElementNS("http://www.w3.org/2000/svg", want.tag);
  else node = document.createElement(want.tag);
  node.described = { tag: want.tag, key: want.key, props: {} };
  if (want.props?.mounted) afterwards.push(() => want.props.mounted(node));
  return node;
}

function update(node, want) {
  const before = node.described;
  node.described = want;
  if (want.tag === undefined) {
    if (node.data !== want.text) node.data = want.text;
    return;
  }
  for (const name of Object.keys(before.props))
    if (!(name in want.props)) setProp(node, name, null, before.props[name]);
  for (const [name, value] of Object.entries(want.props)) setProp(node, name, value, before.props[name]);
  patch(node, want.children);
}

function setProp(node, name, value, before) {
  if (name === "key" || name === "mounted") return;
  if (name.startsWith("on")) return setHandler(node, name.slice(2), value);
  if (name === "style") return setStyle(node, value ?? {}, before ?? {});
  if (name === "checked") return void (node.checked = Boolean(value));
  if (value === before) return; // so an input's text is set only by a change of state: typing is never undone
  if (PROPERTIES.has(name)) node[name] = value ?? (name === "value" ? "" : false);
  else if (value === null || value === undefined || value === false) node.removeAttribute(name);
  else node.setAttribute(name, value === true ? "" : value);
}

function setHandler(node, type, handler) {
  node.handlers ??= {};
  if (!(type in node.handlers)) node.addEventListener(type, (event) => node.handlers[type]?.(event));
  node.handlers[type] = handler;
}

function setStyle(node, style, before) {
  for (const name of Object.keys(before)) if (!(name in style)) node.style.removeProperty(name);
  for (const [name, value] of Object.entries(style))
    if (before[name] !== value) node.style.setProperty(name, value);
}
