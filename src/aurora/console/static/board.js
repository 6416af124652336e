// The live board: events in, lists changed, sound and keys; it keeps itself current or says it is not.
import { watchActs } from "./acts.js";
import { Alarm } from "./board-alarm.js";
import { tellBelow } from "./board-below.js";
import { Keys } from "./board-keys.js";
import { BoardList } from "./board-list.js";
import { LiveEvents, serverTime, tellFreshness, tick } from "./live-events.js";
import { untilReleased } from "./pressed.js";

const root = document.getElementById("board");
const dialog = document.getElementById("act");
const help = document.getElementById("help");
const link = document.getElementById("link");
const filter = document.getElementById("filter");
const list = new BoardList(root);
const change = untilReleased(root);

serverTime.set(Number(root.dataset.at));
tick(root);
setInterval(() => tick(root), 500);

new LiveEvents(
  (lastId) => `/console/board/events?since=${encodeURIComponent(lastId ?? root.dataset.since)}`,
  {
    whole: (data) => change(() => take(JSON.parse(data), (update) => list.whole(update))),
    board: (data) => change(() => take(JSON.parse(data), (update) => list.apply(update))),
  },
  tellFreshness(link, root),
);

function take(update, apply) {
  serverTime.set(update.at);
  apply(update);
  sift();
  document.title = document.title.replace(/^\(\d+\) /, "");
  if (update.sum.waiting) document.title = `(${update.sum.waiting}) ${document.title}`;
}

// A filter hides what does not match, and says how much; a critical that nobody accepted stays.
function sift() {
  const wanted = filter.value.trim().toLowerCase();
  const items = [...root.querySelectorAll('[data-list="live"] > [data-key]')];
  let shown = 0;
  for (const item of items) {
    const fits = !wanted || item.hasAttribute("data-alarm") || item.textContent.toLowerCase().includes(wanted);
    item.hidden = !fits;
    shown += fits;
  }
  const note = document.getElementById("filtered");
  note.hidden = !wanted;
  const text = note.dataset.some.replace("{shown}", shown).replace("{all}", items.length);
  if (note.textContent !== text) note.textContent = text;
}
filter.addEventListener("input", sift);

const alarm = new Alarm(root, document.getElementById("sound"), document.getElementById("alarm"));
new Keys(root, { alarm, help, dialogs: [dialog, help] });
watchActs(root, dialog);
tellBelow(root, document.getElementById("below"));

const tune = document.getElementById("tune");
tune.value = alarm.tune;
tune.addEventListener("change", () => (alarm.tune = tune.value));
document.getElementById("try-tune").addEventListener("click", async () => {
  await alarm.turnOn();
  alarm.play(tune.value);
});
document.getElementById("help-open").addEventListener("click", () => help.showModal());

const wall = document.getElementById("wall");
function showWall(isOn) {
  document.body.classList.toggle("wall", isOn);
  wall.setAttribute("aria-pressed", String(isOn));
  history.replaceState(null, "", isOn ? "?wall" : location.pathname);
}
wall.addEventListener("click", () => showWall(!document.body.classList.contains("wall")));
if (new URLSearchParams(location.search).has("wall")) showWall(true);
