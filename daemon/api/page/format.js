// Numbers, sizes, times and words as people read them.

const numbers = new Intl.NumberFormat();
const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const day = new Intl.DateTimeFormat(undefined, { month: "short", day: "numeric", hour: "2-digit", minute: "2-digit" });

export const number = (value) => numbers.format(value);
export const plural = (count, one, several = `${one}s`) => `${number(count)} ${count === 1 ? one : several}`;

export function size(bytes) {
  const units = ["B", "KB", "MB", "GB", "TB"];
  let value = bytes, unit = 0;
  while (value >= 1000 && unit < units.length - 1) { value /= 1000; unit += 1; }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}

// 850 ms, 4.2 s, 3 min, 5 h, 2 days
export function duration(ms) {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  const seconds = ms / 1000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 90) return `${Math.round(seconds)} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  if (seconds < 129600) return `${Math.round(seconds / 3600)} h`;
  return `${Math.round(seconds / 86400)} days`;
}

export function ago(text, now = Date.now()) {
  const ms = now - Date.parse(text);
  if (ms < 0) return `in ${duration(-ms)}`;
  return ms < 2000 ? "just now" : `${duration(ms)} ago`;
}

export function time(text) {
  const at = new Date(text);
  return at.toDateString() === new Date().toDateString() ? clock.format(at) : day.format(at);
}

const minutes = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
export const hour = (text) => minutes.format(new Date(text));

const words = { queued: "waiting" };
export const stateWord = (state) => words[state] ?? state;
