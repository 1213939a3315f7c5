// What the account holds: contacts, stored messages, sender codes, groups, labels, campaigns.
import { chip, drawIfChanged, el, empty, table, time } from "./dom.js";

const MOST = 300; // rows that are drawn

export function drawContacts(view, state) {
  drawIfChanged(view, [state.contacts, state.opt_outs, state.senders], () => contacts(state));
}

function contacts(state) {
  const known = new Set(state.contacts.map((one) => one.phone));
  const strangers = state.opt_outs.filter((one) => !known.has(one.phone));
  return [
    state.contacts.length
      ? limited(state.contacts, (shown) =>
          table(
            "Contacts",
            ["Phone", "Name", "E-mail", "Subscribed to", "Opted out of"],
            shown.map((one) => contact(one, state)),
          ),
        )
      : empty("No contact."),
    strangers.length &&
      table(
        "Opted out, and no contact",
        ["Phone", "Opted out of"],
        strangers.map((one) => [digits(one.phone), stopped(one.sender, state)]),
      ),
  ];
}

function contact(one, state) {
  const places = one.subscriptions.map(({ sender, group }) =>
    chip(`${label(sender, state)} · ${group ?? "no group"}`, group ? "blue" : "grey"),
  );
  const email = one.customer_key ? `${one.email ?? "–"} (key ${one.customer_key})` : one.email;
  const stops = [...new Set(one.opted_out)].map((sender) => stopped(sender, state));
  return [digits(one.phone), one.first, email, chips(places), chips(stops)];
}

const digits = (phone) => el("span", { class: "digits" }, phone);
const chips = (some) => (some.length ? el("span", { class: "chips" }, some) : null);
const label = (sender, state) => state.senders[sender] || sender;
const stopped = (sender, state) => chip(sender === null ? "every sender code" : label(sender, state), "red");

function limited(all, draw) {
  const rest = all.length - MOST;
  return [draw(all.slice(0, MOST)), rest > 0 && el("p", { class: "more" }, `${rest} more are not drawn.`)];
}

export function drawMessages(view, state) {
  drawIfChanged(view, state.messages, () => {
    if (!state.messages.length) return empty("No message is stored.");
    const columns = ["Id", "Name", "Text", "Label", "Parts", "Created"];
    const draw = (shown) => table("Stored messages, newest first", columns, shown.map(message));
    return limited([...state.messages].reverse(), draw);
  });
}

function message(m) {
  const named = m.label && labelChips(m.label.split(","));
  return [`${m.id}`, el("b", null, m.name), m.text, named, `${m.parts}`, m.created];
}

const labelChips = (names) => chips(names.map((one) => chip(one, "blue")));

export function drawAccount(view, state) {
  const { contacts, senders, groups, labels, campaigns } = state;
  const facts = [state.realm, state.realm_id, state.customer_keys, state.approved_ips, state.api_clients];
  drawIfChanged(view, [contacts, senders, groups, labels, campaigns, facts], () => [
    realm(state),
    table("Sender codes", ["Code", "Name", "Contacts"], senderRows(state)),
    table("Groups", ["Group", "Id", "Contacts"], groupRows(state)),
    named("Labels", labelChips(Object.keys(labels)) ?? empty("None.")),
    campaigns.length
      ? limited([...campaigns].reverse(), sent(state))
      : named("Campaigns", empty("None was sent.")),
  ]);
}

const named = (name, inside) => el("section", null, el("h2", null, name), inside);

const CAMPAIGN = ["Id", "Name", "Message", "Sender code", "To", "Taken"];
const sent = (state) => (shown) =>
  table("Campaigns, newest first", CAMPAIGN, shown.map((one) => campaign(one, state)));

function realm(state) {
  const facts = [
    ["Realm", `${state.realm} (id ${state.realm_id})`],
    ["Password", "set, and not shown here"],
    ["Customer keys", state.customer_keys ? "required" : "not used"],
    ["May ask from", state.approved_ips ? state.approved_ips.join(", ") || "nowhere" : "any address"],
    ["API clients", state.api_clients.join(", ") || "none"],
  ];
  const fact = ([name, said]) => el("div", null, el("dt", null, name), el("dd", null, said));
  return el("dl", { class: "facts" }, facts.map(fact));
}

const counted = (state, fits) => `${state.contacts.filter((one) => one.subscriptions.some(fits)).length}`;

function senderRows(state) {
  const on = (code) => counted(state, (place) => place.sender === code);
  return Object.entries(state.senders).map(([code, name]) => [digits(code), name, on(code)]);
}

function groupRows(state) {
  const within = (name) => counted(state, (place) => place.group === name);
  return Object.entries(state.groups).map(([name, id]) => [name, `${id}`, within(name)]);
}

function campaign(one, state) {
  const to = one.group ? chip(`group ${one.group}`, "blue") : chip("everyone", "amber");
  return [`${one.id}`, one.name, one.message, label(one.sender, state), chips([to]), time(one.at)];
}
