// Boxes that follow their end, as a chat does, until someone scrolls up.
import { h } from "./dom.js";
import { redraw } from "./state.js";

const stuck = new WeakMap(); // scrolling element -> whether it follows its end

/** A scrolling box that follows its end until someone scrolls up. Use with `follow` after each redraw. */
export function following(props, ...children) {
  const note = (node) => stuck.set(node, node.scrollHeight - node.scrollTop - node.clientHeight < 60);
  return h(
    "div",
    {
      ...props,
      "data-follows": "",
      onscroll: (event) => {
        const was = stuck.get(event.target);
        note(event.target);
        if (was !== stuck.get(event.target)) redraw();
      },
    },
    ...children,
  );
}

/** Brings the boxes that follow their end there. */
export function follow() {
  for (const node of document.querySelectorAll("[data-follows]")) {
    if (node.offsetParent && stuck.get(node) !== false) node.scrollTop = node.scrollHeight;
  }
}

/** Whether someone scrolled up in this box (which may not be drawn yet). */
export function isAway(node) {
  return Boolean(node) && stuck.get(node) === false;
}

export function toEnd(node) {
  stuck.set(node, true);
  redraw();
}
