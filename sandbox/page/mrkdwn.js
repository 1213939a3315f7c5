// Slack's mrkdwn as nodes: *bold* _italic_ ~strike~ `code` ```block``` > quote, <links>, <@people>, dates, emoji.
import { slackDate } from "./dates.js";
import { h } from "./dom.js";
import { channel, group, person } from "./state.js";

const EMOJI = {
  white_check_mark: "✅",
  heavy_check_mark: "✔️",
  x: "❌",
  warning: "⚠️",
  no_entry: "⛔",
  octagonal_sign: "🛑",
  stop_sign: "🛑",
  hourglass: "⌛",
  hourglass_flowing_sand: "⏳",
  clock3: "🕒",
  alarm_clock: "⏰",
  calendar: "📅",
  date: "📅",
  bell: "🔔",
  eyes: "👀",
  mag: "🔍",
  lock: "🔒",
  iphone: "📱",
  speech_balloon: "💬",
  mega: "📣",
  loudspeaker: "📢",
  rocket: "🚀",
  snowflake: "❄️",
  ice_cube: "🧊",
  wave: "👋",
  thumbsup: "👍",
  "+1": "👍",
  thumbsdown: "👎",
  "-1": "👎",
  tada: "🎉",
  smile: "😄",
  information_source: "ℹ️",
  bulb: "💡",
  memo: "📝",
  question: "❓",
  red_circle: "🔴",
  large_green_circle: "🟢",
  large_blue_circle: "🔵",
  sunny: "☀️",
  cherry_blossom: "🌸",
  gift: "🎁",
  point_right: "👉",
  pencil2: "✏️",
  repeat: "🔁",
  test_tube: "🧪",
};

/** The sign of a shortcode, or the shortcode as it was typed. */
export function emoji(name) {
  return EMOJI[name] ?? `:${name}:`;
}

const withEmoji = (text) => text.replace(/:([a-z0-9_+-]+):/g, (whole, name) => EMOJI[name] ?? whole);
const unescaped = (text) => text.replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&amp;/g, "&");

/** A text object (plain_text or mrkdwn) as nodes. */
export function textObject(object) {
  if (!object) return [];
  if (object.type === "mrkdwn") return mrkdwn(object.text);
  return [object.emoji === false ? object.text : withEmoji(object.text)];
}

/** Its words alone, for labels and names. */
export function words(object) {
  return object ? withEmoji(unescaped(object.text ?? "")) : "";
}

export function mrkdwn(text) {
  return String(text)
    .split(/\n?```\n?([\s\S]*?)\n?```\n?/)
    .flatMap((piece, n) => (n % 2 ? [h("pre", {}, unescaped(piece))] : lines(piece)));
}

function lines(text) {
  const out = [];
  let quote = [];
  let plain = [];
  const endQuote = () => {
    if (quote.length) out.push(h("blockquote", {}, inline(quote.join("\n"))));
    quote = [];
  };
  const endPlain = () => {
    if (plain.length) out.push(...inline(plain.join("\n")));
    plain = [];
  };
  for (const line of text.split("\n")) {
    const quoted = /^(?:>|&gt;) ?(.*)$/.exec(line);
    if (quoted) endPlain();
    else endQuote();
    (quoted ? quote : plain).push(quoted ? quoted[1] : line);
  }
  endQuote();
  endPlain();
  return out;
}

// Code and <...> are taken out first: a * or _ inside them means nothing; \uE000<n>\uE001 stands in for them.
function inline(text) {
  const atoms = [];
  const marked = text
    .replace(/[\uE000\uE001]/g, "")
    .replace(/`([^`\n]+)`|<([^<>\n]+)>/g, (whole, code, angle) => {
      atoms.push(code === undefined ? reference(angle) : h("code", {}, unescaped(code)));
      return `\uE000${atoms.length - 1}\uE001`;
    });
  return styled(marked, atoms);
}

const STYLE = /(?<![\w*_~])([*_~])(?!\s)([^\n]+?)(?<!\s)\1(?![\w])/;
const TAG = { "*": "strong", _: "em", "~": "s" };

function styled(text, atoms) {
  const found = STYLE.exec(text);
  if (!found) return leaf(text, atoms);
  const [whole, mark, inner] = found;
  return [
    ...leaf(text.slice(0, found.index), atoms),
    h(TAG[mark], {}, styled(inner, atoms)),
    ...styled(text.slice(found.index + whole.length), atoms),
  ];
}

function leaf(text, atoms) {
  return text.split(/(\uE000\d+\uE001|https?:\/\/[^\s\uE000]*[^\s\uE000.,;:!?)'"])/).map((piece) => {
    if (piece.startsWith("\uE000")) return atoms[Number(piece.slice(1, -1))];
    return /^https?:/.test(piece) ? link(unescaped(piece), unescaped(piece)) : withEmoji(unescaped(piece));
  });
}

/** A link that opens elsewhere; an address that is not one is shown as words. */
export function link(address, label) {
  if (!/^(https?|mailto|tel):/i.test(address)) return label;
  return h("a", { href: address, target: "_blank", rel: "noopener noreferrer" }, label);
}

export function mention(id, label) {
  const name = person(id)?.name ?? label ?? id;
  return h("span", { class: "mention" }, `@${name}`);
}

export function channelMention(id, label) {
  return h("span", { class: "mention" }, `#${channel(id)?.name || label || "private-channel"}`);
}

function reference(inner) {
  const [target, label] = split(inner);
  if (target.startsWith("@")) return mention(target.slice(1), label);
  if (target.startsWith("#")) return channelMention(target.slice(1), label);
  if (target.startsWith("!")) return special(target.slice(1), label);
  return link(unescaped(target), label === undefined ? unescaped(target) : withEmoji(unescaped(label)));
}

function split(inner) {
  const bar = inner.indexOf("|");
  return bar < 0 ? [inner, undefined] : [inner.slice(0, bar), inner.slice(bar + 1)];
}

function special(target, label) {
  const [word, unix, pattern, address] = target.split("^");
  if (word === "date") {
    const shown = slackDate(unix, pattern, unescaped(label ?? ""));
    return address ? link(address, shown) : h("time", { title: label ?? "" }, shown);
  }
  if (word === "subteam") return h("span", { class: "mention" }, `@${group(unix)?.handle ?? label ?? unix}`);
  return h("span", { class: "mention" }, label ?? `@${word}`);
}
