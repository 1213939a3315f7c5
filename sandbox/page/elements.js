// Block elements: what can be pressed, chosen or typed into. Their place (message, modal) says what happens then.
//
// place: {prefix, value(block, element), act(block, element, value), set(block, element, value),
//         type(block, element, text), options(block, element, query), and where it has them busy, settle, enter}
// In an input block a change is set; elsewhere it is an action that the app is told at once.
import { among, combobox } from "./combobox.js";
import { confirmed } from "./confirm.js";
import { fromLocalInput, toLocalInput, zone } from "./dates.js";
import { h } from "./dom.js";
import { fileInput } from "./files.js";
import { icon } from "./icons.js";
import { textObject, words } from "./mrkdwn.js";
import { channel, redraw, world } from "./state.js";
import { wants } from "./typing.js";

const DRAW = {
  button,
  overflow,
  static_select: select,
  external_select: select,
  users_select: select,
  conversations_select: select,
  channels_select: select,
  plain_text_input: textInput,
  email_text_input: textInput,
  url_text_input: textInput,
  number_input: textInput,
  datetimepicker: dateTime,
  datepicker: dateTime,
  timepicker: dateTime,
  radio_buttons: choices,
  checkboxes: choices,
  file_input: fileInput,
  image: (use) => alternative(use.element),
};

/** use: {place, block, element, label, isInput, described, invalid}. */
export function element(use) {
  const drawn = DRAW[use.element.type];
  if (!drawn) return h("span", { class: "unknown" }, `This page does not draw ${use.element.type}.`);
  return drawn({ ...use, id: idOf(use), change: (value) => change(use, value) });
}

export function idOf({ place, block, element: one }) {
  return `${place.prefix}-${block.block_id}-${one.action_id}`.replace(/[^\w-]/g, "_");
}

async function change(use, value) {
  const { place, block, element: one, isInput } = use;
  if (isInput) return place.set(block, one, value);
  if (one.confirm && !(await confirmed(one.confirm))) return redraw();
  return place.act(block, one, value);
}

function button(use) {
  const { element: one, place, block } = use;
  const busy = place.busy?.(block, one);
  return h(
    "button",
    {
      type: "button",
      class: `btn ${one.style ? `btn-${one.style}` : ""}${busy ? " is-busy" : ""}`,
      "data-action-id": one.action_id,
      "aria-label": one.accessibility_label ?? null,
      "aria-busy": busy ? "true" : null,
      onclick: () => change(use),
    },
    textObject(one.text),
  );
}

function overflow(use) {
  const { element: one, change: pick } = use;
  const close = (event) => event.target.closest("details").removeAttribute("open");
  const item = (option) =>
    h(
      "button",
      {
        type: "button",
        role: "menuitem",
        onclick: (event) => (close(event), pick(option.value)),
      },
      textObject(option.text),
    );
  return h(
    "details",
    {
      class: "overflow",
      onkeydown: (event) =>
        event.key === "Escape" && event.currentTarget.open && (event.stopPropagation(), close(event)),
      onfocusout: (event) =>
        event.currentTarget.contains(event.relatedTarget) || event.currentTarget.removeAttribute("open"),
    },
    h("summary", { "aria-label": "More actions" }, icon("more")),
    h("div", { role: "menu", class: "menu" }, one.options.map(item)),
  );
}

function select(use) {
  const { element: one, place, block, isInput } = use;
  const external = one.type === "external_select";
  const known = external ? [] : optionsOf(one);
  const value = place.value(block, one);
  const chosen = typeof value === "object" ? value : (known.find((option) => option.value === value) ?? null);
  return combobox({
    id: use.id,
    label: use.label ?? words(one.placeholder),
    placeholder: words(one.placeholder) || "Choose an option",
    chosen,
    local: !external,
    least: external ? (one.min_query_length ?? 3) : 0,
    described: use.described,
    invalid: use.invalid,
    focusHere: one.focus_on_load,
    clearable: isInput && block.optional,
    options: external ? (query) => place.options(block, one, query) : among(known, one.option_groups),
    choose: (option) => use.change(option),
  });
}

