// One call's page: words as they are recognised, parts as they change, acts in place.
import { watchActs } from "./acts.js";
import { LiveEvents, serverTime, tellFreshness, tick } from "./live-events.js";
import { untilReleased } from "./pressed.js";

const root = document.getElementById("call");
const link = document.getElementById("link");
const transcript = document.getElementById("part-transcript");
const change = untilReleased(root);

tick(root);
setInterval(() => tick(root), 500);
transcript.scrollTop = transcript.scrollHeight;

function words(data) {
  const [text, isFinal] = JSON.parse(data);
  const partial = document.getElementById("partial");
  partial.textContent = text;
  partial.classList.toggle("partial", !isFinal);
  partial.hidden = !text || (isFinal && isLastSaid(text));
  follow();
}

// Final words stand below until the record has them, so that they are never missing or twice there.
function isLastSaid(text) {
  const said = [...transcript.querySelectorAll(".said .caller .text")];
  return said.slice(-2).some((one) => one.textContent === text);
}

function parts(data) {
  const { at, put } = JSON.parse(data);
  serverTime.set(at);
  const wasAtEnd = isAtEnd();
  for (const [name, html] of Object.entries(put)) replace(document.getElementById(`part-${name}`), html);
  tick(root);
  document.body.dispatchEvent(new Event("handoff")); // its panel looks how the hand-off stands
  if (wasAtEnd) transcript.scrollTop = transcript.scrollHeight;
}

function replace(part, html) {
  const active = part.contains(document.activeElement) ? document.activeElement.dataset.focus : null;
  const problems = [...part.querySelectorAll(".problem")].map((one) => one.textContent);
  const opened = [...part.querySelectorAll("details")].map((one) => one.open);
  part.innerHTML = html;
  part.querySelectorAll("details").forEach((one, n) => (one.open = opened[n] ?? false));
  part.querySelectorAll(".problem").forEach((one, n) => {
    Object.assign(one, { textContent: problems[n] ?? "", hidden: !problems[n] });
  });
  if (active) part.querySelector(`[data-focus="${active}"]`)?.focus({ preventScroll: true });
}

function isAtEnd() {
  return transcript.scrollHeight - transcript.scrollTop - transcript.clientHeight < 60;
}

function follow() {
  if (isAtEnd()) transcript.scrollTop = transcript.scrollHeight;
}

new LiveEvents(
  () => `/console/calls/${encodeURIComponent(root.dataset.call)}/events`,
  { words, parts: (data) => change(() => parts(data)) },
  tellFreshness(link, root),
);
watchActs(root, document.getElementById("act"));
