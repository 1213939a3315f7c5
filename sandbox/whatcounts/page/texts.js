// Texts that reached a handset, newest first.
import { chip, drawList, el, empty, olderOnes, time } from "./dom.js";

export function drawTexts(view, state) {
  if (!state.sent.length) return void view.replaceChildren(empty("No text has reached a handset yet."));
  let list = view.querySelector(".texts");
  if (!list) {
    list = el("ol", { class: "texts" });
    view.replaceChildren(el("p", { class: "more" }), list);
  }
  const older = state.totals.sent - state.sent.length;
  view.querySelector(".more").textContent = olderOnes(state.sent.length, state.totals.sent);
  const numbered = state.sent.map((one, at) => ({
    ...one,
    n: older + at,
    to: state.handsets[one.phone]?.name,
    from: state.senders[one.sender],
  }));
  drawList(list, numbered.reverse(), (one) => one.n, text);
}

function text(one) {
  const to = el("b", null, one.to ? `${one.to} ` : "", el("span", { class: "digits" }, one.phone));
  return el(
    "li",
    null,
    el("p", { class: "route" }, to, " from ", one.from || one.sender, time(one.at), reason(one)),
    el("p", { class: "bubble" }, one.text),
  );
}

function reason(one) {
  if (!one.campaign) return chip("one phone", "grey");
  if (one.group) return chip(`${one.campaign} → group ${one.group}`, "blue");
  return chip(`${one.campaign} → everyone`, "amber", "sent without a group: to all on the sender code");
}
