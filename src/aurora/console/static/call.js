/* The call from press to end: joins microphone, loudspeaker, line and what is shown. */

import { Line } from "/static/call-line.js";
import { NoMicrophone, openMicrophone } from "/static/call-microphone.js";
import { Player } from "/static/call-player.js";
import { View } from "/static/call-view.js";

const SILENCE = new Int16Array(160);
const RESUMED_WITHIN_MS = 10 * 60 * 1000;
const OPEN_WITHIN_MS = 3000;
const SURE_FOR_MS = 4000;
const LOUD = 6000; // a sample this large fills the ring that shows that the caller is heard
const find = (id) => document.getElementById(id);

const view = new View();
let line = null;
let context = null;
let player = null;
let microphone = null;
let wakeLock = null;
let phase = "idle"; // idle, allow, connecting, on, lost, over
let isMuted = false;
let isHeld = false;
let isHold = localStorage.getItem("aurora.hold") === "yes";
let isLanguageChosen = false;
let level = 0;
let code = new URLSearchParams(location.hash.slice(1)).get("code") ?? sessionStorage.getItem("aurora.code") ?? undefined;

const isLive = () => microphone !== null && (isHold ? isHeld : !isMuted);

function stateName() {
  if (phase === "idle") return "start";
  if (phase === "over") return "again";
  if (phase !== "on") return phase;
  if (!microphone) return "type";
  if (isHold) return isHeld ? "held" : "hold";
  if (isMuted) return "muted";
  return player?.isPlaying ? "speaking" : "listening";
}

function refresh() {
  view.showPhase(phase);
  const state = stateName();
  if (state !== view.state) view.showState(state);
}

function become(next) {
  phase = next;
  refresh();
}

/** The secret name under which this call is known; kept so that a page loaded anew finds its call. */
function callName() {
  const [kept, at] = (sessionStorage.getItem("aurora.call") ?? "").split(" ");
  if (kept && Date.now() - Number(at) < RESUMED_WITHIN_MS) return kept;
  const bytes = crypto.getRandomValues(new Uint8Array(18));
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_");
}

const keepCall = () => sessionStorage.setItem("aurora.call", `${line.call} ${Date.now()}`);

function onMessage(message) {
  if (message.type === "partial") view.showPartial(message.text);
  else if (message.type === "heard") takeHeard(message.text);
  else if (message.type === "saying") view.showSaid(message.text, message.language);
  else if (message.type === "situation") takeSituation(message);
  else if (message.type === "clear") takeClear();
  else if (message.type === "mark") markHeard(message.name);
  else if (message.type === "problem") view.showProblem(message.problem);
  if (message.is_hand_off) view.showHandOff();
  if (message.type === "heard" || message.type === "saying") keepCall();
}

/** A caller who speaks another language of the site gets the page in it, unless they chose one. */
function takeSituation(situation) {
  if (!isLanguageChosen && situation.language !== view.language) {
    view.setLanguage(situation.language);
    view.showMode(isHold, isMuted);
  }
  view.showSituation(situation);
}

/** Without sound, the caller's own words are what tells one answer from the next. */
function takeHeard(text) {
  if (view.showHeard(text) && !player?.isPlaying) view.beginAnswer();
}

function takeClear() {
  player?.clear();
  view.beginAnswer();
}

function markHeard(name) {
  if (player) player.mark(name);
  else line.send({ type: "mark", name });
}

function onLineState(state) {
  if (state === "open") {
    view.showProblem(microphoneProblem);
    tellMute();
    become("on");
  } else if (state === "lost" || state === "busy") {
    view.showProblem(state);
    if (phase !== "allow") become("lost");
  } else if (state === "ended" || state === "replaced") {
    if (state === "replaced") view.showProblem("elsewhere");
    finish();
  } else if (state === "deaf") {
    // Ears and voice are out of order there: typed words go on over HTTP.
    microphone?.close();
    microphone = null;
    view.showProblem("deaf");
    view.showSound(false);
    become("on");
  } else if (state === "locked" || state === "far") {
    view.showProblem(state === "locked" ? "code" : "far");
    if (state === "locked") view.askForCode(Boolean(code));
    release();
    become("idle");
  }
}

let microphoneProblem = null;

function onFrame(frame) {
  const isHeardNow = isLive();
  line.sendSound(isHeardNow ? frame : SILENCE);
  const peak = isHeardNow ? frame.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0) : 0;
  level = Math.max(peak / LOUD, level * 0.85);
}

async function takeMicrophone() {
  try {
    microphone = await openMicrophone(context, onFrame, () => loseMicrophone("unplugged"));
    microphoneProblem = null;
  } catch (error) {
    if (!(error instanceof NoMicrophone)) throw error;
    loseMicrophone(error.problem);
  }
}

function loseMicrophone(problem) {
  microphone?.close();
  microphone = null;
  microphoneProblem = problem;
  view.showProblem(problem);
  refresh();
  find("words-typed").focus();
}

/** Begin a call; must run in answer to a press, or the browser plays and records nothing. */
async function begin({ withMicrophone }) {
  view.clear();
  view.showProblem(null);
  line = new Line(callName(), { state: onLineState, message: onMessage, audio: (frames) => player?.play(frames) });
  openSound();
  if (withMicrophone) {
    become("allow");
    await takeMicrophone();
  }
  if (phase === "idle" || phase === "allow") become("connecting");
  line.open(view.language, code);
  wakeLock = await navigator.wakeLock?.request("screen").catch(() => null);
}

function openSound() {
  try {
    context = new AudioContext({ latencyHint: "interactive" });
    player = new Player(context, (name) => line.send({ type: "mark", name }), () => view.beginAnswer());
    context.resume();
  } catch {
    view.showProblem("silenced");
  }
  view.showSound(player !== null);
}

