// Small hands for building elements: no framework, no innerHTML.

const SVG = "http://www.w3.org/2000/svg";

/** Make an element. Props that start with "on" are listeners; a class may be a list with gaps. */
export function h(tag, props = {}, ...children) {
  return fill(document.createElement(tag), props, children);
}

/** Make an SVG element. */
export function s(tag, props = {}, ...children) {
  return fill(document.createElementNS(SVG, tag), props, children);
}

function fill(element, props, children) {
  for (const [name, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "class") element.setAttribute("class", [value].flat().filter(Boolean).join(" "));
    else if (name === "style") Object.entries(value).forEach(([key, text]) => element.style.setProperty(key, text));
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

const ICONS = {
  back: "M15 5l-7 7 7 7",
  more: "M12 5.5v.01M12 12v.01M12 18.5v.01",
  send: "M4 12l16-8-5 16-3.5-6.5z",
  clip: "M19 11.5l-7.4 7.4a4.6 4.6 0 0 1-6.5-6.5l8-8a3.1 3.1 0 0 1 4.4 4.4l-7.9 7.9a1.5 1.5 0 0 1-2.2-2.2l6.8-6.8",
  tiles: "M5 5h5v5H5zM14 5h5v5h-5zM5 14h5v5H5zM14 14h5v5h-5z",
  slash: "M14.5 5l-5 14",
  down: "M6 9.5l6 6 6-6",
  close: "M6 6l12 12M18 6L6 18",
  open: "M8 16L16.5 7.5M9.5 7.5h7v7",
  person: "M12 11.5a3.7 3.7 0 1 0 0-7.4 3.7 3.7 0 0 0 0 7.4zM4.5 20c.6-4 3.6-6 7.5-6s6.9 2 7.5 6",
  place: "M12 21s-6.5-6-6.5-11a6.5 6.5 0 0 1 13 0c0 5-6.5 11-6.5 11zM12 12.2a2.2 2.2 0 1 0 0-4.4 2.2 2.2 0 0 0 0 4.4z",
  play: "M8 5.5l11 6.5-11 6.5z",
  file: "M7 3.5h7l4 4v13H7zM14 3.5v4h4",
  drawer: "M4 5h16v14H4zM14.5 5v14",
  check: "M5 12.5l4.5 4.5L19 7.5",
};

/** A line icon; decorative, so the button around it carries the name. */
export function icon(name) {
  return s(
    "svg",
    { viewBox: "0 0 24 24", class: `icon icon-${name}`, "aria-hidden": "true", focusable: "false" },
    s("path", { d: ICONS[name] }),
  );
}

/** A round button that is only an icon. */
export function iconButton(name, label, onclick, extra = {}) {
  return h("button", { type: "button", class: "round", "aria-label": label, title: label, onclick, ...extra }, icon(name));
}

/** Replace what an element holds. */
export function put(element, ...children) {
  element.replaceChildren(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** Say something at the foot of the page for a few seconds. */
export function note(words, tone = "plain") {
  const line = h("p", { class: ["note", tone] }, words);
  document.getElementById("notes").append(line);
  setTimeout(() => line.remove(), 6000);
}

/** Run at most once per frame. */
export function perFrame(work) {
  let waiting = false;
  return () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      work();
    });
  };
}
