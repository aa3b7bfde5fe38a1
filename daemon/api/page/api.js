// The REST API as the page uses it: JSON in and out, problems as sentences, a token where the daemon asks for one.

const tokenKey = "dropload-token";
let askForToken = async () => "";

export function onTokenWanted(ask) { askForToken = ask; }

export class Problem extends Error {
  constructor(status, document) {
    super([document.detail, document.advice].filter(Boolean).join(" ") || `The daemon answered ${status}.`);
    this.status = status;
    this.code = document.code ?? "";
  }
}

export function authorization() {
  const token = sessionStorage.getItem(tokenKey);
  return token ? { Authorization: `Bearer ${token}` } : {};
}

// One question at a time, however many calls were refused.
let asking = null;
export async function askAgain() {
  asking ??= askForToken().then((token) => sessionStorage.setItem(tokenKey, token)).finally(() => { asking = null; });
  await asking;
}

export async function readProblem(response) {
  let document = {};
  try { document = await response.json(); } catch { /* a proxy's page: the status has to do */ }
  return new Problem(response.status, document);
}

export async function call(method, path, { signal } = {}) {
  for (;;) {
    const response = await fetch(path, { method, headers: authorization(), cache: "no-store", signal });
    if (response.status === 401) { await askAgain(); continue; }
    if (!response.ok) throw await readProblem(response);
    return response.status === 204 ? null : await response.json();
  }
}

export const get = (path, options) => call("GET", path, options);
export const post = (path) => call("POST", path);

// {state: "held", text: ""} → "state=held"
export function query(parameters) {
  const kept = Object.entries(parameters).filter(([, value]) => value !== "" && value !== null && value !== undefined);
  return new URLSearchParams(kept).toString();
}
