// What a person put into a view's fields, and how much of it the sandbox was told.
import { post, redraw, toast } from "./state.js";
import { initialOf, plain, storedOf } from "./values.js";

const QUIET = 500; // ms after the last key until a text is told as one types, about as in Slack
const typed = new Map(); // key -> value; Slack, too, keeps it while the ids and the kind of element stay
const told = new Map(); // key -> what the sandbox was last told, as JSON
const waiting = new Map(); // key -> timer of a text that is told once the typing pauses
let queue = Promise.resolve(); // values are told one after the other, and all before a press or a submit

const keyOf = (view, block, one) => [view.id, block.block_id, one.action_id, one.type].join("/");
const elementsOf = (block) => [block.element, block.accessory, ...(block.elements ?? [])].filter(Boolean);

/** Runs after all that was told so far; resolves with what it returns. */
export function inTurn(run) {
  queue = queue.then(run);
  return queue;
}

export function valueOf(view, block, one) {
  const key = keyOf(view, block, one);
  return typed.has(key) ? typed.get(key) : (storedOf(view.values, block, one) ?? initialOf(one));
}

export function keep(view, block, one, value) {
  typed.set(keyOf(view, block, one), value);
  redraw();
}

/** Forgets what stood in fields that an update took away: should they come back, they are new. */
export function forgetGone(views) {
  for (const { id, view } of views) {
    const fields = view.blocks.flatMap((block) => elementsOf(block).map((one) => keyOf({ id }, block, one)));
    const isGone = (key) => key.startsWith(`${id}/`) && !fields.includes(key);
    for (const key of [...waiting.keys()].filter(isGone)) hush(key);
    for (const map of [typed, told]) for (const key of [...map.keys()].filter(isGone)) map.delete(key);
  }
}

function hush(key) {
  clearTimeout(waiting.get(key));
  waiting.delete(key);
}

/** Tells the sandbox what stands here. dispatch: may the app be told too; again: even what was told before. */
export function tell(view, block, one, { dispatch = true, again = false } = {}) {
  const key = keyOf(view, block, one);
  hush(key);
  const value = plain(valueOf(view, block, one));
  const before = told.get(key) ?? JSON.stringify(plain(storedOf(view.values, block, one)));
  if (!again && before === JSON.stringify(value)) return;
  told.set(key, JSON.stringify(value));
  const ids = { view_id: view.id, block_id: block.block_id, action_id: one.action_id };
  inTurn(async () => {
    const answer = await post("value", { ...ids, value, dispatch });
    if (answer.notice) toast(answer.notice);
  });
}

/** Does the app want to be told at Enter, or at each character? */
export const wants = (block, one, when) =>
  Boolean(block.dispatch_action) &&
  (one.dispatch_action_config?.trigger_actions_on ?? ["on_enter_pressed"]).includes(when);

/** A key was pressed in a text field; `text` is all that stands there now. */
export function type(view, block, one, text) {
  keep(view, block, one, text);
  if (!wants(block, one, "on_character_entered")) return;
  const key = keyOf(view, block, one);
  hush(key);
  waiting.set(
    key,
    setTimeout(() => tell(view, block, one, { again: true }), QUIET),
  );
}

/** The person left a text field. */
export function settle(view, block, one) {
  const isWaiting = waiting.has(keyOf(view, block, one));
  tell(view, block, one, { dispatch: isWaiting, again: isWaiting });
}

/** Enter in a text field; where the app wants to be told of it, it submits nothing. */
export function enter(event, view, block, one) {
  if (one.multiline || !wants(block, one, "on_enter_pressed")) return;
  event.preventDefault();
  tell(view, block, one, { again: true });
}