function release() {
  line?.close();
  microphone?.close();
  player?.clear();
  context?.close();
  wakeLock?.release();
  microphone = player = context = wakeLock = null;
  isHeld = isMuted = false;
  level = 0;
  view.showMode(isHold, isMuted);
}

function finish() {
  sessionStorage.removeItem("aurora.call");
  release();
  view.showPartial("");
  become("over");
}

async function pressBig() {
  if (phase === "idle" || phase === "over") await begin({ withMicrophone: true });
  else if (phase === "on" && !microphone && context) await retryMicrophone();
  else if (phase === "on" && !isHold) setMuted(!isMuted);
}

async function retryMicrophone() {
  await takeMicrophone();
  if (microphone) view.showProblem(null);
  tellMute();
  refresh();
}

function setMuted(next) {
  isMuted = next;
  view.showMode(isHold, isMuted);
  tellMute();
  refresh();
}

function hold(next) {
  if (!isHold || phase !== "on" || !microphone || isHeld === next) return;
  isHeld = next;
  tellMute();
  refresh();
}

function tellMute() {
  line?.send({ type: "mute", is_muted: !isLive() });
}

/** Send words or a key by whichever way is open; what does not arrive stays in the box. */
async function send(message) {
  if (phase === "idle" || phase === "over") await begin({ withMicrophone: false });
  for (let waited = 0; line.state === "connecting" && waited < OPEN_WITHIN_MS; waited += 50) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  if (line.send(message)) {
    if (message.words) view.showPartial(message.words);
    return true;
  }
  try {
    await line.sendOverHttp(message.type === "key" ? { key: message.key } : { words: message.words });
    return true;
  } catch (error) {
    view.showProblem(error.message);
    return false;
  }
}

find("typed").addEventListener("submit", async (event) => {
  event.preventDefault();
  const box = find("words-typed");
  const words = box.value.trim();
  if (!words) return;
  box.value = "";
  if (!(await send({ type: "words", words }))) box.value = words;
});

for (const key of document.querySelectorAll("[data-key]")) {
  key.addEventListener("click", () => send({ type: "key", key: key.dataset.key }));
}

const big = find("big");
big.addEventListener("click", () => {
  if (!(isHold && phase === "on" && microphone)) pressBig();
});
big.addEventListener("pointerdown", (event) => {
  if (!isHold || phase !== "on") return;
  big.setPointerCapture(event.pointerId);
  hold(true);
});
for (const release of ["pointerup", "pointercancel", "lostpointercapture", "blur"]) {
  big.addEventListener(release, () => hold(false));
}
big.addEventListener("contextmenu", (event) => event.preventDefault());
big.addEventListener("keydown", (event) => {
  if (event.key === " " && !event.repeat) hold(true);
});
big.addEventListener("keyup", (event) => {
  if (event.key === " ") hold(false);
});

document.addEventListener("keydown", (event) => {
  const isTyping = event.target.closest("input, select, textarea");
  if (isTyping || event.ctrlKey || event.altKey || event.metaKey || phase !== "on") return;
  if (/^\d$/.test(event.key)) send({ type: "key", key: event.key });
});

find("mute").addEventListener("click", () => setMuted(!isMuted));
find("mode").addEventListener("click", () => {
  isHold = !isHold;
  localStorage.setItem("aurora.hold", isHold ? "yes" : "no");
  setMuted(false);
});

let sure = null;
find("end").addEventListener("click", () => {
  const text = find("end").firstElementChild;
  clearTimeout(sure);
  const isSure = text.dataset.word === "end_sure";
  text.dataset.word = isSure ? "end" : "end_sure";
  text.textContent = view.words[text.dataset.word];
  find("end").toggleAttribute("data-is-sure", !isSure);
  if (isSure) {
    line.send({ type: "end" });
    finish();
  } else {
    sure = setTimeout(() => {
      text.dataset.word = "end";
      text.textContent = view.words.end;
      find("end").removeAttribute("data-is-sure");
    }, SURE_FOR_MS);
  }
});

find("language")?.addEventListener("change", (event) => {
  isLanguageChosen = true;
  view.setLanguage(event.target.value);
  view.showMode(isHold, isMuted);
  if (line) line.language = view.language;
  line?.send({ type: "language", language: view.language });
});

find("code-form").addEventListener("submit", (event) => {
  event.preventDefault();
  code = find("code").value.trim();
  sessionStorage.setItem("aurora.code", code);
  find("code-form").hidden = true;
  begin({ withMicrophone: true });
});
find("code").addEventListener("input", () => find("code").setCustomValidity(""));

// Screens that were locked come back without sound and without the lock that keeps them on.
document.addEventListener("visibilitychange", async () => {
  if (document.visibilityState !== "visible" || phase !== "on") return;
  context?.resume();
  wakeLock = await navigator.wakeLock?.request("screen").catch(() => null);
});
window.addEventListener("offline", () => phase === "on" && view.showProblem("lost"));

setInterval(() => {
  big.style.setProperty("--level", Math.min(1, level).toFixed(2));
  // How much of Aurora's voice has come out of this page, for whoever checks that it is heard.
  document.body.dataset.playedS = player ? player.playedS.toFixed(2) : "0";
  document.body.dataset.loudness = player ? player.level.toFixed(3) : "0";
  if (phase === "on") refresh();
}, 80);

if (code) sessionStorage.setItem("aurora.code", code);
history.replaceState(null, "", location.pathname + location.search); // the code does not stay in the address
view.showMode(isHold, isMuted);
refresh();