function optionsOf(one) {
  const named = (items, sign) =>
    items.map((item) => ({ value: item.id, text: { type: "plain_text", text: sign + item.name } }));
  if (one.type === "users_select") return named(world.people, "");
  if (one.type === "conversations_select" || one.type === "channels_select") {
    return named(
      world.channels.filter((known) => !channel(known.id).is_dm),
      "#",
    );
  }
  return one.option_groups ? one.option_groups.flatMap((group) => group.options) : one.options;
}

const NEAR = 20; // characters
const KIND = { email_text_input: "email", url_text_input: "url", number_input: "text" };

function textInput(use) {
  const { element: one, place, block } = use;
  const value = place.value(block, one) ?? "";
  const props = {
    id: use.id,
    value,
    "aria-label": use.label ?? null,
    "aria-describedby": use.described ?? null,
    "aria-invalid": use.invalid ? "true" : null,
    placeholder: words(one.placeholder),
    autocomplete: "off",
    "data-autofocus": one.focus_on_load ? "" : null,
    oninput: (event) => place.type(block, one, event.target.value),
    onchange: () => place.settle?.(block, one),
    onkeydown: (event) => event.key === "Enter" && place.enter?.(event, block, one),
  };
  const length = [...value].length;
  const left = one.max_length ? one.max_length - length : Infinity; // said near the limit, as Slack does
  return h(
    "div",
    { class: "text-input" },
    one.multiline
      ? h("textarea", { ...props, rows: 4 })
      : h("input", {
          ...props,
          type: KIND[one.type] ?? "text",
          inputmode: one.type === "number_input" ? "decimal" : null,
        }),
    left <= NEAR &&
      h(
        "span",
        { class: `counter${left < 0 ? " is-over" : ""}`, "aria-hidden": "true" },
        `${length}/${one.max_length}`,
      ),
    !one.multiline && wants(block, one, "on_enter_pressed") && h("div", { class: "hint" }, "Enter applies it."),
  );
}

function dateTime(use) {
  const { element: one, place, block } = use;
  const whole = one.type === "datetimepicker";
  const value = place.value(block, one);
  return h(
    "div",
    { class: "when" },
    h("input", {
      id: use.id,
      type: whole ? "datetime-local" : one.type === "datepicker" ? "date" : "time",
      step: one.type === "datepicker" ? null : "60",
      value: whole ? toLocalInput(value) : (value ?? ""),
      "aria-label": use.label ?? words(one.placeholder),
      "aria-describedby": use.described ?? null,
      "aria-invalid": use.invalid ? "true" : null,
      "data-autofocus": one.focus_on_load ? "" : null,
      onchange: ({ target }) => use.change(whole ? fromLocalInput(target.value) : target.value || null),
    }),
    whole && h("small", { class: "hint" }, zone()),
  );
}

function choices(use) {
  const { element: one, place, block } = use;
  const many = one.type === "checkboxes";
  const value = place.value(block, one);
  const picked = (many ? (value ?? []) : [value]).map((option) => option?.value ?? option);
  const press = (option, on) => {
    if (!many) return use.change(option.value);
    const rest = picked.filter((other) => other !== option.value);
    return use.change(
      one.options.map((o) => o.value).filter((v) => rest.includes(v) || (on && v === option.value)),
    );
  };
  return h(
    "div",
    {
      class: "choices",
      role: many ? "group" : "radiogroup",
      "aria-label": use.label ?? null,
      "aria-describedby": use.described ?? null,
    },
    one.options.map((option, n) =>
      h(
        "label",
        { class: "choice" },
        h("input", {
          type: many ? "checkbox" : "radio",
          name: use.id,
          value: option.value,
          checked: picked.includes(option.value),
          "data-autofocus": one.focus_on_load && n === 0 ? "" : null,
          onchange: (event) => press(option, event.target.checked),
        }),
        h(
          "span",
          {},
          textObject(option.text),
          option.description && h("small", {}, textObject(option.description)),
        ),
      ),
    ),
  );
}

/** Images are not loaded here: the page fetches nothing from elsewhere. Their description stands in. */
export function alternative(image) {
  return h(
    "span",
    { class: "picture", role: "img", "aria-label": image.alt_text },
    `Image: ${image.alt_text}`,
  );
}
