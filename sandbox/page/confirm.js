// The confirmation dialog of a button: a question over the page, answered by one of two buttons.
import { h } from "./dom.js";
import { textObject, words } from "./mrkdwn.js";
import { afterDraw, redraw } from "./state.js";

let asking = null; // {object, settle, from}

/** Asks what a confirm object asks. Returns whether the person went on. */
export function confirmed(object) {
  asking?.settle(false);
  return new Promise((resolve) => {
    const from = document.activeElement;
    asking = {
      object,
      settle: (answer) => {
        asking = null;
        afterDraw(() => from?.isConnected && from.focus());
        resolve(answer);
      },
    };
    redraw();
  });
}

/** Answers no, where a question stands; returns whether one stood. */
export function declined() {
  const stood = asking !== null;
  asking?.settle(false);
  return stood;
}

export const isAsking = () => asking !== null;

export function confirmDialog() {
  if (!asking) return null;
  const { object, settle } = asking;
  const style = object.style === "danger" ? "btn-danger" : "btn-primary";
  return h(
    "div",
    { key: "confirm", class: "veil" },
    h(
      "div",
      {
        class: "dialog confirm",
        role: "alertdialog",
        "aria-labelledby": "confirm-title",
        "aria-describedby": "confirm-text",
        "data-testid": "confirm",
      },
      h("h2", { id: "confirm-title" }, words(object.title)),
      h(
        "div",
        { id: "confirm-text", class: "dialog-body" },
        h("div", { class: "mrkdwn" }, textObject(object.text)),
      ),
      h(
        "div",
        { class: "dialog-foot" },
        h(
          "button",
          { type: "button", class: "btn", onclick: () => settle(false) },
          words(object.deny) || "Cancel",
        ),
        h(
          "button",
          {
            type: "button",
            class: `btn ${style}`,
            onclick: () => settle(true),
            mounted: (node) => node.focus(),
          },
          words(object.confirm) || "Yes",
        ),
      ),
    ),
  );
}
