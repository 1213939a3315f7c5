// The channels, beside the messages or in a drawer.
import { focusComposer } from "./composer.js";
import { h } from "./dom.js";
import { icon } from "./icons.js";
import { afterDraw, redraw, ui, world, writeHash } from "./state.js";

export function toggleDrawer(on) {
  ui.drawer = on;
  redraw();
}

export function sidebar() {
  const me = world.people.find((one) => one.id === ui.user);
  const rows = (isDm) => world.channels.filter((one) => Boolean(one.is_dm) === isDm).map(channelRow);
  return h(
    "nav",
    { key: "sidebar", class: "sidebar", "aria-label": "Channels" },
    h("div", { class: "workspace" }, h("b", {}, world.team?.name ?? "Sandbox"), h("small", {}, me?.name)),
    h("h3", {}, "Channels"),
    h("ul", {}, rows(false)),
    h("h3", {}, "Apps"),
    h("ul", {}, rows(true)),
  );
}

function channelRow(one) {
  const unread = (world.messages[one.id] ?? []).filter(
    (message) => Number(message.ts) > Number(ui.seen[`${ui.user}/${one.id}`] ?? 0),
  ).length;
  const isHere = one.id === ui.channel;
  return h(
    "li",
    { key: one.id },
    h(
      "button",
      {
        type: "button",
        class: unread && !isHere ? "has-unread" : "",
        "aria-current": isHere ? "page" : null,
        "data-channel": one.id,
        onclick: () => go(one.id),
      },
      h("span", { class: "sign", "aria-hidden": "true" }, one.is_dm ? icon("chat") : "#"),
      h("span", { class: "name" }, one.name),
      one.is_ext_shared && h("span", { class: "tag" }, "shared"),
      unread && !isHere ? h("span", { class: "count", "aria-label": `${unread} unread` }, unread) : null,
    ),
  );
}

function go(id) {
  Object.assign(ui, { channel: id, thread: null, drawer: false, home: false });
  writeHash();
  afterDraw(focusComposer);
}
