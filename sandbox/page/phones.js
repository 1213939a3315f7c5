// The test handsets, drawn as simple phones: what each received, newest at the bottom.
import { timeOf } from "./dates.js";
import { h } from "./dom.js";
import { following } from "./scroll.js";
import { ui, world } from "./state.js";

let known = null; // how many texts each phone had when the page was first drawn

export function phones() {
  const all = Object.entries(world.phones ?? {});
  known ??= Object.fromEntries(all.map(([number, phone]) => [number, phone.texts.length]));
  return h(
    "section",
    { class: "phones", "aria-label": "Phones" },
    h("h2", {}, "Phones", h("small", {}, count(all))),
    h(
      "div",
      { class: "phones-grid", tabindex: "0", role: "group", "aria-label": "Test handsets" },
      all.map(([number, phone]) => handset(number, phone)),
    ),
  );
}

function count(all) {
  const { handsets = all.length, texts = 0 } = world.control ?? {};
  const shown = handsets > all.length ? `the first ${all.length} of ${handsets.toLocaleString("en")}` : handsets;
  return `${shown} test handsets · ${texts.toLocaleString("en")} ${texts === 1 ? "text" : "texts"}`;
}

let looked = null; // how many texts there were when the phones were last in sight
const wide = matchMedia("(min-width: 1081px)"); // no tabs: the phones stand beside the channel

/** How many texts came while a narrow screen showed something else. */
export function newTexts() {
  const all = world.control?.texts ?? 0;
  if (looked === null || ui.tab === "phones" || wide.matches) looked = all;
  return all - looked;
}

/** "12065550100" -> "(206) 555-0100"; a short code stays as it is. */
export function pretty(number) {
  const found = /^\+?1?(\d{3})(\d{3})(\d{4})$/.exec(number);
  return found ? `(${found[1]}) ${found[2]}-${found[3]}` : number;
}

function handset(number, phone) {
  const texts = phone.texts;
  const fresh = texts.length > (known[number] ?? 0);
  const label = phone.label ?? pretty(number);
  return h(
    "figure",
    {
      key: number,
      class: `phone${texts.length ? "" : " is-empty"}`,
      "data-testid": "phone",
      "data-number": number,
    },
    h(
      "div",
      { class: "phone-case" },
      fresh &&
        h("span", {
          key: `glow-${texts.length}`,
          class: "glow",
          mounted: (node) => intoView(node.closest(".phone")),
        }),
      h("div", { class: "phone-top", "aria-hidden": "true" }, h("span", { class: "speaker" })),
      h("div", { class: "contact" }, texts.length ? pretty(texts.at(-1).sender) : "Messages"),
      following(
        {
          class: "texts",
          role: "log",
          tabindex: texts.length ? "0" : null,
          "aria-label": `Texts to ${label}`,
        },
        texts.length
          ? texts.map((text, n) => bubble(text, n, texts[n - 1], number))
          : h("p", { class: "no-texts" }, "No texts yet"),
      ),
    ),
    h("figcaption", {}, phone.label && h("b", {}, phone.label), h("span", {}, pretty(number))),
  );
}

function bubble(text, n, before, number) {
  const arrived = n >= (known[number] ?? 0);
  return h(
    "div",
    { key: `t${n}`, class: `text${arrived ? " has-arrived" : ""}`, "data-testid": "text" },
    before && before.sender !== text.sender && h("div", { class: "from" }, `From ${pretty(text.sender)}`),
    h("p", { class: "bubble" }, text.text),
    h("div", { class: "when-got" }, timeOf(text.at)),
  );
}

function intoView(node) {
  const box = node.closest(".phones-grid");
  const others = [...box.querySelectorAll(".glow")].filter((glow) => !node.contains(glow));
  if (others.some((glow) => glow.getAnimations().length)) return; // one of several: the first is in view
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const end = node.offsetTop + node.offsetHeight;
  if (node.offsetTop < box.scrollTop || end > box.scrollTop + box.clientHeight) {
    box.scrollTo({ top: node.offsetTop - 8, behavior: calm ? "auto" : "smooth" });
  }
}
