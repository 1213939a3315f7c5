// Block Kit blocks as nodes.
import { chart } from "./charts.js";
import { h } from "./dom.js";
import { alternative, element, idOf } from "./elements.js";
import { icon } from "./icons.js";
import { mrkdwn, textObject, words } from "./mrkdwn.js";
import { richText } from "./richtext.js";

const DRAW = {
  header: ({ block }) => h("h3", { class: "header" }, textObject(block.text)),
  divider: () => h("hr", {}),
  section,
  context,
  actions,
  input,
  alert,
  table,
  data_visualization: ({ block }) => chart(block),
  image,
  rich_text: ({ block }) => richText(block),
  markdown: ({ block }) => h("div", { class: "mrkdwn" }, mrkdwn(block.text)),
};

/** The blocks of one surface. place: see elements.js; errors: block_id -> what is wrong with that field. */
export function blocks(list, place, errors = {}) {
  return (list ?? []).map((block, n) => {
    const drawn = DRAW[block.type] ?? unknown;
    return h(
      "div",
      { key: block.block_id ?? `n${n}`, class: `block block-${block.type}`, "data-block-id": block.block_id },
      drawn({ block, place, error: errors[block.block_id] }),
    );
  });
}

function unknown({ block }) {
  return h("span", { class: "unknown" }, `This page does not draw ${block.type}.`);
}

function section({ block, place }) {
  return [
    h(
      "div",
      { class: "section-text mrkdwn" },
      block.text && h("div", {}, textObject(block.text)),
      block.fields &&
        h(
          "div",
          { class: "fields" },
          block.fields.map((field) => h("div", { class: "field" }, textObject(field))),
        ),
    ),
    block.accessory &&
      h(
        "div",
        { class: "accessory" },
        element({ place, block, element: block.accessory, label: words(block.text) || null }),
      ),
  ];
}

function context({ block }) {
  return block.elements.map((one) =>
    one.type === "image" ? alternative(one) : h("span", { class: "mrkdwn" }, textObject(one)),
  );
}

function actions({ block, place }) {
  return block.elements.map((one) =>
    h("div", { key: one.action_id, class: "action" }, element({ place, block, element: one })),
  );
}

function input({ block, place, error }) {
  const id = `${place.prefix}-${block.block_id}`.replace(/[^\w-]/g, "_");
  const isGroup = ["radio_buttons", "checkboxes"].includes(block.element.type); // its name is on the group
  const described = [error && `${id}-error`, block.hint && `${id}-hint`].filter(Boolean).join(" ") || null;
  return h(
    "div",
    { class: `input${error ? " has-error" : ""}` },
    h(
      isGroup ? "div" : "label",
      { class: "label", for: isGroup ? null : idOf({ place, block, element: block.element }) },
      textObject(block.label),
      block.optional && h("span", { class: "optional" }, " (optional)"),
    ),
    element({
      place,
      block,
      element: block.element,
      label: words(block.label),
      isInput: true,
      described,
      invalid: Boolean(error),
    }),
    error && h("div", { class: "error", id: `${id}-error`, role: "alert" }, icon("warning"), error),
    block.hint && h("div", { class: "hint", id: `${id}-hint` }, textObject(block.hint)),
  );
}

function alert({ block }) {
  const level = block.level ?? "default";
  const sign = { error: "warning", warning: "warning", success: "check" }[level] ?? "info";
  return h(
    "div",
    { class: `alert alert-${level}`, role: level === "error" ? "alert" : "note" },
    icon(sign),
    h("div", { class: "mrkdwn" }, typeof block.text === "string" ? block.text : textObject(block.text)),
  );
}

function image({ block }) {
  return h("figure", {}, block.title && h("figcaption", {}, textObject(block.title)), alternative(block));
}

function table({ block }) {
  const align = (n) => `align-${block.column_settings?.[n]?.align ?? "left"}`;
  const [head, ...rows] = block.rows;
  return h(
    "div",
    { class: "table-scroll", tabindex: "0", role: "region", "aria-label": "Table" },
    h(
      "table",
      {},
      h(
        "thead",
        {},
        h(
          "tr",
          {},
          head.map((one, n) => h("th", { scope: "col", class: align(n) }, cell(one))),
        ),
      ),
      h(
        "tbody",
        {},
        rows.map((row) =>
          h(
            "tr",
            {},
            row.map((one, n) => h("td", { class: align(n) }, cell(one))),
          ),
        ),
      ),
    ),
  );
}

function cell(one) {
  return one.type === "rich_text" ? richText(one) : String(one.text ?? one.value ?? "");
}
