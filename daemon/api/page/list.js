// The submissions, newest first, as far as a person has asked for them; filters and search.

import { get, query } from "./api.js";
import { byId, h, show } from "./dom.js";
import { ago, number, size, stateWord, time } from "./format.js";

const page = 50;
const states = ["queued", "importing", "held", "failed", "done", "cancelled", "superseded"];
let held = { submissions: [], next: null };
let asked = 0;

function rowsOf({ rows, records }) {
  if (rows) return rows.success === rows.total ? number(rows.total) : `${number(rows.success)} of ${number(rows.total)}`;
  return records === null ? "" : `${number(records)} in file`;
}

function row(submission) {
  const open = `#/submissions/${submission.id}`;
  const why = submission.reason || submission.waits_because;
  return h("tr", { "data-id": submission.id, onclick: (event) => { if (!event.target.closest("a")) location.hash = open; } },
    h("td", { class: "number id" }, h("a", { href: open, "data-key": submission.id }, `#${submission.id}`)),
    h("td", {}, h("span", { class: "bytes" }, submission.file_name), h("span", { class: "soft" }, ` ${size(submission.size)}`), why ? h("span", { class: "reason" }, why) : null),
    h("td", {}, submission.table, h("span", { class: "soft" }, ` ${submission.route}`)),
    h("td", {}, h("span", { class: `state ${submission.state}` }, stateWord(submission.state)), submission.warnings ? h("span", { class: "soft", title: "found in the file" }, ` ${submission.warnings} ⚠`) : null),
    h("td", { class: "number", "data-label": "rows" }, rowsOf(submission)),
    h("td", { class: "soft" }, h("time", { datetime: submission.accepted_at, title: time(submission.accepted_at) }, ago(submission.accepted_at))));
}

function draw(filter) {
  show(byId("list"), held.submissions.map(row));
  const narrowed = Object.values(filter).some(Boolean);
  byId("list-note").textContent = held.submissions.length ? "" : narrowed ? "Nothing fits these filters." : "No file has come yet. Drop one into a route's directory, or onto a route above.";
  byId("more").hidden = held.next === null;
}

// The newest ones again; older ones that are shown stay.
export async function refreshList(filter) {
  const mine = ++asked;
  const fresh = await get(`/v1/submissions?${query({ ...filter, limit: page })}`);
  if (mine !== asked) return;  // a later question is under way
  const oldest = fresh.submissions.at(-1)?.id ?? 0;
  const kept = fresh.next === null ? [] : held.submissions.filter(({ id }) => id < oldest);
  held = { submissions: [...fresh.submissions, ...kept], next: kept.length ? held.next : fresh.next };
  draw(filter);
}

export async function startList(filter) {
  held = { submissions: [], next: null };
  await refreshList(filter);
}

export async function olderOnes(filter) {
  if (held.next === null) return;
  const mine = ++asked;
  const older = await get(`/v1/submissions?${query({ ...filter, before: held.next, limit: page })}`);
  if (mine !== asked) return;
  held = { submissions: [...held.submissions, ...older.submissions], next: older.next };
  draw(filter);
}

// Of those that are shown but not on the first page, one may have changed.
export async function refreshOne(id, filter) {
  const place = held.submissions.findIndex((submission) => submission.id === id);
  if (place < page) return;
  held.submissions[place] = await get(`/v1/submissions/${id}`);
  draw(filter);
}

function choice(name, label, options, filter, choose) {
  return h("select", { "aria-label": label, "data-key": name, onchange: (event) => choose({ [name]: event.target.value }) },
    h("option", { value: "" }, label), options.map((option) => h("option", { value: option, selected: filter[name] === option }, name === "state" ? stateWord(option) : option)));
}

export function showFilters(filter, routes, organizations, choose) {
  show(byId("filters"), choice("state", "All states", states, filter, choose), choice("route", "All routes", routes, filter, choose),
    choice("organization", "All organizations", organizations, filter, choose),
    Object.values(filter).some(Boolean) ? h("button", { type: "button", "data-key": "clear", onclick: () => choose({ state: "", route: "", organization: "", table: "", text: "" }) }, "Clear") : null);
}

// Moves the focus by so many rows.
export function move(step) {
  const links = [...document.querySelectorAll("#list td.id a")];
  const at = links.indexOf(document.activeElement);
  links[Math.min(links.length - 1, Math.max(0, at + step))]?.focus();
}
