// Sends a check-in until it is recorded, and says whether it is; marks a roll that is out of date.
import { send } from "/static/console.js";

const AGAIN_AFTER_MS = 3_000;
const LOCATED_WITHIN_MS = 6_000;
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
      await send("/console/muster/check-in", { body });
      location.reload();
      return;
    } catch (error) {
      // fetch itself fails with a TypeError: the network, not the line.
      if (!(error instanceof TypeError)) {
        sent.textContent = `${form.dataset.refused} ${error.message}`;
        return;
      }
      sent.textContent = form.dataset.notSent;
      await new Promise((resolve) => setTimeout(resolve, AGAIN_AFTER_MS));
    }
  }
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
  const isStale = (is) => (event) => {
    if (event.detail.target === roll || roll.contains(event.detail.elt)) stale.hidden = !is;
  };
  document.addEventListener("htmx:sendError", isStale(true));
  document.addEventListener("htmx:responseError", isStale(true));
  document.addEventListener("htmx:afterSwap", isStale(false));
  document.getElementById("visitor-form").addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.successful) event.target.reset();
  });
}
