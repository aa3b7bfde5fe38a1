// The last day as two plots: files done and failed, and how long waiting and importing took.

import { byId, h, show, svg } from "./dom.js";
import { duration, hour, number, plural } from "./format.js";

const width = 480, height = 130, left = 34, bottom = 16, top = 6;

// 1, 2 or 5 times a power of ten, at least the value.
export function roundUp(value) {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, value)));
  return [1, 2, 5, 10].map((step) => step * power).find((step) => step >= value);
}

const x = (i, count) => left + (width - left) * i / count;
const y = (value, most) => top + (height - bottom - top) * (1 - value / most);

function frame(buckets, most, label) {
  const middle = buckets.length / 2;
  return [
    ...[0, most / 2, most].map((value) => svg("line", { class: "grid", x1: left, x2: width, y1: y(value, most), y2: y(value, most) })),
    ...[0, most].map((value) => svg("text", { x: left - 4, y: y(value, most) + 4, "text-anchor": "end" }, label(value))),
    ...[0, middle, buckets.length].map((i) => svg("text", { x: x(i, buckets.length), y: height - 2, "text-anchor": i === 0 ? "start" : i === middle ? "middle" : "end" },
      i === buckets.length ? "now" : hour(buckets[Math.floor(i)].at))),
  ];
}

function bars(buckets) {
  const most = roundUp(Math.max(1, ...buckets.map((b) => b.done + b.failed)));
  const wide = Math.max(1, (width - left) / buckets.length - 1);
  const bar = (i, from, to, kind) => svg("rect", { class: kind, x: x(i, buckets.length), width: wide, y: y(to, most), height: Math.max(0, y(from, most) - y(to, most)) });
  return [...frame(buckets, most, number), ...buckets.map((b, i) => svg("g", {},
    svg("title", {}, `${hour(b.at)}: ${plural(b.done, "file")} done, ${number(b.failed)} failed, ${plural(b.rows, "row")}`),
    bar(i, 0, b.done, "p-done"), bar(i, b.done, b.done + b.failed, "p-failed")))];
}

// Gaps where nothing ended.
function path(buckets, most, value) {
  let drawn = "", pen = "M";
  buckets.forEach((bucket, i) => {
    const known = value(bucket);
    if (known === undefined) { pen = "M"; return; }
    const at = `${x(i + 0.5, buckets.length).toFixed(1)} ${y(known, most).toFixed(1)}`;
    drawn += pen === "M" ? `M${at}h1` : `L${at}`;
    pen = "L";
  });
  return drawn;
}

function times(buckets) {
  const value = { import: (b) => b.import_ms?.p95, wait: (b) => b.wait_ms?.p95 };
  const most = roundUp(Math.max(1, ...buckets.flatMap((b) => [value.import(b) ?? 0, value.wait(b) ?? 0])));
  return [...frame(buckets, most, duration), ...Object.entries(value).map(([kind, of]) => svg("path", { class: `l-${kind}`, d: path(buckets, most, of) }))];
}

function figure(label, keys, drawn) {
  return h("figure", {}, h("figcaption", {}, h("b", {}, label), ...keys.map(([kind, word]) => h("span", { class: `key k-${kind}` }, word))),
    svg("svg", { class: "plot", viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": label }, drawn));
}

export function showPlots({ buckets }) {
  const sum = (member) => buckets.reduce((all, bucket) => all + bucket[member], 0);
  show(byId("plots"),
    figure(`${plural(sum("done"), "file")} done, ${number(sum("failed"))} failed`, [["done", "done"], ["failed", "failed"]], bars(buckets)),
    figure("95 of 100 took no longer than", [["wait", "waiting"], ["import", "importing"]], times(buckets)));
}
