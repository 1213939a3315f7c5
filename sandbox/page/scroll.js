// Boxes that follow their end, as a chat does, until someone scrolls up.
import { h } from "./dom.js";
import { redraw } from "./state.js";

const stuck = new WeakMap(); // scrolling element -> whether it follows its end
const sizes = new WeakMap(); // scrolling element -> its size when that was noted

const size = (node) => `${node.clientWidth} ${node.clientHeight} ${node.scrollHeight}`;

/** A scrolling box that follows its end until someone scrolls up. Use with `follow` after each redraw. */
export function following(props, ...children) {
  const note = (node) => stuck.set(node, node.scrollHeight - node.scrollTop - node.clientHeight < 60);
  const moved = (node) => sizes.get(node) === size(node); // else the window or the content did, not a person
  return h(
    "div",
    {
      ...props,
      "data-follows": "",
      onscroll: (event) => {
        const was = stuck.get(event.target);
        if (moved(event.target)) note(event.target);
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
    sizes.set(node, size(node));
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
