// Each organization: its slots and what runs in them, its budget, why it is paused.

import { byId, h, show } from "./dom.js";
import { ago, plural, time } from "./format.js";

function slot(job) {
  if (!job) return h("li", { class: "soft" }, "free");
  const others = job.parts > 1 ? ` and ${job.parts - 1} more` : "";
  const end = job.expected_end ? `, done about ${time(job.expected_end)}` : "";
  return h("li", { class: "taken", title: `job ${job.job}${end}` },
    h("span", { class: `state ${job.state === "lost" ? "held" : "importing"}` }, job.state === "running" ? "importing" : job.state),
    h("a", { class: "what bytes", href: `#/submissions/${job.submission}` }, `${job.file_name}${others} → ${job.table}`),
    h("span", { class: "soft" }, ago(job.since).replace(" ago", "")));
}

function slots(organization) {
  const rows = organization.running.map(slot);
  for (let i = 0; i < (organization.others ?? 0) && rows.length < organization.max_jobs; i += 1)
    rows.push(h("li", { class: "taken soft" }, "taken by another client"));
  while (rows.length < organization.max_jobs) rows.push(slot(null));
  return h("ul", { class: "slots", "aria-label": `Slots of ${organization.name}` }, rows);
}

function budget(organization) {
  const used = Math.min(100, 100 * organization.bulk_calls / Math.max(1, organization.bulk_allowed));
  return [h("p", { class: "soft" }, `${organization.bulk_calls} of ${organization.bulk_allowed} calls in the last minute`,
      organization.closed_until ? `; no call before ${time(organization.closed_until)}` : ""),
    meter(used)];
}

// CSP forbids style attributes; the width is set by script, which it allows.
function meter(percent) {
  const bar = h("i");
  bar.style.width = `${percent}%`;
  return h("div", { class: "meter" }, bar);
}

export function showOrganizations(organizations, act) {
  show(byId("organizations"), organizations.map((organization) => h("article", { class: "card" },
    h("h3", {}, organization.name, organization.paused ? h("span", { class: "state held" }, "paused") : null,
      organization.probing ? h("span", { class: "state queued" }, "being tried") : null,
      h("span", { class: "doing" }, pauseButton(organization, "organizations", act))),
    organization.paused ? h("p", {}, organization.paused.reason, organization.paused.until ? ` Until ${time(organization.paused.until)}.` : "") : null,
    slots(organization), budget(organization),
    organization.waiting ? h("p", { class: "soft" }, `${plural(organization.waiting, "file")} waiting`) : null)));
}

export function pauseButton(thing, kind, act) {
  const verb = thing.paused ? "resume" : "pause";
  return h("button", { type: "button", "data-key": `${kind}/${thing.name}`,
    onclick: () => act(`/v1/${kind}/${encodeURIComponent(thing.name)}/${verb}`, verb === "pause" ? `Why is ${thing.name} to be paused?` : "") },
    thing.paused ? "Resume" : "Pause");
}
