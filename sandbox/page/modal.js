// Modals: the person's stack of views, what they typed into the top one, submit and close; and the Home tab.
import { blocks } from "./blocks.js";
import { isAsking } from "./confirm.js";
import { h } from "./dom.js";
import { icon } from "./icons.js";
import { textObject, words } from "./mrkdwn.js";
import { act, afterDraw, post, redraw, world } from "./state.js";
import { enter, forgetGone, inTurn, keep, settle, tell, type, valueOf } from "./typing.js";

const busy = new Set(); // ids of views that are being submitted, names of buttons that were pressed
const notices = {}; // view id -> what is to be said over the whole form

/** The top view of the person's stack, or nothing. */
export function modal() {
  const stack = world?.views ?? [];
  forgetGone(stack);
  const top = stack.at(-1);
  if (!top) return null;
  const { view } = top;
  const notice = notices[top.id] ?? top.notice;
  return h(
    "div",
    { key: `veil-${top.id}`, class: "veil", inert: isAsking() },
    h(
      "form",
      {
        class: "dialog modal",
        role: "dialog",
        "aria-labelledby": "modal-title",
        "data-testid": "modal",
        tabindex: "-1",
        novalidate: true,
        onsubmit: (event) => (event.preventDefault(), submit(top)),
        mounted: focusFirst,
      },
      h(
        "div",
        { class: "dialog-head" },
        stack.length > 1 &&
          h(
            "button",
            { type: "button", class: "icon-btn", "aria-label": "Back", onclick: () => close(top) },
            icon("back"),
          ),
        h("h2", { id: "modal-title" }, textObject(view.title)),
        h(
          "button",
          {
            type: "button",
            class: "icon-btn",
            "aria-label": "Dismiss dialog",
            onclick: () => close(top, true),
          },
          icon("close"),
        ),
      ),
      h(
        "div",
        { class: "dialog-body" },
        notice &&
          h("div", { key: "notice", class: "alert alert-error", role: "alert" }, icon("warning"), notice),
        blocks(view.blocks, place(top), top.errors),
      ),
      foot(top),
    ),
  );
}

function foot(top) {
  const { view } = top;
  const isBusy = busy.has(top.id);
  return h(
    "div",
    { class: "dialog-foot" },
    h(
      "button",
      { type: "button", class: "btn", "data-testid": "modal-close", onclick: () => close(top) },
      words(view.close) || (view.submit ? "Cancel" : "Close"),
    ),
    view.submit &&
      h(
        "button",
        {
          type: "submit",
          class: `btn btn-primary${isBusy ? " is-busy" : ""}`,
          "data-testid": "modal-submit",
          "aria-busy": isBusy ? "true" : null,
          disabled: Boolean(view.submit_disabled),
        },
        textObject(view.submit),
      ),
  );
}

function focusFirst(form) {
  const first =
    form.querySelector("[data-autofocus]") ?? form.querySelector(".dialog-body :is(input, textarea, button)");
  (first ?? form).focus();
}

function place(top) {
  const ids = (block, one) => ({ view_id: top.id, block_id: block.block_id, action_id: one.action_id });
  const named = (block, one) => Object.values(ids(block, one)).join("/");
  return {
    prefix: `v${top.id}`,
    value: (block, one) => valueOf(top, block, one),
    set: (block, one, value) => {
      keep(top, block, one, value);
      tell(top, block, one);
    },
    type: (block, one, text) => type(top, block, one, text),
    settle: (block, one) => settle(top, block, one),
    enter: (event, block, one) => enter(event, top, block, one),
    busy: (block, one) => busy.has(named(block, one)),
    act: (block, one, value) => {
      if (one.type === "button" || one.type === "overflow")
        return press(named(block, one), { ...ids(block, one), value });
      keep(top, block, one, value);
      return tell(top, block, one);
    },
    options: (block, one, query) => post("options", { ...ids(block, one), query }),
  };
}

async function press(name, body) {
  if (busy.has(name)) return;
  busy.add(name);
  redraw();
  await inTurn(() => act("view_click", body));
  busy.delete(name);
  redraw();
}

async function submit(top) {
  if (busy.has(top.id)) return;
  busy.add(top.id);
  delete notices[top.id];
  for (const block of top.view.blocks) if (block.type === "input") tell(top, block, block.element, { dispatch: false });
  redraw();
  const answer = await inTurn(() => post("submit", { view_id: top.id }));
  busy.delete(top.id);
  if (answer.lost) notices[top.id] = answer.notice;
  await answer.read;
  afterDraw(() =>
    document.querySelector("[data-testid=modal] .has-error :is(input, textarea, button)")?.focus(),
  );
}

/** Closes the top modal, or the whole stack as Slack's cross does. */
export function close(top, all = false) {
  return act("close", { view_id: top.id, all });
}

/** The app's Home tab. */
export function home() {
  const view = world?.home;
  if (!view?.blocks) return h("p", { class: "empty" }, "This app has no Home tab.");
  return h(
    "div",
    { class: "home", "data-testid": "home" },
    blocks(view.blocks, place({ id: view.id, values: view.state?.values })),
  );
}
