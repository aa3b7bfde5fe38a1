// Each route: how it stands, what is expected, and a place to drop files onto.

import { byId, h, show } from "./dom.js";
import { ago, number, plural } from "./format.js";
import { pauseButton } from "./organizations.js";

const kinds = { "in time": "done", waiting: "queued", late: "held", "too small": "held", missing: "failed" };
const watched = { watched: "fine", starting: "rest", polled: "attention", offline: "trouble" };

function standing(route) {
  const marks = [];
  if (route.paused) marks.push(h("span", { class: "state held" }, "paused"));
  if (route.intake?.state === "stopped") marks.push(h("span", { class: "state failed" }, "intake stopped"));
  if (route.drop) marks.push(h("span", { class: `state ${watched[route.drop.state] ?? "rest"}`, title: route.drop.reason || null }, route.drop.state));
  return marks;
}

function lines(route) {
  const rows = [];
  const states = route.states ?? {};
  const told = [["waiting", states.queued], ["importing", states.importing], ["held", states.held], ["failed", states.failed]]
    .filter(([, count]) => count).map(([word, count]) => `${number(count)} ${word}`);
  if (told.length) rows.push(h("p", {}, told.join(", ")));
  if (route.paused) rows.push(h("p", {}, route.paused.reason));
  if (route.intake?.state === "stopped") rows.push(h("p", {}, route.intake.reason));
  if (route.drop?.reason) rows.push(h("p", { class: "soft" }, route.drop.reason));
  if (route.drop?.arriving) rows.push(h("p", { class: "soft" }, `${plural(route.drop.arriving, "file")} not complete yet`));
  if (route.drop?.ignored || route.drop?.not_taken)
    rows.push(h("p", { class: "soft" }, `${number(route.drop.ignored)} ignored, ${number(route.drop.not_taken)} could not be taken`));
  for (const expected of route.expected ?? [])
    rows.push(h("p", {}, h("span", { class: `state ${kinds[expected.state] ?? "rest"}` }, expected.state), " ", expected.sentence));
  if (route.last_done_at) rows.push(h("p", { class: "soft" }, `last done ${ago(route.last_done_at)}`));
  return rows;
}

function chooser(route, send) {
  const input = h("input", { type: "file", multiple: true, hidden: true, "aria-label": `Files for ${route.name}`, onchange: () => { send(route.name, [...input.files]); input.value = ""; } });
  return [input, h("button", { type: "button", "data-key": `send/${route.name}`, onclick: () => input.click() }, "Submit files…")];
}

function droppable(card, route, send) {
  const over = (on) => (event) => { event.preventDefault(); card.classList.toggle("over", on); };
  card.addEventListener("dragover", over(true));
  card.addEventListener("dragleave", over(false));
  card.addEventListener("drop", (event) => { over(false)(event); send(route.name, [...event.dataTransfer.files]); });
  return card;
}

export function showRoutes(routes, act, send) {
  const place = byId("routes");
  if (place.querySelector(".over")) return;  // a file hovers over one of them
  show(place, routes.map((route) => droppable(h("article", { class: "card", "data-route": route.name },
    h("h3", {}, h("a", { href: `#/?${new URLSearchParams({ route: route.name })}` }, route.name), standing(route), h("span", { class: "doing" }, pauseButton(route, "routes", act))),
    h("p", { class: "soft" }, `→ ${route.workspace} / ${route.table ?? "by file name"} (${route.import_type})`),
    route.drop_directory ? h("p", { class: "bytes soft" }, route.drop_directory) : null,
    lines(route), h("p", {}, chooser(route, send))), route, send)));
}
