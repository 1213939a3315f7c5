// "Make trouble": faults on order, the bot's life, and every rule of Slack's that the bot has broken.
import { h } from "./dom.js";
import { icon } from "./icons.js";
import { following } from "./scroll.js";
import { act, world } from "./state.js";

const FAULTS = {
  timeout_after: ["Time-out after accept", "WhatCounts takes the next send, then never answers"],
  error_500: ["Error 500", "WhatCounts answers the next call with a server error"],
  unauthorized: ["Wrong password", "WhatCounts refuses the next call's password"],
};

export function panel() {
  return h(
    "section",
    { class: "panel", "aria-label": "Make trouble" },
    h("h2", {}, "Make trouble"),
    botState(),
    h(
      "div",
      { class: "panel-group" },
      h("h3", {}, "WhatCounts, next call"),
      requests(),
      Object.entries(FAULTS).map(fault),
    ),
    h(
      "div",
      { class: "panel-group" },
      h("h3", {}, "Slack"),
      slackSwitch(),
      order("reset_faults", "Mend everything", "No fault is on order any more", { action: "reset_faults" }),
    ),
    breaches(),
    log(),
  );
}

/** WhatCounts' own page, where each request stands as it came. */
function requests() {
  const href = world.control?.whatcounts_page;
  return (
    href &&
    h(
      "a",
      {
        class: "requests",
        href,
        target: "_blank",
        rel: "noopener",
        title: "WhatCounts' own page in a new tab: every request as it came, the account, more faults",
        "data-testid": "panel-requests",
      },
      "Requests it got",
      icon("out"),
    )
  );
}

function log() {
  const lines = world.control?.log ?? [];
  return (
    lines.length > 0 &&
    h(
      "details",
      { class: "log-tail" },
      h("summary", {}, "The bot's log"),
      following(
        { tabindex: "0", role: "group", "aria-label": "The bot's last lines" },
        h("pre", {}, lines.join("\n")),
      ),
    )
  );
}

function order(name, label, what, action, extra = {}) {
  return h(
    "button",
    {
      key: name,
      type: "button",
      class: "btn",
      title: what,
      "data-testid": `panel-${name}`,
      disabled: extra.disabled,
      onclick: () => act("control", action),
    },
    label,
    extra.mark,
  );
}

function fault([name, [label, what]]) {
  const waiting = world.control?.faults?.[name]; // how many calls are still to come; true: all
  const mark =
    waiting && h("span", { class: "armed" }, waiting === true ? "on order" : `${waiting} on order`);
  return order(name, label, what, { action: "whatcounts", fault: name, times: 1 }, { mark });
}

function slackSwitch() {
  const down = Boolean(world.control?.slack_down);
  return h(
    "button",
    {
      key: "slack_down",
      type: "button",
      class: "btn switch",
      role: "switch",
      "aria-checked": String(down),
      "data-testid": "panel-slack_down",
      title: "The bot's calls to Slack fail until this is off",
      onclick: () => act("control", { action: "slack_down", on: !down }),
    },
    "Slack down",
    h("span", { class: "track", "aria-hidden": "true" }),
  );
}

const BOT = { up: "The bot is up", down: "The bot is down", starting: "The bot is starting" };

function botState() {
  const state = world.control?.bot ?? "unknown";
  return h(
    "div",
    { class: "panel-group bot" },
    h(
      "p",
      { class: `bot-state is-${state}`, role: "status", "data-testid": "bot-state", "data-state": state },
      h("span", { class: "lamp", "aria-hidden": "true" }),
      BOT[state] ?? `The bot: ${state}`,
    ),
    order(
      "kill_bot",
      "Kill the bot",
      "SIGKILL, as a power cut would",
      { action: "kill_bot" },
      { disabled: state === "down" },
    ),
    order(
      "start_bot",
      "Start the bot",
      "Starts it again on the same database",
      { action: "start_bot" },
      { disabled: state === "up" || state === "starting" },
    ),
  );
}

function breaches() {
  const list = world.breaches ?? [];
  return h(
    "div",
    {
      class: `breaches${list.length ? " has-some" : ""}`,
      "data-testid": "breaches",
      "data-count": String(list.length),
      role: "status",
    },
    h(
      "h3",
      {},
      icon(list.length ? "warning" : "check"),
      list.length ? `Slack's rules broken: ${list.length}` : "Slack's rules: none broken",
    ),
    list.length > 0 &&
      h(
        "ul",
        {},
        list.map((one) => h("li", {}, one)),
      ),
  );
}
