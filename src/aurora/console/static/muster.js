// Sends a check-in until it is recorded, and says whether it is; marks a roll that is out of date.
import { send } from "/static/console.js";

const AGAIN_AFTER_MS = 3_000;
const ANSWERED_WITHIN_MS = 10_000;
const NOT_NOW = [502, 503, 504]; // it starts, cannot write, or is not there behind its proxy: the next try may arrive
const LOCATED_WITHIN_MS = 6_000;
const ROLL_WITHIN_MS = 4_000; // less than the pause between two polls
const MARKED_WITHIN_MS = 10_000;
const STALE_MS = 12_000;
const form = document.getElementById("check-in");
const sent = document.getElementById("sent");
let trying = 0;

form.addEventListener("submit", (event) => {
  event.preventDefault();
  checkIn(event.submitter.value);
});

async function checkIn(standing) {
  const own = ++trying;
  sent.textContent = form.dataset.sending;
  const place = document.getElementById("place").value;
  const body = { standing, key: form.dataset.form, place, ...(await position()) };
  while (own === trying) {
    try {
      await send("/console/muster/check-in", { body, withinMs: ANSWERED_WITHIN_MS });
      location.reload();
      return;
    } catch (error) {
      if (!mayArriveLater(error)) {
        sent.textContent = `${form.dataset.refused} ${error.message}`;
        return;
      }
      sent.textContent = form.dataset.notSent;
      await new Promise((resolve) => setTimeout(resolve, AGAIN_AFTER_MS));
    }
  }
}

// fetch itself fails with a TypeError, and with a TimeoutError on a network that takes everything and answers nothing.
function mayArriveLater(error) {
  return error instanceof TypeError || error.name === "TimeoutError" || NOT_NOW.includes(error.status);
}

// Without one, or without leave, the check-in goes all the same.
function position() {
  if (!document.getElementById("with-location").checked || !navigator.geolocation) return {};
  return new Promise((resolve) => {
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => resolve({ latitude: coords.latitude, longitude: coords.longitude, accuracy_m: coords.accuracy }),
      () => resolve({}),
      { enableHighAccuracy: true, timeout: LOCATED_WITHIN_MS, maximumAge: 30_000 },
    );
  });
}

const roll = document.getElementById("roll");
const stale = document.getElementById("stale");
if (roll && stale) {
  let heardAt = performance.now();
  const tell = () => {
    stale.hidden = performance.now() - heardAt < STALE_MS;
  };
  const isOfRoll = ({ detail }) => detail.target === roll || roll.contains(detail.elt);
  const fails = (event) => {
    if (isOfRoll(event)) heardAt = -Infinity;
    tell();
  };
  for (const kind of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) document.addEventListener(kind, fails);
  document.addEventListener("htmx:afterSwap", (event) => {
    if (isOfRoll(event)) heardAt = performance.now();
    tell();
  });
  // Whatever else keeps the roll from coming says nothing at all.
  setInterval(tell, 1000);

  document.addEventListener("htmx:configRequest", ({ detail }) => {
    detail.timeout = detail.elt === roll ? ROLL_WITHIN_MS : MARKED_WITHIN_MS;
  });
  // A poll that was asked before a mark was stored would show the roll without it.
  const marks = new Set();
  document.addEventListener("htmx:beforeRequest", (event) => {
    const { elt, target, xhr } = event.detail;
    if (target !== roll) return;
    if (elt === roll) {
      if (marks.size > 0) event.preventDefault();
      return;
    }
    htmx.trigger(roll, "htmx:abort");
    marks.add(xhr);
    // htmx tells the end to the button, which another mark may have replaced meanwhile.
    xhr.addEventListener("loadend", () => marks.delete(xhr));
  });
  document.getElementById("visitor-form").addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.successful) event.target.reset();
  });
}
