// A channel's messages and a message's thread.
import { blocks } from "./blocks.js";
import { composer } from "./composer.js";
import { dayOfTs, longTimeOfTs, timeOfTs } from "./dates.js";
import { h } from "./dom.js";
import { icon } from "./icons.js";
import { mrkdwn } from "./mrkdwn.js";
import { following, isAway, toEnd } from "./scroll.js";
import { moreActions } from "./shortcuts.js";
import { act, markSeen, person, redraw, ui, world } from "./state.js";
import { plain, initialOf } from "./values.js";

const chosen = new Map(); // what was chosen in a message's selects
const busy = new Set();

const shown = (message) => !ui.dismissed.has(message.ts);
const isReply = (message) => message.thread_ts && message.thread_ts !== message.ts;
const isHere = (message) => !isReply(message) || message.subtype === "thread_broadcast";

export function channelLog(id) {
  const all = (world.messages[id] ?? []).filter(shown);
  const roots = all.filter(isHere);
  const log = document.querySelector(`[data-testid=log][data-channel="${id}"]`);
  const unread = roots.some((message) => Number(message.ts) > Number(ui.seen[`${ui.user}/${id}`] ?? 0));
  const away = isAway(log);
  if (!away && ui.tab === "slack") markSeen(id);
  return [
    following(
      {
        key: `log-${ui.user}-${id}`,
        class: "log",
        role: "log",
        "aria-label": "Messages",
        tabindex: "0",
        "data-testid": "log",
        "data-channel": id,
      },
      h("div", { class: "log-filler" }),
      roots.length
        ? withDays(roots, all, id)
        : h(
            "p",
            { class: "empty" },
            "Nothing here yet. Type ",
            h("code", {}, "/"),
            " below to see the commands.",
          ),
    ),
    away &&
      unread &&
      h(
        "button",
        { key: "pill", type: "button", class: "pill", onclick: () => toEnd(log) },
        "New messages",
        icon("down"),
      ),
  ];
}

function withDays(roots, all, id) {
  let day = null;
  let before = null;
  return roots.flatMap((one) => {
    const today = dayOfTs(one.ts);
    const line =
      today !== day &&
      h("div", { key: `day-${today}`, class: "day", role: "separator" }, h("span", {}, today));
    const joined = !line && goesOn(before, one);
    day = today;
    before = one;
    const replies = all.filter((other) => other.thread_ts === one.ts && isReply(other));
    return [line, message(one, { channel: id, testid: "message", joined, replies })];
  });
}

// A person's next words, within five minutes, stand under the same name; a card always has its own head.
function goesOn(before, one) {
  return before.user === one.user && one.ts - before.ts < 300 && !one.bot_id;
}

function author(one) {
  return { id: one.user, name: one.user, ...person(one.user), isApp: Boolean(one.bot_id) };
}

export function avatar({ name, isApp, colour }) {
  const initials = name
    .split(/\s+/)
    .map((word) => word[0])
    .slice(0, 2)
    .join("")
    .toUpperCase();
  if (isApp) return h("span", { class: "avatar is-app", "aria-hidden": "true" }, icon("chat"));
  return h(
    "span",
    { class: "avatar", "aria-hidden": "true", style: { "--colour": colour ?? "#5b5f66" } },
    initials,
  );
}

