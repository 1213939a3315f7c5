// A select with type-ahead, as Slack's are: static options are searched here, external ones by the app.
import { h } from "./dom.js";
import { icon } from "./icons.js";
import { textObject, words } from "./mrkdwn.js";
import { afterDraw, redraw } from "./state.js";

const WAIT = 180; // ms of quiet typing before the app is asked
const open = { id: null, query: "", active: 0, items: [], note: "", asked: 0, timer: 0 };

/**
 * spec: {id, label, placeholder, chosen (option or null), choose(option or null), clearable, described, invalid,
 *        options(query) -> promise of {options | option_groups | notice}, least (characters before asking),
 *        local (asked at each character), focusHere}
 */
export function combobox(spec) {
  const isOpen = open.id === spec.id;
  const shown = isOpen ? open.query : spec.chosen ? words(spec.chosen.text) : "";
  return h(
    "div",
    { class: `combo${isOpen ? " is-open" : ""}` },
    h("input", {
      id: spec.id,
      type: "text",
      role: "combobox",
      autocomplete: "off",
      spellcheck: "false",
      "aria-label": spec.label,
      "aria-expanded": String(isOpen),
      "aria-autocomplete": "list",
      "aria-controls": isOpen ? `${spec.id}-list` : null,
      "aria-activedescendant": isOpen && open.items.length ? `${spec.id}-${open.active}` : null,
      "aria-describedby": spec.described ?? null,
      "aria-invalid": spec.invalid ? "true" : null,
      placeholder: (isOpen && spec.chosen && words(spec.chosen.text)) || spec.placeholder,
      value: shown,
      "data-autofocus": spec.focusHere ? "" : null,
      onclick: () => show(spec),
      oninput: (event) => search(spec, event.target.value),
      onkeydown: (event) => key(spec, event),
      onblur: () => hide(spec),
    }),
    spec.clearable && spec.chosen && !isOpen
      ? h(
          "button",
          {
            type: "button",
            class: "combo-clear",
            "aria-label": `Clear ${spec.label}`,
            onclick: () => spec.choose(null),
          },
          icon("close"),
        )
      : icon("down"),
    isOpen && list(spec),
  );
}

function list(spec) {
  let index = -1;
  const rows = open.items.map((item) => {
    if (item.group) return h("li", { role: "presentation", class: "combo-group" }, item.group);
    index += 1;
    return row(spec, item.option, index);
  });
  return h(
    "ul",
    {
      id: `${spec.id}-list`,
      role: "listbox",
      class: "combo-list",
      "aria-label": spec.label,
      mounted: intoView,
    },
    rows,
    open.note && h("li", { role: "presentation", class: "combo-note" }, open.note),
  );
}

function row(spec, option, index) {
  return h(
    "li",
    {
      id: `${spec.id}-${index}`,
      role: "option",
      class: index === open.active ? "is-active" : "",
      "aria-selected": String(option.value === spec.chosen?.value),
      onmousedown: (event) => event.preventDefault(), // the field keeps the focus
      onclick: () => take(spec, option),
    },
    h("span", {}, textObject(option.text)),
    option.description && h("small", {}, textObject(option.description)),
  );
}

function intoView(node) {
  node.scrollIntoView({ block: "nearest" });
}

function show(spec) {
  if (open.id === spec.id) return;
  Object.assign(open, { id: spec.id, query: "", active: 0, items: [], note: "" });
  ask(spec);
}

function hide(spec) {
  if (open.id !== spec.id) return;
  open.id = null;
  clearTimeout(open.timer);
  redraw();
}

function search(spec, query) {
  if (open.id !== spec.id) Object.assign(open, { id: spec.id, items: [] });
  open.query = query;
  open.active = 0;
  clearTimeout(open.timer);
  if (spec.local) ask(spec);
  else open.timer = setTimeout(() => ask(spec), WAIT);
  redraw();
}

async function ask(spec) {
  const short = (spec.least ?? 0) - open.query.length;
  const number = ++open.asked;
  open.note =
    short > 0 ? `Type ${spec.least} or more characters to search` : open.items.length ? "" : "Searching…";
  if (short > 0) open.items = [];
  redraw();
  if (short > 0) return;
  const answer = await spec.options(open.query);
  if (number !== open.asked || open.id !== spec.id) return;
  open.items = flatten(answer);
  open.note = answer.notice ?? (open.items.length ? "" : "No results");
  redraw();
}

function flatten(answer) {
  if (!answer.option_groups) return (answer.options ?? []).map((option) => ({ option }));
  return answer.option_groups.flatMap((group) => [
    { group: words(group.label) },
    ...group.options.map((option) => ({ option })),
  ]);
}

function take(spec, option) {
  open.id = null;
  spec.choose(option);
  redraw();
}

function key(spec, event) {
  const options = open.items.filter((item) => item.option);
  const isOpen = open.id === spec.id;
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step && !isOpen) show(spec);
  else if (step && options.length) open.active = (open.active + step + options.length) % options.length;
  else if (event.key === "Enter" && isOpen && options[open.active]) take(spec, options[open.active].option);
  else if (event.key === "Escape" && isOpen) hide(spec);
  else if (event.key === "Enter" && !isOpen) show(spec);
  else return;
  event.preventDefault();
  event.stopPropagation();
  afterDraw(() => document.getElementById(`${spec.id}-${open.active}`)?.scrollIntoView({ block: "nearest" }));
}

/** Options known beforehand, searched by the words they show. */
export function among(options, groups) {
  const fits = (query) => (option) => words(option.text).toLowerCase().includes(query.trim().toLowerCase());
  if (!groups) return async (query) => ({ options: options.filter(fits(query)) });
  const part = (group, query) => ({ ...group, options: group.options.filter(fits(query)) });
  return async (query) => ({
    option_groups: groups.map((group) => part(group, query)).filter((group) => group.options.length),
  });
}
