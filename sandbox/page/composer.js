// The box under a channel: plain messages and slash commands, with the commands' hints.
import { h } from "./dom.js";
import { icon } from "./icons.js";
import { post, redraw, toast, ui, world } from "./state.js";

const drafts = {}; // "user/channel/thread" -> text
let active = 0;
let closed = ""; // the text at which the list was closed with Esc
const sending = new Set();

const matching = (text) =>
  /^\/\S*$/.test(text) && text !== closed ? world.commands.filter((one) => one.command.startsWith(text)) : [];
const typedCommand = (text) =>
  world.commands.find((one) => text === one.command || text.startsWith(`${one.command} `));

/** to: {channel, thread (ts, or nothing), name}. */
export function composer(to) {
  const box = {
    ...to,
    key: `${ui.user}/${to.channel}/${to.thread ?? ""}`,
    testid: to.thread ? "thread-composer" : "composer",
  };
  const text = drafts[box.key] ?? "";
  const list = matching(text);
  const command = typedCommand(text);
  const busy = sending.has(box.key);
  const label = to.thread ? "Reply in thread" : `Message ${to.name}`;
  return h(
    "div",
    { class: "composer-box" },
    list.length ? suggestions(list, box) : command && hint(command),
    h(
      "form",
      { class: "composer", onsubmit: (event) => (event.preventDefault(), send(box)) },
      h("textarea", {
        key: box.key,
        rows: 1,
        value: text,
        "data-testid": box.testid,
        spellcheck: "false",
        "aria-label": label,
        placeholder: label,
        "aria-autocomplete": "list",
        "aria-haspopup": "listbox",
        "aria-controls": list.length ? "commands" : null,
        "aria-activedescendant": list.length ? `command-${active}` : null,
        oninput: (event) => type(event.target.value, box),
        onkeydown: (event) => key(event, list, box),
      }),
      h(
        "button",
        {
          type: "submit",
          class: `send-btn${text.trim() ? " is-ready" : ""}${busy ? " is-busy" : ""}`,
          "data-testid": to.thread ? "thread-send" : "send",
          "aria-label": to.thread ? "Post reply" : "Post message",
          "aria-busy": busy ? "true" : null,
        },
        icon("send"),
      ),
    ),
  );
}

function suggestions(list, box) {
  active = Math.min(active, list.length - 1);
  return h(
    "ul",
    { class: "suggestions", id: "commands", role: "listbox", "aria-label": "Commands" },
    list.map((one, n) =>
      h(
        "li",
        {
          id: `command-${n}`,
          role: "option",
          "aria-selected": String(n === active),
          class: n === active ? "is-active" : "",
          onmousedown: (event) => event.preventDefault(),
          onclick: () => type(`${one.command} `, box), // the field keeps the focus
        },
        h("span", {}, h("b", {}, one.command), " ", h("span", { class: "usage" }, one.usage_hint)),
        h("small", {}, one.description),
      ),
    ),
    h(
      "li",
      { role: "presentation", class: "keys" },
      h("kbd", {}, "Tab"),
      " to complete · ",
      h("kbd", {}, "Enter"),
      " to send · ",
      h("kbd", {}, "Esc"),
      " to close",
    ),
  );
}

function hint(command) {
  return h(
    "div",
    { class: "suggestions is-hint" },
    h("b", {}, command.command),
    " ",
    h("span", { class: "usage" }, command.usage_hint),
  );
}

function type(text, box) {
  drafts[box.key] = text;
  if (text !== closed) closed = "";
  redraw();
}

function key(event, list, box) {
  const exact = list.some((one) => one.command === event.target.value);
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step && list.length) active = (active + step + list.length) % list.length;
  else if (list.length && (event.key === "Tab" || (event.key === "Enter" && !exact)))
    type(`${list[active].command} `, box);
  else if (event.key === "Escape" && list.length) closed = event.target.value;
  else if (event.key === "Enter" && !event.shiftKey && !event.isComposing) send(box);
  else return;
  event.preventDefault();
  redraw();
}

/** Sends what is typed; it stays in the box until it has arrived, and for good when it failed. */
async function send({ key, channel, thread }) {
  const text = drafts[key] ?? "";
  if (!text.trim() || sending.has(key)) return;
  sending.add(key);
  redraw();
  const answer = await post("command", { channel, text: text.trim(), ...(thread && { thread_ts: thread }) });
  sending.delete(key);
  if (answer.ok && drafts[key] === text) drafts[key] = "";
  if (!answer.ok) toast(answer.notice ?? "This was not sent.");
  redraw();
}

export function focusComposer() {
  document.querySelector("[data-testid=composer]")?.focus({ preventScroll: true });
}
