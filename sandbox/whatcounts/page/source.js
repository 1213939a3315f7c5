// What the emulator says of itself, read anew at each change; and orders to it.

const NEWEST = 300; // requests and texts that are read; a run may make many thousands
const BREATH = 150; // ms between two readings, so that a busy run does not only draw

let reading = null;
let again = false;
let tell = () => {};

/** Calls `draw(state)` with each new state, and with null when the emulator does not answer. */
export function follow(draw) {
  tell = draw;
  const events = new EventSource("events");
  events.onopen = read;
  events.addEventListener("change", read);
  events.onerror = () => tell(null);
}

/** Reads the state; calls that come meanwhile share one more reading. */
export function read() {
  again = true;
  reading ??= readUntilQuiet();
  return reading;
}

async function readUntilQuiet() {
  while (again) {
    again = false;
    tell(await stateOrNull());
    await new Promise((done) => setTimeout(done, BREATH));
  }
  reading = null;
}

async function stateOrNull() {
  try {
    const answer = await fetch(`state?last=${NEWEST}`);
    return answer.ok ? await answer.json() : null;
  } catch {
    return null;
  }
}

/** Gives an order (faults, habits, reset); returns what is wrong with it, or null. */
export async function order(what, wanted) {
  try {
    const answer = await fetch(what, { method: "POST", body: JSON.stringify(wanted) });
    const said = await answer.json();
    read();
    return said.ok ? null : said.error;
  } catch {
    return "The emulator does not answer.";
  }
}
