// Puts the page together: what is looked at stands in the address (#/submissions/41, #/?state=held), so that it can be
// sent to a colleague; whatever happens makes the parts that show it ask again, at most once a second.

import { get, onTokenWanted, post, query } from "./api.js";
import { closeDetail, openDetail, refreshDetail, shownId } from "./detail.js";
import { byId } from "./dom.js";
import { move, olderOnes, refreshList, refreshOne, showFilters, startList } from "./list.js";
import { follow } from "./live.js";
import { showOrganizations } from "./organizations.js";
import { showOverview } from "./overview.js";
import { showPlots } from "./plots.js";
import { showRoutes } from "./routes.js";
import { submitFiles } from "./upload.js";

const filterNames = ["state", "route", "organization", "table", "text"];
const between = 1000;         // of refreshes while things happen
const plotsEvery = 5000;
const alwaysAfter = 30000;    // ages grow, and pauses end, without an event
let filter = Object.fromEntries(filterNames.map((name) => [name, ""]));
let known = { routes: [], organizations: [] };

function go(change) {
  const wanted = query({ ...filter, ...change });
  location.hash = wanted ? `#/?${wanted}` : "#/";
}

async function act(path, question) {
  const reason = question ? window.prompt(question) : "";
  if (question && !reason) return;
  try {
    await post(reason ? `${path}?${query({ reason })}` : path);
  } catch (problem) {
    window.alert(problem.message);
  }
  refresh();
}

async function refreshAll() {
  const [overview, organizations, routes] = await Promise.all([get("/v1/overview"), get("/v1/organizations"), get("/v1/routes")]);
  known = { routes: routes.routes, organizations: organizations.organizations };
  showOverview(overview, filter, go);
  showOrganizations(known.organizations, act);
  showRoutes(known.routes, act, submitFiles);
  showFilters(filter, known.routes.map(({ name }) => name), known.organizations.map(({ name }) => name), go);
  await refreshList(filter);
  await refreshDetail();
  await refreshPlots();
}

// They cost more than the rest, and a quarter of an hour is their least step.
let plotted = 0;
async function refreshPlots() {
  if (Date.now() - plotted < plotsEvery) return;
  plotted = Date.now();
  showPlots(await get("/v1/throughput?hours=24"));
}

let wanted = false, running = false;
async function refresh() {
  wanted = true;
  if (running) return;
  running = true;
  while (wanted) {
    wanted = false;
    try { await refreshAll(); } catch (problem) { said(false, problem.message); }
    await new Promise((next) => setTimeout(next, between));
  }
  running = false;
}

function said(connected, why = "") {
  const live = byId("live");
  live.className = `live ${connected ? "on" : "off"}`;
  live.textContent = connected ? "live" : "not connected, trying again";
  live.title = why;
}

function heard(event) {
  if (event.type === "submission") refreshOne(event.id, filter).catch(() => {});
  refresh();
}

function readAddress() {
  const one = /^#\/submissions\/(\d+)$/.exec(location.hash);
  if (one) { openDetail(Number(one[1])).catch((problem) => said(false, problem.message)); refresh(); return; }
  closeDetail();
  const parameters = new URLSearchParams(location.hash.replace(/^#\/?\??/, ""));
  const next = Object.fromEntries(filterNames.map((name) => [name, parameters.get(name) ?? ""]));
  const changed = query(next) !== query(filter);
  filter = next;
  if (byId("text") !== document.activeElement) byId("text").value = filter.text;
  if (changed) startList(filter).catch((problem) => said(false, problem.message));
  refresh();
}

function keys(event) {
  const typing = event.target.closest("input, select, textarea");
  if (event.ctrlKey || event.metaKey || event.altKey || typing || byId("detail").open) return;
  if (event.key === "/") { event.preventDefault(); byId("text").focus(); }
  else if (event.key === "j") move(1);
  else if (event.key === "k") move(-1);
}

function wire() {
  let typed;
  byId("search").addEventListener("submit", (event) => { event.preventDefault(); go({ text: byId("text").value.trim() }); });
  byId("text").addEventListener("input", () => { clearTimeout(typed); typed = setTimeout(() => go({ text: byId("text").value.trim() }), 250); });
  byId("more").addEventListener("click", () => olderOnes(filter).catch((problem) => said(false, problem.message)));
  byId("detail").addEventListener("close", () => { if (shownId() !== null) { closeDetail(); go({}); } });
  document.addEventListener("keydown", keys);
  // A file that misses a route must not replace the page.
  for (const name of ["dragover", "drop"]) document.addEventListener(name, (event) => event.preventDefault());
  window.addEventListener("hashchange", readAddress);
  onTokenWanted(() => new Promise((settle) => {
    const asked = byId("ask-token");
    asked.addEventListener("close", () => { settle(byId("token").value.trim()); byId("token").value = ""; }, { once: true });
    asked.showModal();
  }));
}

wire();
readAddress();
setInterval(refresh, alwaysAfter);
follow(said, heard);
