// rich_text blocks: sections, lists, quotes and preformatted text.
import { slackDate } from "./dates.js";
import { h } from "./dom.js";
import { channelMention, emoji, link, mention } from "./mrkdwn.js";

const TAGS = { bold: "strong", italic: "em", strike: "s", code: "code" };

export function richText(block) {
  return h("div", { class: "rich" }, block.elements.map(part));
}

function part(element) {
  const inside = () => (element.elements ?? []).map(leaf);
  switch (element.type) {
    case "rich_text_preformatted":
      return h("pre", {}, inside());
    case "rich_text_quote":
      return h("blockquote", {}, inside());
    case "rich_text_list": {
      const tag = element.style === "ordered" ? "ol" : "ul";
      const items = element.elements.map((item) => h("li", {}, (item.elements ?? []).map(leaf)));
      return h(
        tag,
        { class: `indent-${element.indent ?? 0}`, start: element.offset ? element.offset + 1 : null },
        items,
      );
    }
    default:
      return h("div", { class: "rich-section" }, inside());
  }
}

function leaf(element) {
  return Object.entries(TAGS)
    .filter(([style]) => element.style?.[style])
    .reduce((inner, [, tag]) => h(tag, {}, inner), bare(element));
}

function bare(element) {
  switch (element.type) {
    case "text":
      return element.text;
    case "link":
      return link(element.url, element.text ?? element.url);
    case "user":
      return mention(element.user_id);
    case "channel":
      return channelMention(element.channel_id);
    case "usergroup":
      return h("span", { class: "mention" }, `@${element.usergroup_id}`);
    case "broadcast":
      return h("span", { class: "mention" }, `@${element.range}`);
    case "emoji":
      return emoji(element.name);
    case "date":
      return slackDate(element.timestamp, element.format, element.fallback ?? "");
    case "color":
      return element.value;
    default:
      return `[${element.type}]`;
  }
}
