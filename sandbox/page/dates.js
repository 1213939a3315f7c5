// Times as Slack writes them, in the zone of whoever reads the page.

const DAY = 86400000;

const format = (options) => new Intl.DateTimeFormat(undefined, options);
const clock = (date) => format({ hour: "numeric", minute: "2-digit" }).format(date);

/** "10:42", from a message's ts. */
export function timeOfTs(ts) {
  return clock(new Date(Number(ts) * 1000));
}

/** The whole date and time, for a tooltip. */
export function longTimeOfTs(ts) {
  return format({ dateStyle: "full", timeStyle: "medium" }).format(new Date(Number(ts) * 1000));
}

/** "Today", "Yesterday" or the date: the line between two days of a channel. */
export function dayOfTs(ts) {
  const date = new Date(Number(ts) * 1000);
  const near = nearDay(date);
  return near
    ? near[0].toUpperCase() + near.slice(1)
    : format({ weekday: "long", month: "long", day: "numeric" }).format(date);
}

/** A time from the sandbox (unix seconds or ISO text) as a Date. */
export function moment(value) {
  return new Date(typeof value === "number" ? value * 1000 : value);
}

export function timeOf(value) {
  return clock(moment(value));
}

const MIDNIGHT = (date) => new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();

function nearDay(date) {
  const days = Math.round((MIDNIGHT(date) - MIDNIGHT(new Date())) / DAY);
  return { "-1": "yesterday", 0: "today", 1: "tomorrow" }[days];
}

function ago(date) {
  const seconds = Math.round((date - Date.now()) / 1000);
  const relative = new Intl.RelativeTimeFormat(undefined, { numeric: "auto" });
  for (const [unit, length] of [
    ["day", 86400],
    ["hour", 3600],
    ["minute", 60],
  ]) {
    if (Math.abs(seconds) >= length) return relative.format(Math.trunc(seconds / length), unit);
  }
  return relative.format(seconds, "second");
}

// https://docs.slack.dev/messaging/formatting-message-text#date-formatting
const TOKENS = {
  date_num: (date) =>
    [date.getFullYear(), date.getMonth() + 1, date.getDate()]
      .map((n) => String(n).padStart(2, "0"))
      .join("-"),
  date: (date) => format({ year: "numeric", month: "long", day: "numeric" }).format(date),
  date_short: (date) => format({ year: "numeric", month: "short", day: "numeric" }).format(date),
  date_long: (date) =>
    format({ weekday: "long", year: "numeric", month: "long", day: "numeric" }).format(date),
  date_pretty: (date) => nearDay(date) ?? TOKENS.date(date),
  date_short_pretty: (date) => nearDay(date) ?? TOKENS.date_short(date),
  date_long_pretty: (date) => nearDay(date) ?? TOKENS.date_long(date),
  day_divider_pretty: (date) =>
    nearDay(date) ?? format({ weekday: "long", month: "long", day: "numeric" }).format(date),
  time: clock,
  time_secs: (date) => format({ hour: "numeric", minute: "2-digit", second: "2-digit" }).format(date),
  ago,
};

/** Slack's date element: "{date_short_pretty} {time}" -> "today 10:42"; the fallback for an unknown token. */
export function slackDate(unix, pattern, fallback) {
  const date = new Date(Number(unix) * 1000);
  if (Number.isNaN(date.getTime())) return fallback;
  const unknown = [...pattern.matchAll(/\{(\w+)\}/g)].some(([, token]) => !(token in TOKENS));
  return unknown ? fallback : pattern.replace(/\{(\w+)\}/g, (whole, token) => TOKENS[token](date));
}

const two = (n) => String(n).padStart(2, "0");

/** Unix seconds <-> what <input type=datetime-local> holds, in the browser's zone. */
export function toLocalInput(unix) {
  if (!unix) return "";
  const d = new Date(unix * 1000);
  const day = `${d.getFullYear()}-${two(d.getMonth() + 1)}-${two(d.getDate())}`;
  return `${day}T${two(d.getHours())}:${two(d.getMinutes())}`;
}

export function fromLocalInput(text) {
  const unix = Math.floor(new Date(text).getTime() / 1000);
  return Number.isNaN(unix) ? null : unix;
}

export const zone = () => Intl.DateTimeFormat().resolvedOptions().timeZone;