function message(one, { channel, testid, joined, replies }) {
  const who = author(one);
  const { name } = who;
  const article = h(
    "article",
    {
      class: `message${joined ? " is-joined" : ""}${one.is_ephemeral ? " is-ephemeral" : ""}`,
      "data-testid": testid,
      "data-ts": one.ts,
      "data-ephemeral": one.is_ephemeral ? "true" : null,
      "aria-label": `${name}, ${timeOfTs(one.ts)}${one.is_ephemeral ? ", only visible to you" : ""}`,
    },
    joined ? h("span", { class: "gutter-time", "aria-hidden": "true" }, timeOfTs(one.ts)) : avatar(who),
    h(
      "div",
      { class: "message-main" },
      one.is_ephemeral && h("div", { class: "only-you" }, icon("eye"), "Only visible to you"),
      !joined &&
        h(
          "div",
          { class: "byline" },
          h("b", {}, name),
          who.isApp && h("span", { class: "badge" }, "APP"),
          h("time", { title: longTimeOfTs(one.ts) }, timeOfTs(one.ts)),
        ),
      body(one, channel),
      replies?.length ? repliesLine(one, replies) : null,
      one.is_ephemeral &&
        h("button", { type: "button", class: "link-btn", onclick: () => dismiss(one.ts) }, "Dismiss message"),
    ),
  );
  return h("div", { key: one.ts, class: "message-row" }, article, moreActions(one, channel, testid));
}

function body(one, channel) {
  const edited = one.edited && h("span", { class: "edited" }, "(edited)");
  if (!one.blocks?.length) return h("div", { class: "mrkdwn" }, mrkdwn(one.text ?? ""), " ", edited);
  return h("div", { class: "blocks" }, blocks(one.blocks, place(one, channel)), edited);
}

function place(one, channel) {
  const key = (block, element) => `${one.ts}/${block.block_id}/${element.action_id}`;
  return {
    prefix: `m${one.ts}`,
    value: (block, element) => chosen.get(key(block, element)) ?? initialOf(element),
    busy: (block, element) => busy.has(key(block, element)),
    act: async (block, element, value) => {
      const id = key(block, element);
      if (value !== undefined && element.type !== "overflow") chosen.set(id, value);
      busy.add(id);
      redraw();
      await act("click", {
        channel,
        ts: one.ts,
        block_id: block.block_id,
        action_id: element.action_id,
        value: plain(value),
      });
      busy.delete(id);
      redraw();
    },
    options: async () => ({ options: [], notice: "Search works in dialogs only." }),
  };
}

function repliesLine(one, replies) {
  const count = replies.length;
  return h(
    "button",
    { type: "button", class: "replies", "data-testid": "replies", onclick: () => openThread(one.ts) },
    [...new Map(replies.map((reply) => [author(reply).id, author(reply)])).values()].slice(0, 3).map(avatar),
    h("span", {}, `${count} ${count === 1 ? "reply" : "replies"}`),
    h("small", {}, `Last at ${timeOfTs(replies.at(-1).ts)}`),
  );
}

export function openThread(ts) {
  ui.thread = ts;
  redraw();
}

function dismiss(ts) {
  ui.dismissed.add(ts);
  redraw();
}

/** The pane with one message and its replies. */
export function thread(id) {
  const all = (world.messages[id] ?? []).filter(shown);
  const root = all.find((one) => one.ts === ui.thread);
  if (!root) return null;
  const replies = all.filter((one) => one.thread_ts === root.ts && isReply(one));
  return h(
    "aside",
    { key: "thread", class: "thread", "aria-label": "Thread", "data-testid": "thread" },
    h(
      "div",
      { class: "pane-head" },
      h("h2", {}, "Thread"),
      h(
        "button",
        {
          type: "button",
          class: "icon-btn",
          "aria-label": "Close thread",
          onclick: () => openThread(null),
          mounted: (node) => node.focus(),
        },
        icon("close"),
      ),
    ),
    following(
      { key: `thread-${root.ts}`, class: "thread-log", role: "log", "aria-label": "Replies", tabindex: "0" },
      message(root, { channel: id, testid: "thread-root" }),
      h(
        "div",
        { class: "day" },
        h("span", {}, `${replies.length} ${replies.length === 1 ? "reply" : "replies"}`),
      ),
      replies.map((reply) => message(reply, { channel: id, testid: "reply" })),
    ),
    composer({ channel: id, thread: root.ts, name: "thread" }),
  );
}
