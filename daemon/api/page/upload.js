// Files that a person drops onto a route or picks: sent one after the other, each with its progress and what became of
// it. (XMLHttpRequest, since fetch tells nothing of what has been sent.)

import { askAgain, authorization } from "./api.js";
import { byId, h } from "./dom.js";
import { size } from "./format.js";

function put(route, file, key, progress) {
  return new Promise((settle) => {
    const request = new XMLHttpRequest();
    request.open("PUT", `/v1/routes/${encodeURIComponent(route)}/files/${encodeURIComponent(file.name)}`);
    for (const [name, value] of Object.entries(authorization())) request.setRequestHeader(name, value);
    // Sent again after a broken connection, it is the same submission.
    request.setRequestHeader("Idempotency-Key", key);
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.upload.onprogress = (event) => { if (event.lengthComputable) progress(event.loaded / event.total); };
    request.onloadend = () => settle(request);
    request.send(file);
  });
}

async function send(route, file, key, progress) {
  for (;;) {
    const request = await put(route, file, key, progress);
    if (request.status === 401) { await askAgain(); continue; }
    let document = {};
    try { document = JSON.parse(request.responseText); } catch { /* told below */ }
    return { ok: request.status >= 200 && request.status < 300, status: request.status, document };
  }
}

const newKey = () => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

function told({ ok, status, document }) {
  const accepted = document.submissions ?? [document];
  if (ok) return accepted.map(({ id, state }) => h("a", { href: `#/submissions/${id}` }, `#${id} ${state === "held" ? "held" : "accepted"} `));
  if (status === 0) return ["The connection broke. Drop it again: what was accepted is not taken twice."];
  return [[document.detail, document.advice].filter(Boolean).join(" ") || `The daemon answered ${status}.`];
}

async function sendOne(route, file) {
  const bar = h("progress", { max: 1, value: 0, "aria-label": `${file.name} to ${route}` });
  const said = h("span", { class: "soft" }, "waits");
  const line = h("li", {}, h("span", { class: "bytes" }, file.name), ` ${size(file.size)} → ${route} `, said, bar);
  byId("uploads").append(line);
  return { line, run: async () => {
    said.textContent = "sending";
    const answer = await send(route, file, newKey(), (part) => { bar.value = part; });
    bar.remove();
    said.replaceChildren(...told(answer));
    said.className = `sentence ${answer.ok ? "fine" : "trouble"}`;
  } };
}

const kept = 10;
let last = Promise.resolve();

export async function submitFiles(route, files) {
  for (const file of files) {
    const { run } = await sendOne(route, file);
    last = last.then(run).catch(() => {});
  }
  await last;
  const ended = [...byId("uploads").children].filter((line) => !line.querySelector("progress"));
  ended.slice(0, Math.max(0, ended.length - kept)).forEach((line) => line.remove());
}
