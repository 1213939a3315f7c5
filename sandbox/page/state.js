// What the page knows: the sandbox's state as last read, and what is its own (person, channel, open thread).

export const ui = {
  user: "U0OLIVE",
  channel: "C0SMS",
  thread: null, // ts of the message whose replies are open
  home: false, // the app's Home tab instead of its messages
  tab: "slack", // narrow screens show one of slack, phones, trouble
  drawer: false, // narrow screens: the list of channels
  connected: true,
  toasts: [],
  dismissed: new Set(), // ephemeral messages that were closed here; Slack forgets them just as easily
  seen: {}, // "user/channel" -> ts of the newest message seen
};

export let world = null;
let drawing = null;
let draw = () => {};

export function onRedraw(run) {
  draw = run;
}

/** Draws once after the running event, however often it is asked. */
export function redraw() {
  drawing ??= Promise.resolve().then(() => {
    drawing = null;
    draw();
  });
}

/** Runs after the next draw, still within the running event. */
export function afterDraw(run) {
  redraw();
  queueMicrotask(run);
}

let reading = null;
let again = false;

/** Reads the state of the chosen person; calls that come while it is read share one more reading. */
export function refresh() {
  again = true;
  reading ??= readUntilQuiet();
  return reading;
}

async function readUntilQuiet() {
  while (again) {
    again = false;
    await read();
  }
  reading = null;
}

async function read() {
  const user = ui.user;
  try {
    const answer = await fetch(`/sandbox/state?user=${encodeURIComponent(user)}`);
    if (!answer.ok) throw new Error(`state: ${answer.status}`);
    const fresh = await answer.json();
    if (!fresh.channels.length) ui.user = fresh.people[0].id; // the address named nobody
    if (user !== ui.user) {
      again = true;
      return;
    }
    world = fresh;
    ui.connected = true;
    settle();
    writeHash();
  } catch (problem) {
    ui.connected = false;
    console.warn("the sandbox's state could not be read:", problem);
  }
  redraw();
}

function settle() {
  const ids = world.channels.map((channel) => channel.id);
  const had = ids.includes(ui.channel);
  const dm = world.channels.find((channel) => channel.is_dm);
  if (!had) ui.channel = ui.channel.startsWith("D") && dm ? dm.id : ids[0];
  if (!had) ui.thread = null;
  for (const id of ids) if (!(`${ui.user}/${id}` in ui.seen)) markSeen(id);
}

export function markSeen(channel) {
  const newest = (world.messages[channel] ?? []).at(-1)?.ts ?? "0";
  ui.seen[`${ui.user}/${channel}`] = newest;
}

/** Asks the sandbox to do something; what Slack would say about a failure comes back as `notice`. */
export async function post(what, body) {
  let answer;
  try {
    const response = await fetch(`/sandbox/${what}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ user: ui.user, ...body }),
    });
    answer = await response.json();
    if (!response.ok)
      answer = { notice: `The sandbox refused this (HTTP ${response.status}).`, ...answer, ok: false };
  } catch {
    answer = { ok: false, lost: true, notice: "The sandbox does not answer. Is it still running?" };
  }
  answer.read = refresh(); // the state after it, for who needs to wait for that
  return answer;
}

/** Like `post`, with a toast when it failed. Returns whether it worked. */
export async function act(what, body) {
  const answer = await post(what, body);
  if (!answer.ok) toast(answer.notice ?? "That did not work.");
  return answer.ok;
}

let toasts = 0;

export function toast(text) {
  const id = ++toasts;
  ui.toasts = [...ui.toasts.filter((other) => other.text !== text), { id, text }];
  setTimeout(() => dropToast(id), 12000);
  redraw();
}

export function dropToast(id) {
  ui.toasts = ui.toasts.filter((other) => other.id !== id);
  redraw();
}

/** Listens for changes; the browser reconnects by itself. */
export function listen() {
  const events = new EventSource("/sandbox/events");
  events.onopen = refresh;
  events.onmessage = refresh;
  events.onerror = () => {
    ui.connected = false;
    redraw();
  };
}

export function readHash() {
  const [user, channel] = location.hash.replace(/^#/, "").split("/").map(decodeURIComponent);
  if (user) ui.user = user;
  if (channel) ui.channel = channel;
}

export function writeHash() {
  const hash = `#${encodeURIComponent(ui.user)}/${encodeURIComponent(ui.channel)}`;
  if (location.hash !== hash) history.replaceState(null, "", hash);
}

export const person = (id) => world?.people.find((one) => one.id === id);
export const group = (id) => world?.groups.find((one) => one.id === id);
export const channel = (id) => world?.channels.find((one) => one.id === id);
