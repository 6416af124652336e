/* What the caller presses, types and chooses on the page; the call itself is call-session.js. */

import { recall, remember } from "/static/call-memory.js";
import { Call } from "/static/call-session.js";
import { View } from "/static/call-view.js";

const SURE_FOR_MS = 4000;
const LOOK_EVERY_MS = 80;
const find = (id) => document.getElementById(id);

const linked = new URLSearchParams(location.hash.slice(1)).get("code");
if (linked) {
  remember("sessionStorage", "code", linked);
  history.replaceState(null, "", location.pathname + location.search); // it does not stay in the address
}
const view = new View();
const call = new Call(view, linked ?? recall("sessionStorage", "code") ?? undefined);

const big = find("big");
const isHolding = () => call.isHold && call.phase === "on" && call.microphone !== null;
big.addEventListener("click", () => isHolding() || call.press());
big.addEventListener("pointerdown", (event) => {
  if (!isHolding()) return;
  big.setPointerCapture(event.pointerId);
  call.hold(true);
});
for (const letGo of ["pointerup", "pointercancel", "lostpointercapture", "blur"]) {
  big.addEventListener(letGo, () => call.hold(false));
}
big.addEventListener("contextmenu", (event) => event.preventDefault());
big.addEventListener("keydown", (event) => event.key === " " && !event.repeat && call.hold(true));
big.addEventListener("keyup", (event) => event.key === " " && call.hold(false));

find("typed").addEventListener("submit", async (event) => {
  event.preventDefault();
  const box = find("words-typed");
  const words = box.value.trim();
  if (!words) return;
  box.value = "";
  // What did not arrive stays in the box.
  if (!(await call.say({ words })) && !box.value) box.value = words;
});

for (const button of document.querySelectorAll("[data-key]")) {
  button.addEventListener("click", () => call.say({ key: button.dataset.key }));
}
document.addEventListener("keydown", (event) => {
  const isTyping = event.target.closest("input, select, textarea");
  if (isTyping || event.ctrlKey || event.altKey || event.metaKey || call.phase !== "on") return;
  if (/^\d$/.test(event.key)) call.say({ key: event.key });
});

find("mute").addEventListener("click", () => call.setMuted(!call.isMuted));
find("mode").addEventListener("click", () => call.changeMode());
find("language")?.addEventListener("change", (event) => call.chooseLanguage(event.target.value));

let sure = null;
find("end").addEventListener("click", () => {
  clearTimeout(sure);
  if (!view.isEndSure) sure = setTimeout(() => view.showEnd(false), SURE_FOR_MS);
  else call.end();
  view.showEnd(!view.isEndSure);
});

find("code-form").addEventListener("submit", (event) => {
  event.preventDefault();
  find("code-form").hidden = true;
  call.enterCode(find("code").value.trim());
});
find("code").addEventListener("input", () => find("code").setCustomValidity(""));

document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && call.wake());
window.addEventListener("offline", () => call.phase === "on" && view.showProblem("lost"));

setInterval(() => {
  big.style.setProperty("--level", call.level.toFixed(2));
  // How much of Aurora's voice has come out of this page, for whoever checks that it is heard.
  document.body.dataset.playedS = (call.player?.playedS ?? 0).toFixed(2);
  document.body.dataset.loudness = (call.player?.level ?? 0).toFixed(3);
  call.refresh();
}, LOOK_EVERY_MS);
