// What every page of the console does: send the session's token, say what went wrong.
const token = document.querySelector('meta[name="csrf"]')?.content ?? "";

document.addEventListener("htmx:configRequest", (event) => {
  event.detail.headers["X-CSRF-Token"] = token;
});

// Pressed in the moment between a form's coming and htmx's taking it up, the browser itself would
// send it: as an address, that nobody answers for.
document.addEventListener("click", ({ target }) => {
  const form = target.form?.closest("[hx-post]");
  if (form) htmx.process(form);
}, true);

// A problem detail (RFC 9457) says what is wrong and how to mend it: show it as it is.
document.addEventListener("htmx:responseError", (event) => notice(problemIn(event.detail.xhr)));
for (const kind of ["htmx:sendError", "htmx:timeout"]) document.addEventListener(kind, () => notice("No connection."));

function problemIn(request) {
  try {
    return JSON.parse(request.responseText).detail;
  } catch {
    return `${request.status} ${request.statusText}`;
  }
}

export function notice(text) {
  const place = document.getElementById("notices");
  const line = document.createElement("p");
  line.textContent = text;
  place.replaceChildren(line);
}

// For modules that ask without htmx. What is no success is thrown with its status; so is silence, where withinMs is given.
export async function send(address, { method = "POST", body, withinMs } = {}) {
  const response = await fetch(address, {
    method,
    signal: withinMs ? AbortSignal.timeout(withinMs) : undefined,
    headers: { "X-CSRF-Token": token, ...(body ? { "Content-Type": "application/json" } : {}) },
    body: body ? JSON.stringify(body) : undefined,
  });
  if (!response.ok) {
    const problem = await response.json().catch(() => ({}));
    throw Object.assign(new Error(problem.detail ?? response.statusText), { status: response.status });
  }
  return response;
}
