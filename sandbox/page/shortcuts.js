// A message's "More actions": the app's message shortcuts by name, as its manifest declares them.
import { h } from "./dom.js";
import { icon } from "./icons.js";
import { act, afterDraw, redraw, world } from "./state.js";

const LINE = 40; // pixels of one entry, with its share of the menu's border
let open = null; // {id, up}: whose menu is open, and on which side

/** The menu of one message; nothing where the app has no shortcuts, or the message stands there for one person. */
export function moreActions(one, channel, pane) {
  const known = world.shortcuts ?? [];
  if (!known.length || one.is_ephemeral) return null;
  const id = `more-${pane}-${one.ts}`.replace(/[^\w-]/g, "_");
  const isOpen = open?.id === id;
  return h(
    "div",
    {
      class: `more-actions${isOpen ? " is-open" : ""}`,
      onkeydown: (event) => isOpen && key(event, id),
      onfocusout: (event) => isOpen && !event.currentTarget.contains(event.relatedTarget) && shut(),
    },
    h(
      "button",
      {
        id,
        type: "button",
        class: "icon-btn",
        "aria-label": "More actions",
        "aria-haspopup": "menu",
        "aria-expanded": String(isOpen),
        onclick: (event) => (isOpen ? shut(id) : show(id, event.currentTarget, known.length)),
      },
      icon("dots"),
    ),
    isOpen && menu(known, (shortcut) => pick(shortcut, one, channel, id)),
  );
}

function menu(known, picked) {
  return h(
    "div",
    { role: "menu", class: `menu${open.up ? " is-up" : ""}`, "aria-label": "More actions" },
    known.map((shortcut) =>
      h(
        "button",
        {
          key: shortcut.callback_id,
          type: "button",
          role: "menuitem",
          tabindex: "-1",
          title: shortcut.description,
          onclick: () => picked(shortcut),
        },
        shortcut.name,
        h("small", { "aria-hidden": "true" }, appName()),
      ),
    ),
  );
}

const appName = () => world.people.find((one) => one.role === "app")?.name ?? "";
const items = (id) => [...(document.getElementById(id)?.parentNode.querySelectorAll("[role=menuitem]") ?? [])];

function show(id, node, count) {
  const box = node.closest("[data-follows]").getBoundingClientRect();
  const here = node.getBoundingClientRect();
  const below = box.bottom - here.bottom;
  open = { id, up: below < LINE * (count + 1) && here.top - box.top > below };
  afterDraw(() => items(id)[0]?.focus());
}

/** Closes the menu; `id` gets the focus back. */
function shut(id) {
  open = null;
  if (id) afterDraw(() => document.getElementById(id)?.focus());
  else redraw();
}

function key(event, id) {
  const all = items(id);
  const at = all.indexOf(document.activeElement);
  const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[event.key];
  if (next !== undefined) all.at(next % all.length)?.focus();
  else if (event.key === "Escape") shut(id);
  else return;
  event.preventDefault();
  event.stopPropagation();
}

function pick(shortcut, one, channel, id) {
  shut(id);
  return act("shortcut", { channel, ts: one.ts, callback_id: shortcut.callback_id });
}
