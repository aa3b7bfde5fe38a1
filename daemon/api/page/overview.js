// Whether all is fine, and what is not: the badge, the sentences, the tiles of the states.

import { byId, h, show } from "./dom.js";
import { ago, number, plural, stateWord } from "./format.js";

const badge = { fine: "all is fine", attention: "wants attention", trouble: "something is wrong" };
const shown = ["queued", "importing", "held", "failed", "done"];

function address(link) {
  if (!link) return null;
  if (link.kind === "submission") return `#/submissions/${link.name}`;
  return `#/?${new URLSearchParams({ [link.kind]: link.name })}`;
}

function sentence({ severity, text, advice, link }) {
  const to = address(link);
  return h("p", { class: `sentence ${severity}` }, to ? h("a", { href: to }, text) : text, advice ? h("span", { class: "advice" }, advice) : null);
}

function noteOf(state, overview) {
  const { last_day: last, oldest_waiting_at: oldest } = overview;
  if (state === "queued") return oldest ? `oldest ${ago(oldest)}` : "";
  if (state === "failed") return `${number(last.failed)} in the last day`;
  if (state === "done") return `${number(last.done)} in the last day, ${plural(last.rows, "row")}`;
  return "";
}

export function showOverview(overview, filter, choose) {
  const standing = byId("standing");
  standing.className = `badge ${overview.standing}`;
  standing.textContent = badge[overview.standing];
  document.title = overview.standing === "fine" ? "dropload" : `(!) dropload: ${badge[overview.standing]}`;
  byId("version").textContent = `dropload ${overview.version}, up since ${ago(overview.started_at).replace(" ago", "")}`;
  show(byId("sentences"), overview.sentences.map(sentence));
  show(byId("tiles"), shown.map((state) => h("button", {
    type: "button", class: `tile ${state}`, "data-key": state, "aria-pressed": String(filter.state === state),
    onclick: () => choose({ state: filter.state === state ? "" : state }),
  }, h("b", {}, number(overview.states[state] ?? 0)), stateWord(state), h("small", {}, noteOf(state, overview)))));
}
