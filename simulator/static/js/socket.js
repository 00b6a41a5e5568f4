// The line to the simulator: one WebSocket for events and acts, plain HTTP for the rest.

import { apply, tell } from "./store.js";

let socket = null;
let next = 1;
let pause = 500;
const waiting = new Map();

/** Open the line and keep it open. */
export function connect() {
  const scheme = location.protocol === "https:" ? "wss" : "ws";
  socket = new WebSocket(`${scheme}://${location.host}/control/ws`);
  socket.addEventListener("open", () => {
    pause = 500;
    tell("line", { up: true });
  });
  socket.addEventListener("message", (event) => receive(JSON.parse(event.data)));
  socket.addEventListener("close", lost);
}

function receive(event) {
  if (event.type !== "ack") return apply(event);
  const { resolve, reject } = waiting.get(event.id) ?? {};
  waiting.delete(event.id);
  if (event.ok) resolve?.(event.result ?? {});
  else reject?.(new Error(event.error ?? "refused"));
}

function lost() {
  tell("line", { up: false });
  for (const { reject } of waiting.values()) reject(new Error("The line to the simulator is down."));
  waiting.clear();
  setTimeout(connect, pause);
  pause = Math.min(pause * 2, 5000);
}

/** Do something as a person; resolves with the result, rejects with the simulator's words. */
export function act(deed) {
  return new Promise((resolve, reject) => {
    if (socket?.readyState !== WebSocket.OPEN) return reject(new Error("The line to the simulator is down."));
    const id = next++;
    waiting.set(id, { resolve, reject });
    socket.send(JSON.stringify({ id, act: deed }));
  });
}

/** Ask the control port over HTTP. */
export async function control(path, body, method = body ? "POST" : "GET") {
  const answer = await fetch(`/control/${path}`, {
    method,
    ...(body ? { body: JSON.stringify(body), headers: { "content-type": "application/json" } } : {}),
  });
  const found = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(found.error ?? `the simulator answered ${answer.status}`);
  return found;
}

/** Where the bytes of a file are. */
export const fileUrl = (fileId) => `/control/files/${encodeURIComponent(fileId)}`;
