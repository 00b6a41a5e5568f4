// A text with Bot API entities, as nodes. Offsets count UTF-16 units, as JavaScript strings do.

import { h } from "./dom.js";

const WRAPS = {
  bold: () => h("strong"),
  italic: () => h("em"),
  underline: () => h("u"),
  strikethrough: () => h("s"),
  code: () => h("code"),
  pre: () => h("pre"),
  blockquote: () => h("blockquote"),
  expandable_blockquote: () => h("blockquote"),
  spoiler: () => spoiler(),
};

/** Nodes for a text; `hooks.link(url)`, `hooks.command(text)` say what a press does. */
export function formatted(text, entities, hooks) {
  const sorted = [...(entities ?? [])].sort((one, two) => one.offset - two.offset || two.length - one.length);
  return weave(text, sorted, 0, text.length, hooks);
}

function weave(text, entities, from, to, hooks) {
  const nodes = [];
  let at = from;
  let rest = entities;
  while (rest.length) {
    const [entity, ...others] = rest;
    const end = Math.min(entity.offset + entity.length, to);
    if (entity.offset < at) {
      rest = others;
      continue;
    }
    if (entity.offset > at) nodes.push(text.slice(at, entity.offset));
    const inner = others.filter((one) => one.offset < end);
    const element = wrapper(entity, text.slice(entity.offset, end), hooks);
    element.append(...weave(text, inner, entity.offset, end, hooks));
    nodes.push(element);
    at = end;
    rest = others.filter((one) => one.offset >= end);
  }
  if (at < to) nodes.push(text.slice(at, to));
  return nodes;
}

function wrapper(entity, words, hooks) {
  if (WRAPS[entity.type]) return WRAPS[entity.type]();
  if (entity.type === "url") return link(words, hooks);
  if (entity.type === "text_link") return link(entity.url, hooks);
  if (entity.type === "email") return link(`mailto:${words}`, hooks);
  if (entity.type === "phone_number") return link(`tel:${words}`, hooks);
  if (entity.type === "bot_command") return asButton(() => hooks.command(words));
  return h("span", { class: ["mention", "text_mention", "hashtag", "cashtag"].includes(entity.type) && "mark" });
}

function link(url, hooks) {
  const press = (event) => {
    event.preventDefault();
    hooks.link(url);
  };
  return h("a", { href: url, rel: "noopener noreferrer", onclick: press });
}

const asButton = (onclick) => h("button", { type: "button", class: "inline-link", onclick });

function spoiler() {
  const hidden = h("button", { type: "button", class: "spoiler", "aria-expanded": "false" });
  hidden.addEventListener("click", () => {
    hidden.classList.add("shown");
    hidden.setAttribute("aria-expanded", "true");
  });
  return hidden;
}
