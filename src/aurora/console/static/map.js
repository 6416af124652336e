// Keeps the map as it is now: asks every few seconds, and says so when nobody answers.
const PAUSE_MS = 3000;
const STALE_MS = 5000;
const place = document.getElementById("map-live");
const stale = document.getElementById("stale");
let seen = "";
let heardAt = performance.now();

async function ask() {
  try {
    const address = `${place.dataset.address}?seen=${encodeURIComponent(seen)}`;
    const answer = await fetch(address, { signal: AbortSignal.timeout(STALE_MS) });
    if (answer.status === 401 || answer.redirected) return location.reload();
    if (!answer.ok && answer.status !== 204) throw new Error(answer.statusText);
    heardAt = performance.now();
    if (answer.status === 200) show(await answer.text(), answer.headers.get("X-Map-Version") ?? "");
  } catch {
    // Said below: what is shown stays, and is asked for again.
  }
  stale.hidden = performance.now() - heardAt < STALE_MS;
}

// The same elements keep the keyboard's place and what was scrolled to.
function show(content, version) {
  const focused = document.activeElement?.id;
  const list = place.querySelector(".list")?.scrollTop ?? 0;
  place.innerHTML = content;
  seen = version;
  if (focused && place.querySelector(`#${CSS.escape(focused)}`)) document.getElementById(focused).focus({ preventScroll: true });
  const listNow = place.querySelector(".list");
  if (listNow) listNow.scrollTop = list;
}

setInterval(ask, PAUSE_MS);
