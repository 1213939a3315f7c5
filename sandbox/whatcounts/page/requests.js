// Each request as it came: the raw target, headers and body, what was understood, and the answer.
import { chip, drawList, el, empty, olderOnes, time } from "./dom.js";

export function drawRequests(view, state) {
  if (!state.requests.length) {
    view.replaceChildren(
      empty("No request yet. Point a client at ", el("code", null, state.url), " and it will be here."),
    );
    return;
  }
  let list = view.querySelector(".requests");
  if (!list) {
    list = el("div", { class: "requests" });
    view.replaceChildren(el("p", { class: "more" }), list);
  }
  view.querySelector(".more").textContent = olderOnes(state.requests.length, state.totals.requests);
  drawList(list, [...state.requests].reverse(), (one) => one.n, request);
}

function request(one) {
  const summary = el(
    "summary",
    null,
    el("span", { class: "number" }, `${one.n}`),
    time(one.at),
    el("span", { class: "what" }, el("b", null, one.operation || "no operation"), el("code", null, line(one))),
    el("span", { class: "chips" }, marks(one), status(one)),
  );
  const node = el("details", { class: "request" }, summary);
  // What is folded is not drawn: a long run has many thousand headers.
  node.addEventListener("toggle", () => {
    if (node.open && node.children.length === 1) node.append(inside(one));
  });
  return node;
}

const line = (one) => (one.method ? `${one.method} ${one.target} ${one.body}` : `no HTTP: ${one.target}`);

function marks(one) {
  const faults = one.faults.map((name) => chip(name, "amber", "the fault that struck"));
  if (one.operation && !one.executed && one.status !== null) faults.push(chip("not carried out", "grey"));
  if (one.executed && (one.status === null || one.status >= 400) && one.faults.length)
    faults.push(chip("carried out", "red", "the client cannot know it"));
  return faults;
}

function status(one) {
  if (one.status === null) return chip("no answer", "red");
  const refused = one.status === 200 && (one.answer ?? "").startsWith("FAILURE");
  if (refused) return chip("200 FAILURE", "amber");
  return chip(`${one.status}`, one.status < 300 ? "green" : "red");
}

function inside(one) {
  const facts = [
    ["As it came", el("pre", null, head(one))],
    ["Understood as", values(one.values)],
    ["Answer", one.answer === null ? "none" : el("pre", null, pretty(one.answer) || "(nothing)")],
  ];
  return el("dl", null, facts.map(([name, said]) => [el("dt", null, name), el("dd", null, said)]));
}

function head(one) {
  const headers = one.headers.map(([name, value]) => `${name}: ${value}`);
  return [`${one.method} ${one.target}`, ...headers, "", one.body].join("\n").trim();
}

function values(given) {
  const names = Object.keys(given);
  if (!names.length) return "nothing";
  const rows = names.map((name) => el("li", null, `${name} `, el("q", null, given[name])));
  return el("ul", { class: "values" }, rows);
}

function pretty(answer) {
  try {
    return JSON.stringify(JSON.parse(answer), null, 2);
  } catch {
    return answer;
  }
}
