// The page: who you are at the top, the Slack window, and beside it the phones and the panel.
import { composer, focusComposer } from "./composer.js";
import { confirmDialog, declined, isAsking } from "./confirm.js";
import { draw, h } from "./dom.js";
import { icon } from "./icons.js";
import { channelLog, openThread, thread } from "./messages.js";
import { close, home, modal } from "./modal.js";
import { panel } from "./panel.js";
import { topBar } from "./people.js";
import { newTexts, phones } from "./phones.js";
import { follow } from "./scroll.js";
import { sidebar, toggleDrawer } from "./sidebar.js";
import { channel, dropToast, listen, onRedraw, post, readHash, redraw, refresh, ui, world } from "./state.js";
import { drawTheme } from "./theme.js";

function page() {
  if (!world)
    return [
      h(
        "p",
        { class: "empty", role: "status" },
        ui.connected ? "Reading the sandbox…" : "The sandbox does not answer.",
      ),
    ];
  return [
    topBar(),
    !ui.connected &&
      h(
        "p",
        { key: "lost", class: "lost", role: "alert" },
        "The sandbox does not answer. What you see may be old; the page comes back by itself.",
      ),
    h(
      "main",
      { key: "main", class: `main shows-${ui.tab}` },
      slackWindow(),
      h("div", { key: "ground", class: "ground" }, phones(), panel()),
    ),
    tabs(),
    toasts(),
  ];
}

function slackWindow() {
  const dialog = modal();
  const here = channel(ui.channel);
  const under = Boolean(dialog) || isAsking();
  return h(
    "div",
    { key: "slack", class: `slack${ui.drawer ? " has-drawer" : ""}${ui.thread ? " has-thread" : ""}` },
    h(
      "div",
      { key: "under", class: "slack-under", inert: under },
      sidebar(),
      h(
        "section",
        {
          key: "channel",
          class: "channel",
          "aria-label": here?.is_dm ? "Direct message" : `Channel ${here?.name}`,
          onclick: () => ui.drawer && toggleDrawer(false),
        },
        channelHead(here),
        h("div", { class: "channel-body" }, here?.is_dm && ui.home ? home() : channelLog(ui.channel)),
        !(here?.is_dm && ui.home) && composer({ channel: ui.channel, name: title(here) }),
      ),
      ui.thread && thread(ui.channel),
    ),
    dialog,
    confirmDialog(),
  );
}

const title = (one) => (one?.is_dm ? one.name : `#${one?.name}`);

/** What one has to know of a channel to understand what the app does in it. */
function about(here) {
  if (here?.is_ext_shared) return "Shared with another company";
  return here?.has_app === false ? "smsops is not in this channel: /invite @smsops" : "";
}

function channelHead(here) {
  const tab = (isHome, label) =>
    h(
      "button",
      {
        type: "button",
        role: "tab",
        "aria-selected": String(ui.home === isHome),
        onclick: () => showHome(isHome),
      },
      label,
    );
  return h(
    "div",
    { class: "pane-head" },
    h(
      "button",
      {
        type: "button",
        class: "icon-btn drawer-btn",
        "aria-label": "Channels",
        "aria-expanded": String(ui.drawer),
        onclick: (event) => (event.stopPropagation(), toggleDrawer(!ui.drawer)),
      },
      icon("menu"),
    ),
    h("h2", {}, title(here)),
    h("p", { class: "about" }, about(here)),
    here?.is_dm
      ? h("div", { class: "head-tabs", role: "tablist" }, tab(true, "Home"), tab(false, "Messages"))
      : null,
  );
}

function showHome(on) {
  ui.home = on;
  redraw();
  if (on) post("home", {}); // that the app did not answer, Slack does not say here
}

function tabs() {
  const tab = (name, label, sign, count, what) =>
    h(
      "button",
      {
        type: "button",
        "aria-pressed": String(ui.tab === name),
        "data-testid": `tab-${name}`,
        onclick: () => ((ui.tab = name), redraw()),
      },
      icon(sign),
      label,
      count > 0 && h("span", { class: "count", "aria-label": `${count} ${what}` }, count),
    );
  return h(
    "nav",
    { key: "tabs", class: "tabs", "aria-label": "Panes" },
    tab("slack", "Slack", "chat"),
    tab("phones", "Phones", "phone", newTexts(), "new"),
    tab("trouble", "Trouble", "trouble", world.breaches?.length ?? 0, "rules broken"),
  );
}

function toasts() {
  return h(
    "div",
    { key: "toasts", class: "toasts", role: "status", "aria-live": "polite" },
    ui.toasts.map((one) =>
      h(
        "div",
        { key: `toast-${one.id}`, class: "toast", "data-testid": "toast" },
        h("span", {}, one.text),
        h(
          "button",
          { type: "button", class: "icon-btn", "aria-label": "Dismiss", onclick: () => dropToast(one.id) },
          icon("close"),
        ),
      ),
    ),
  );
}

let hadDialog = false;

function redrawAll() {
  drawTheme();
  draw(document.getElementById("page"), page());
  follow();
  const dialog = document.querySelector("[data-testid=modal]");
  const isLost = document.activeElement === document.body; // what had the focus is gone
  if (isLost && hadDialog && !dialog) focusComposer();
  else if (isLost && dialog && !isAsking()) dialog.focus();
  hadDialog = Boolean(dialog);
}

function escape(event) {
  if (event.key !== "Escape" || event.defaultPrevented) return;
  const top = world?.views?.at(-1);
  if (declined()) return;
  if (top) close(top);
  else if (ui.drawer) toggleDrawer(false);
  else if (ui.thread) openThread(null);
}

readHash();
onRedraw(redrawAll);
redraw();
listen();
refresh().then(focusComposer);
addEventListener("keydown", escape);
addEventListener("hashchange", () => (readHash(), refresh(), redraw()));
addEventListener("resize", redraw); // what follows its end stays there
setInterval(redraw, 60000); // "today" and "in 5 minutes" grow old
