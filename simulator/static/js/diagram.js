// Draws any table of states as a life from top to bottom: the way down the middle, ways around it, ends at the side.

import { s } from "./dom.js";

const ROW = 46;
const TOP = 20;
const TALL = 28;
const WIDE = 132;
const END_WIDE = 146; // "settled undelivered"
const SPINE_X = 92;
const END_X = 318;
const LANE = 13;

/** Where every state stands: {places: Map name -> {x, y, end}, height}. States come in the order of a life. */
export function layout(states, transitions) {
  const rank = new Map(states.map((name, at) => [name, at]));
  const onward = (name) => transitions.some(({ from, to }) => from === name && rank.get(to) > rank.get(name));
  const spine = states.filter(onward);
  const last = states.find((name) => !onward(name) && transitions.some(({ from, to }) => to === name && from === spine.at(-1)));
  const straight = last ? [...spine, last] : spine;
  const places = new Map(straight.map((name, row) => [name, { x: SPINE_X, y: TOP + row * ROW, end: false }]));
  const ends = states.filter((name) => !places.has(name)).map((name) => ({ name, wish: middle(name, transitions, places) }));
  ends.sort((one, two) => one.wish - two.wish);
  let free = TOP;
  for (const { name, wish } of ends) {
    const y = Math.max(free, wish);
    places.set(name, { x: END_X, y, end: true });
    free = y + ROW;
  }
  const lowest = Math.max(...[...places.values()].map(({ y }) => y));
  return { places, height: lowest + TALL + TOP };
}

function middle(name, transitions, places) {
  const sources = transitions.filter(({ from, to }) => to === name && places.has(from)).map(({ from }) => places.get(from).y);
  return sources.length ? sources.reduce((sum, y) => sum + y, 0) / sources.length : TOP;
}

// Two states may be joined by several events; they share one line.
function merged(transitions) {
  const lines = new Map();
  for (const { from, to, event } of transitions) {
    const key = `${from} ${to}`;
    if (!lines.has(key)) lines.set(key, { from, to, events: [] });
    lines.get(key).events.push(event);
  }
  return [...lines.values()];
}

/** The diagram with one state lit; `pick(name)` is called when a state is pressed. */
export function diagram({ states, transitions, current, shown, pick }) {
  const { places, height } = layout(states, transitions);
  const lines = merged(transitions).filter(({ from, to }) => places.has(from) && places.has(to));
  const lanes = laneOf(lines, places);
  const drawn = lines.map((line) => edge(line, places, lanes, shown));
  drawn.sort((one, two) => one.lit - two.lit);
  return s(
    "svg",
    { class: "diagram", viewBox: `0 0 400 ${height}`, role: "group", "aria-label": "The states of an order" },
    s("defs", {}, head("tip"), head("tip-lit")),
    drawn.map(({ element }) => element),
    [...places].map(([name, place]) => node(name, place, { current, shown, pick })),
  );
}

const head = (id) =>
  s("marker", { id, class: id, viewBox: "0 0 8 8", refX: 7, refY: 4, markerUnits: "userSpaceOnUse", markerWidth: 9, markerHeight: 9, orient: "auto-start-reverse" }, s("path", { d: "M0 0L8 4L0 8z" }));

// Lines that pass others by lie in lanes left of the spine, the short ones nearest to it.
function laneOf(lines, places) {
  const around = lines.filter(({ from, to }) => isAround(places.get(from), places.get(to)));
  around.sort((one, two) => span(one, places) - span(two, places));
  const taken = [];
  const lanes = new Map();
  for (const line of around) {
    const [from, to] = [places.get(line.from).y, places.get(line.to).y].sort((one, two) => one - two);
    let lane = 0;
    while (taken.some((other) => other.lane === lane && other.from < to && from < other.to)) lane += 1;
    taken.push({ lane, from, to });
    lanes.set(line, lane);
  }
  return lanes;
}

const span = ({ from, to }, places) => Math.abs(places.get(from).y - places.get(to).y);
const isAround = (from, to) => !from.end && !to.end && to.y !== from.y + ROW;

function edge(line, places, lanes, shown) {
  const lit = line.from === shown;
  const path = route(places.get(line.from), places.get(line.to), lanes.get(line));
  const props = { d: path, class: ["edge", lit && "lit", line.to === shown && "into"].filter(Boolean).join(" "), "marker-end": `url(#${lit ? "tip-lit" : "tip"})` };
  return { lit: Number(lit), element: s("path", props, s("title", {}, `${line.from} → ${line.to}: ${line.events.join(", ")}`)) };
}

function route(from, to, lane) {
  if (lane !== undefined) {
    const left = SPINE_X - WIDE / 2;
    const bend = Math.max(6, left - 10 - lane * LANE);
    const [start, end] = from.y < to.y ? [from.y + 6, to.y - 6] : [from.y - 6, to.y + 6];
    const turn = from.y < to.y ? 7 : -7;
    return `M${left} ${start}H${bend + 7}Q${bend} ${start} ${bend} ${start + turn}V${end - turn}Q${bend} ${end} ${bend + 7} ${end}H${left - 1}`;
  }
  if (!from.end && !to.end) return `M${from.x} ${from.y + TALL / 2}V${to.y - TALL / 2 - 1}`;
  const side = from.end ? -1 : 1;
  const [x1, x2] = [from.x + (side * width(from)) / 2, to.x - (side * width(to)) / 2 - side];
  const nudge = from.end ? 8 : 0;
  return `M${x1} ${from.y + nudge}C${x1 + side * 46} ${from.y + nudge} ${x2 - side * 46} ${to.y + nudge} ${x2} ${to.y + nudge}`;
}

const width = ({ end }) => (end ? END_WIDE : WIDE);

function node(name, { x, y, end }, { current, shown, pick }) {
  const kind = ["state", end && "end", name === current && "current", name === shown && "shown"].filter(Boolean).join(" ");
  const press = (event) => {
    if (event.type === "keydown" && event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    pick(name);
  };
  const label = `${name.replaceAll("_", " ")}${name === current ? ", the order is here" : ""}`;
  return s(
    "g",
    { class: kind, tabindex: 0, role: "button", "aria-label": label, "data-state": name, "aria-pressed": String(name === shown), onclick: press, onkeydown: press },
    s("rect", { x: x - width({ end }) / 2, y: y - TALL / 2, width: width({ end }), height: TALL, rx: end ? 6 : 14 }),
    s("text", { x, y: y + 4, "text-anchor": "middle" }, name.replaceAll("_", " ")),
  );
}
