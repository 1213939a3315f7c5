// The page: the tabs, the theme, and each new state handed to what shows it.
import { drawAccount, drawContacts, drawMessages } from "./account.js";
import { el } from "./dom.js";
import { drawOrders } from "./orders.js";
import { drawRequests } from "./requests.js";
import { follow, order } from "./source.js";
import { drawTexts } from "./texts.js";

const TABS = {
  requests: { label: "Requests", draw: drawRequests, count: (state) => state.totals.requests },
  texts: { label: "Texts sent", draw: drawTexts, count: (state) => state.totals.sent },
  contacts: { label: "Contacts", draw: drawContacts, count: (state) => state.contacts.length },
  messages: { label: "Messages", draw: drawMessages, count: (state) => state.messages.length },
  account: { label: "Realm", draw: drawAccount, count: () => null },
  faults: { label: "Faults", draw: () => {}, count: (state) => state.faults.length || null },
};

const find = (id) => document.getElementById(id);
let state = null;
let tab = "";

function draw() {
  if (!state) return;
  find("where").replaceChildren(el("code", null, state.url), ` realm ${state.realm}`);
  for (const [name, { count }] of Object.entries(TABS)) {
    const link = find(`to-${name}`);
    link.querySelector(".count").textContent = count(state) ?? "";
    if (name === tab) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  TABS[tab].draw(find("view"), state);
  drawOrders(find("orders"), state);
}

function turn() {
  const wanted = location.hash.slice(1);
  if (wanted === "view") return; // the link that leads past the tabs
  const next = wanted in TABS ? wanted : "requests";
  if (next === tab) return;
  tab = next;
  document.body.dataset.tab = tab;
  const view = find("view");
  view.replaceChildren();
  view.print = null;
  draw();
}

const system = matchMedia("(prefers-color-scheme: dark)");
const isDark = () => (localStorage.getItem("theme") ?? (system.matches ? "dark" : "light")) === "dark";

function paint() {
  document.documentElement.dataset.theme = isDark() ? "dark" : "light";
  find("theme").textContent = isDark() ? "Light" : "Dark";
}

find("tabs").append(
  ...Object.entries(TABS).map(([name, { label }]) =>
    el("a", { id: `to-${name}`, href: `#${name}` }, label, el("span", { class: "count" })),
  ),
);
find("theme").addEventListener("click", () => {
  localStorage.setItem("theme", isDark() ? "light" : "dark");
  paint();
});
find("reset").addEventListener("click", () => {
  if (confirm("Forget every request and text, and make account, faults and habits as at the start?"))
    order("reset", {});
});
system.addEventListener("change", paint);
addEventListener("hashchange", turn);
paint();
turn();
follow((fresh) => {
  find("lost").hidden = fresh !== null;
  state = fresh ?? state;
  draw();
});
