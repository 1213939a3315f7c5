// The faults and the habits: forms that give orders to the emulator.
import { chip, drawIfChanged, el } from "./dom.js";
import { order } from "./source.js";

const STAGES = { delay: "Time", outcome: "How the call ends", quirk: "The answer's form" };
const UNTIL_CLEARED = "until cleared";
const SECONDS = { type: "number", min: 0, step: 0.1 };
const WORK = [
  ["", "as said"],
  ["yes", "done first"],
  ["no", "not done"],
];

export function drawOrders(aside, state) {
  if (!aside.children.length)
    aside.append(faultForm(state), el("section", { id: "active" }), el("section", { id: "habits" }));
  drawIfChanged(aside.querySelector("#active"), state.faults, () => active(state.faults));
  drawIfChanged(aside.querySelector("#habits"), state.known_habits, () => habits(state));
  // In place: the control that was just used keeps the focus, and its value until that has been ordered.
  for (const control of aside.querySelectorAll("#habits [name]")) {
    const value = String(state.habits[control.name]);
    const isTyped = control === document.activeElement && control.type === "number";
    if (control.value !== value && !isTyped && !control.onItsWay) control.value = value;
  }
}

function field(name, control, hint = null) {
  return el("label", { class: "field" }, el("span", null, name), control, hint && el("small", null, hint));
}

const option = (value, text = value) => el("option", { value }, text);

function faultForm(state) {
  const known = state.known_faults;
  const stages = Object.entries(STAGES).map(([stage, label]) => {
    const names = Object.keys(known).filter((name) => known[name].stage === stage);
    return el("optgroup", { label }, names.map((name) => option(name)));
  });
  const work = WORK.map(([value, text]) => option(value, text));
  const often = [1, 2, 3, 5, 10].map((n) => option(n, `${n} ×`));
  const form = el(
    "form",
    { class: "order" },
    el("h2", null, "Order a fault"),
    field("Fault", el("select", { name: "name" }, stages)),
    el("p", { class: "says", id: "says", "aria-live": "polite" }),
    field("Strikes", el("select", { name: "operation" }, operations(state))),
    el(
      "div",
      { class: "pair" },
      field("How often", el("select", { name: "times" }, often, option("", UNTIL_CLEARED))),
      field("Seconds", el("input", { name: "seconds", ...SECONDS, max: 600, value: 2 })),
      field("The work is", el("select", { name: "executed" }, work)),
    ),
    el("p", { class: "wrong", role: "alert" }),
    el("button", { class: "primary" }, "Order it"),
  );
  form.addEventListener("change", () => fit(form, known));
  form.addEventListener("submit", (event) => (event.preventDefault(), submit(form, known)));
  form.elements.name.value = "close_after";
  fit(form, known);
  return form;
}

function operations({ operations }) {
  const named = Object.keys(operations).map((name) => option(name));
  const kinds = [
    option("send", "any send"),
    option("write", "any create, subscribe, stop"),
    option("read", "any list"),
  ];
  const first = option("", "the next call, whatever it is");
  return [first, kinds, el("optgroup", { label: "One operation" }, named)];
}

function fit(form, known) {
  const { what, stage, operations } = known[form.elements.name.value];
  form.querySelector("#says").textContent = `${what[0].toUpperCase()}${what.slice(1).replaceAll("`", "")}.`;
  form.elements.seconds.closest("label").hidden = stage !== "delay";
  form.elements.executed.closest("label").hidden = stage !== "outcome";
  for (const one of form.elements.operation.querySelectorAll("optgroup option"))
    one.disabled = operations.length > 0 && !operations.includes(one.value);
  if (form.elements.operation.selectedOptions[0]?.disabled) form.elements.operation.value = "";
}

async function submit(form, known) {
  const given = Object.fromEntries(new FormData(form));
  const { stage } = known[given.name];
  const wanted = { name: given.name, times: given.times ? Number(given.times) : null };
  if (given.operation) wanted.operation = given.operation;
  if (stage === "delay") wanted.seconds = Number(given.seconds);
  if (stage === "outcome" && given.executed) wanted.executed = given.executed === "yes";
  form.querySelector(".wrong").textContent = (await order("faults", wanted)) ?? "";
}

function active(faults) {
  if (!faults.length)
    return [el("h2", null, "Waiting faults"), el("p", { class: "says" }, "None: every call is well.")];
  const clear = () => order("faults", { clear: true });
  const clearAll = el("button", { class: "quiet", onclick: clear }, "Clear all");
  return [
    el("div", { class: "head" }, el("h2", null, "Waiting faults"), clearAll),
    el("ul", { class: "waiting" }, faults.map(waiting)),
  ];
}

function waiting(fault) {
  const often = fault.left === null ? UNTIL_CLEARED : `${fault.left} ×`;
  const on = fault.operation ? ` at ${fault.operation}` : "";
  const long = fault.seconds ? `, ${fault.seconds}\u00a0s` : "";
  const clear = () => order("faults", { clear: fault.name });
  const label = { "aria-label": `Clear ${fault.name}` };
  const button = el("button", { class: "quiet", onclick: clear, ...label }, "Clear");
  return el("li", null, el("span", null, chip(fault.name, "amber"), ` ${often}${on}${long}`), button);
}

function habits(state) {
  const rows = Object.entries(state.known_habits).map(([name, habit]) =>
    habitField(name, habit, state.habits[name]),
  );
  return el(
    "details",
    { open: matchMedia("(min-width: 1000px)").matches },
    el("summary", null, el("h2", null, "Habits")),
    el("p", { class: "says" }, "Where the documents are silent or contradict themselves, it does so."),
    rows,
    el("p", { class: "wrong", role: "alert" }),
  );
}

function habitField(name, { what, choices }, value) {
  const change = async (event) => {
    const given = event.target;
    const wrong = given.closest("details").querySelector(".wrong");
    given.onItsWay = true;
    wrong.textContent = (await order("habits", { [name]: read(given, choices) })) ?? "";
    given.onItsWay = false;
  };
  const choice = (one) => el("option", { value: String(one), selected: one === value }, spoken(one));
  const control = choices.length
    ? el("select", { name, onchange: change }, choices.map(choice))
    : el("input", { name, ...SECONDS, value, onchange: change });
  return field(what, control);
}

const spoken = (choice) => ({ true: "yes", false: "no" })[choice] ?? choice.replaceAll("_", " ");

function read(given, choices) {
  if (!choices.length) return Number(given.value);
  return choices.find((one) => String(one) === given.value);
}
