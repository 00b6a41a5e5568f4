// Links of the messenger are acted inside the page; all others open beside it.

import { world } from "./store.js";

/** What a link asks for: {kind: "start" | "group" | "invoice" | "share" | "web" | "none", bot, payload, url, text}. */
export function readLink(text) {
  let url;
  try {
    url = new URL(/^[a-z][a-z0-9+.-]*:/i.test(text) ? text : `https://${text}`);
  } catch {
    return { kind: "none" };
  }
  const place = deepPlace(url);
  if (place?.name.startsWith("$")) return { kind: "invoice", url: url.href };
  if (place?.name === "share") return { kind: "share", text: ["text", "url"].map((one) => url.searchParams.get(one)).filter(Boolean).join("\n") };
  const bot = [...world.bots.values()].find((one) => one.username?.toLowerCase() === place?.name.toLowerCase());
  if (bot && url.searchParams.has("startgroup")) return { kind: "group", bot, payload: url.searchParams.get("startgroup") };
  if (bot) return { kind: "start", bot, payload: url.searchParams.get("start") ?? "" };
  return ["http:", "https:", "mailto:", "tel:"].includes(url.protocol) ? { kind: "web", url: url.href } : { kind: "none" };
}

function deepPlace(url) {
  if (url.protocol === "tg:" && (url.host || url.pathname).includes("resolve")) {
    return { name: url.searchParams.get("domain") ?? "" };
  }
  if (!["t.me", "telegram.me", "www.t.me"].includes(url.host)) return null;
  const [name, rest] = url.pathname.split("/").filter(Boolean);
  return name && (!rest || name === "share") ? { name } : null;
}
