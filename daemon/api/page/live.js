// What happens, as it happens: GET /v1/events, read with fetch (an EventSource cannot send a token). After a break it
// goes on from the last event it had; how long it waits between tries grows up to ten seconds.

import { askAgain, authorization } from "./api.js";

const longestWait = 10000;
const silence = 40000;  // the daemon says something every 15 s

export function parse(block) {
  const event = { type: "message", data: "", id: "" };
  for (const line of block.split("\n")) {
    const [, field, value] = /^([^:]*):? ?(.*)$/.exec(line);
    if (field === "event") event.type = value;
    else if (field === "data") event.data += value;
    else if (field === "id") event.id = value;
  }
  return event;
}

async function listen(last, said, heard) {
  const stop = new AbortController();
  let watchdog = setTimeout(() => stop.abort(), silence);
  try {
    const headers = { ...authorization(), Accept: "text/event-stream", ...(last.id ? { "Last-Event-ID": last.id } : {}) };
    const response = await fetch("/v1/events", { headers, cache: "no-store", signal: stop.signal });
    if (response.status === 401) { await askAgain(); return; }
    if (!response.ok) throw new Error(`events: ${response.status}`);
    said(true);
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = "";
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      clearTimeout(watchdog);
      watchdog = setTimeout(() => stop.abort(), silence);
      const blocks = (rest + value).replaceAll("\r", "").split("\n\n");
      rest = blocks.pop();
      for (const block of blocks) {
        const event = parse(block);
        if (event.id) last.id = event.id;
        if (event.data || event.type === "reset") heard({ type: event.type, ...(event.data ? JSON.parse(event.data) : {}) });
      }
    }
  } finally {
    clearTimeout(watchdog);
  }
}

// Never ends. `said(connected)` whenever that changes; `heard(event)` for each event, and {type: "reset"} when some may
// have been missed.
export async function follow(said, heard) {
  const last = { id: "" };
  let wait = 500;
  for (;;) {
    const begun = Date.now();
    try { await listen(last, said, heard); } catch { /* it is told below, and tried again */ }
    said(false);
    wait = Date.now() - begun > 5000 ? 500 : Math.min(wait * 2, longestWait);
    await new Promise((go) => setTimeout(go, wait));
    heard({ type: "reset" });
  }
}
