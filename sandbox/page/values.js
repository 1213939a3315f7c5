// What an input holds: its initial value, the one in the view's state, and as it is told to the sandbox.

const INITIAL = [
  "initial_value",
  "initial_option",
  "initial_options",
  "initial_date_time",
  "initial_date",
  "initial_time",
  "initial_user",
  "initial_conversation",
  "initial_channel",
];
const STATE = [
  "value",
  "selected_option",
  "selected_options",
  "selected_date_time",
  "selected_date",
  "selected_time",
  "selected_user",
  "selected_conversation",
  "selected_channel",
  "files",
];

const first = (object, names) =>
  names.map((name) => object[name]).find((value) => value !== undefined && value !== null) ?? null;

/** The value an element starts with, or null. */
export function initialOf(element) {
  return first(element, INITIAL);
}

/** The value in a view's state.values, or null when it has none. */
export function storedOf(values, block, element) {
  const held = values?.[block.block_id]?.[element.action_id];
  return held ? first(held, STATE) : null;
}

/** An option is named by its value, a file by its id, everything else is itself. */
export function plain(value) {
  if (Array.isArray(value)) return value.map(plain);
  if (value?.mimetype) return value.id;
  return value?.value ?? value;
}
