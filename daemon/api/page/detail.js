// One submission: what it is, why it waits or what went wrong, what a person can do, its way until now.

import { get, post } from "./api.js";
import { byId, h } from "./dom.js";
import { duration, number, size, stateWord, time } from "./format.js";

const verbs = {
  queued: [["pause", "Hold"], ["discard", "Discard"]],
  held: [["release", "Release: import it"], ["discard", "Discard"]],
  failed: [["retry", "Retry"]], cancelled: [["retry", "Import after all"]], superseded: [["retry", "Import after all"]],
};
let shown = null;

function pair(term, ...what) {
  return what.every((one) => one === null || one === undefined || one === "") ? [] : [h("dt", {}, term), h("dd", {}, ...what)];
}
const link = (id) => id ? h("a", { href: `#/submissions/${id}` }, `#${id}`) : null;

function facts(s) {
  return h("dl", {}, pair("Route", s.route), pair("Table", `${s.organization} / ${s.workspace} / ${s.table}`),
    pair("Came", `${time(s.accepted_at)}, ${s.source === "drop" ? "dropped" : "over REST"}, ${size(s.size)}`),
    pair("Rows", s.rows ? `${number(s.rows.success)} of ${number(s.rows.total)} in, ${number(s.rows.warnings)} with warnings` : ""),
    pair("Records", s.records === null ? "" : `${number(s.records)} counted in the file`),
    pair("Ended", s.ended_at ? `${time(s.ended_at)}, after ${duration(Date.parse(s.ended_at) - Date.parse(s.accepted_at))}` : ""),
    pair("Original", s.retired_to ? h("span", { class: "bytes" }, s.retired_to) : ""), pair("Code", s.code ?? ""),
    pair("Attempts", s.attempts || ""), pair("Same content as", link(s.duplicate_of)), pair("Retry of", link(s.retry_of)),
    pair("Retried as", link(s.retried_as)), pair("Superseded by", link(s.superseded_by)),
    pair("Package", s.package ? `${s.package.name} ${s.package.member}` : ""), pair("SHA-256", h("span", { class: "bytes" }, s.sha256)));
}

async function perform(id, verb, said) {
  said.textContent = "";
  try {
    const done = await post(`/v1/submissions/${id}/${verb}`);
    if (verb === "retry") location.hash = `#/submissions/${(done.submissions?.[0] ?? done).id}`;
    else await refreshDetail();
  } catch (problem) {
    said.textContent = problem.message;
  }
}

function doings(s) {
  const said = h("p", { role: "alert", class: "soft" });
  const offered = s.retried_as ? [] : verbs[s.state] ?? [];
  return [h("div", { class: "doing" }, offered.map(([verb, word], i) => h("button", { type: "button", class: i === 0 ? "main" : "", "data-verb": verb, onclick: async (event) => {
    event.target.disabled = true;
    await perform(s.id, verb, said);
    event.target.disabled = false;
  } }, word)), s.removed_at ? null : h("a", { class: "button", href: `/v1/submissions/${s.id}/original`, download: s.file_name }, "Original")), said];
}

function findings(s) {
  if (!s.findings?.length) return [];
  return [h("h3", {}, "Found in the file"), h("ul", {}, s.findings.map((f) => h("li", {}, h("span", { class: `state ${f.severity === "warning" ? "held" : "queued"}` }, f.severity), ` ${f.text}`, f.line ? h("span", { class: "soft" }, ` line ${f.line}`) : null)))];
}

function timeline(s) {
  return [h("h3", {}, "Its way"), h("ol", { class: "timeline" }, s.timeline.map((event) => h("li", {}, h("time", { datetime: event.at }, time(event.at)), h("b", {}, event.what), event.text ? ` ${event.text}` : ""))),
    s.waits_because ? h("p", { class: "sentence queued" }, s.waits_because) : null];
}

function summaries(s) {
  const told = s.jobs.filter(({ summary }) => summary);
  if (!told.length) return [];
  return [h("h3", {}, "What the service said"), ...told.map((job) => h("details", {}, h("summary", {}, `job ${job.id}: ${job.state}`), h("pre", {}, JSON.stringify(job.summary, null, 2))))];
}

function fillDetail(...parts) {
  byId("detail").replaceChildren(...parts.filter((part) => part !== null));
}

function draw(s) {
  const why = s.reason ? h("p", { class: `sentence ${s.state}` }, s.reason, s.advice ? h("span", { class: "advice" }, s.advice) : null) : null;
  fillDetail(h("div", { class: "head" }, h("h2", { id: "detail-title" }, `#${s.id} `, h("span", { class: "bytes" }, s.file_name), " ", h("span", { class: `state ${s.state}` }, stateWord(s.state))),
    h("button", { type: "button", "aria-label": "Close", onclick: () => byId("detail").close() }, "✕")),
  why, ...doings(s), ...timeline(s), ...findings(s), h("h3", {}, "Facts"), facts(s), ...summaries(s));
}

export async function refreshDetail() {
  if (shown === null) return;
  const id = shown;
  try {
    const detail = await get(`/v1/submissions/${id}`);
    if (shown === id) draw(detail);
  } catch (problem) {
    fillDetail(h("h2", { id: "detail-title" }, `#${id}`), h("p", { class: "sentence trouble" }, problem.message));
  }
}

export const shownId = () => shown;

export async function openDetail(id) {
  shown = id;
  await refreshDetail();
  if (!byId("detail").open) byId("detail").showModal();
}

export function closeDetail() {
  shown = null;
  if (byId("detail").open) byId("detail").close();
}
