// A file is sent as it is; the page that comes back shows what would be taken from it.
import { notice } from "/static/console.js";

const form = document.getElementById("upload");
const place = document.getElementById("preview-place");
const token = document.querySelector('meta[name="csrf"]')?.content ?? "";

form?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const file = document.getElementById("file").files[0];
  const busy = document.getElementById("reading");
  const button = form.querySelector("button");
  const asked = new URLSearchParams({
    name: file.name,
    title: document.getElementById("title").value,
    language: document.getElementById("written").value,
  });
  busy.hidden = false;
  button.disabled = true;
  try {
    const response = await fetch(`/console/handbook/preview?${asked}`, {
      method: "POST",
      headers: { "X-CSRF-Token": token, "Content-Type": "application/octet-stream" },
      body: file,
    });
    if (!response.ok) {
      const problem = await response.json().catch(() => ({}));
      place.replaceChildren();
      notice(problem.detail ?? response.statusText);
      return;
    }
    // The server escapes every word of the document; no script of it could run under the policy.
    place.innerHTML = await response.text();
    htmx.process(place);
    place.querySelector("h2")?.focus();
  } catch {
    notice("No connection.");
  } finally {
    busy.hidden = true;
    button.disabled = false;
  }
});
