// Elements from names and texts. Nothing here, or anywhere else on the page, makes HTML out of a string: file names and
// the service's error texts come from strangers.

const svgNames = "http://www.w3.org/2000/svg";

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  for (const child of children.flat()) if (child !== null && child !== undefined && child !== false) element.append(child);
  return element;
}

// h("p", {class: "note"}, "text", otherElement)
export function h(name, attributes = {}, ...children) {
  return fill(document.createElement(name), attributes, children);
}

export function svg(name, attributes = {}, ...children) {
  return fill(document.createElementNS(svgNames, name), attributes, children);
}

export const byId = (id) => document.getElementById(id);

// Puts the children in place of what was there, only if something is different: what a person has focused or selected
// stays as it is.
export function show(place, ...children) {
  const made = h("div", {}, ...children);
  if (made.innerHTML === place.innerHTML && !made.querySelector("button, input, select")) return;
  const focused = place.contains(document.activeElement) ? document.activeElement.dataset.key : undefined;
  place.replaceChildren(...made.childNodes);
  if (focused) place.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus();
}
