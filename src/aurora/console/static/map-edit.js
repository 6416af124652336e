// Moves what is drawn on the site's plan, by pointer and by keyboard alike; the server checks it.
import { notice, send } from "./console.js";

const SVG = "http://www.w3.org/2000/svg";
const { based_on, drawing, names, words } = JSON.parse(document.getElementById("drawing-data").textContent);
const sheet = document.getElementById("drawing");
const byId = (id) => document.getElementById(id);
const undone = [];
let chosen = null; // { kind, name, corner } of the point that is moved

const say = (template, values) => template.replace(/\{(\w+)\}/g, (_, name) => values[name]);
const round = (value) => Math.round(value * 10) / 10;
const same = (a, b) => a && b && a.kind === b.kind && a.name === b.name && a.corner === b.corner;

function element(name, attributes, parent) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  parent?.append(made);
  return made;
}

function pointOf({ kind, name, corner }) {
  return kind === "outlines" ? drawing.outlines[name][corner] : drawing[kind][name];
}

function nameOf({ kind, name, corner }) {
  const spoken = names[kind][name] ?? name;
  return kind === "outlines" ? say(words.corner, { name: spoken, n: corner + 1 }) : spoken;
}

function keepForUndo() {
  undone.push(JSON.stringify(drawing));
  if (undone.length > 200) undone.shift();
  byId("undo").disabled = byId("save").disabled = false;
}

function clamp([x, y]) {
  return [Math.min(Math.max(0, round(x)), drawing.plan.width), Math.min(Math.max(0, round(y)), drawing.plan.height)];
}

function put(handle, at) {
  if (handle.kind === "outlines") drawing.outlines[handle.name][handle.corner] = clamp(at);
  else drawing[handle.kind][handle.name] = clamp(at);
}

function moveZone(name, dx, dy) {
  const outline = drawing.outlines[name];
  const xs = outline.map(([x]) => x), ys = outline.map(([, y]) => y);
  dx = Math.min(Math.max(dx, -Math.min(...xs)), drawing.plan.width - Math.max(...xs));
  dy = Math.min(Math.max(dy, -Math.min(...ys)), drawing.plan.height - Math.max(...ys));
  drawing.outlines[name] = outline.map(([x, y]) => clamp([x + dx, y + dy]));
  for (const [way, [x, y]] of Object.entries(drawing.exits)) {
    if (way.startsWith(`${name}/`)) drawing.exits[way] = clamp([x + dx, y + dy]);
  }
}

function draw() {
  const { width, height } = drawing.plan;
  const unit = Math.max(width, height * 1.5) / 1000;
  sheet.setAttribute("viewBox", `${-14 * unit} ${-14 * unit} ${width + 28 * unit} ${height + 28 * unit}`);
  sheet.replaceChildren();
  element("rect", { class: "ground", width, height }, sheet);
  if (sheet.dataset.plan) {
    element("image", { href: sheet.dataset.plan, width, height, preserveAspectRatio: "none", opacity: 0.55 }, sheet);
  }
  for (const [name, outline] of Object.entries(drawing.outlines)) {
    const zone = element("g", { class: "zone" }, sheet);
    element("polygon", { points: outline.map((at) => at.join(",")).join(" "), "stroke-width": 1.6 * unit }, zone);
    const middle = [0, 1].map((axis) => outline.reduce((sum, at) => sum + at[axis], 0) / outline.length);
    const label = element("text", { x: middle[0], y: middle[1], "font-size": 17 * unit, "text-anchor": "middle" }, zone);
    label.textContent = names.outlines[name] ?? name;
  }
  for (const [name, outline] of Object.entries(drawing.outlines)) {
    outline.forEach((_, corner) => handle({ kind: "outlines", name, corner }, unit));
  }
  for (const kind of ["exits", "muster_points"]) {
    for (const name of Object.keys(drawing[kind])) handle({ kind, name }, unit);
  }
  tell();
}

function handle(which, unit) {
  const [x, y] = pointOf(which);
  const is = same(which, chosen);
  const made = element("g", {
    class: `handle ${which.kind}${is ? " chosen" : ""}`, tabindex: 0, role: "button",
    transform: `translate(${x} ${y})`, "aria-label": `${nameOf(which)}: ${x}, ${y}`,
    "aria-pressed": Boolean(is), id: `at-${which.kind}-${which.name.replace("/", "-")}-${which.corner ?? ""}`,
  }, sheet);
  element("circle", { class: "reach", r: 14 * unit }, made);
  if (which.kind === "exits") element("rect", { x: -6 * unit, y: -6 * unit, width: 12 * unit, height: 12 * unit, "stroke-width": 1.6 * unit }, made);
  else element("circle", { r: (which.kind === "outlines" ? 6 : 12) * unit, "stroke-width": 2 * unit }, made);
  element("title", {}, made).textContent = nameOf(which);
  made.addEventListener("focus", () => choose(which));
  made.addEventListener("keydown", (event) => pressed(event, which));
  made.addEventListener("pointerdown", (event) => dragged(event, which));
}

function choose(which) {
  if (same(which, chosen)) return;
  chosen = which;
  for (const old of sheet.querySelectorAll(".chosen")) {
    old.classList.remove("chosen");
    old.setAttribute("aria-pressed", "false");
  }
  const made = byId(idOf(which));
  made?.classList.add("chosen");
  made?.setAttribute("aria-pressed", "true");
  tell();
}

const idOf = ({ kind, name, corner }) => `at-${kind}-${name.replace("/", "-")}-${corner ?? ""}`;

function redraw() {
  draw();
  if (chosen) byId(idOf(chosen))?.focus({ preventScroll: true });
}

function tell() {
  const isCorner = chosen?.kind === "outlines";
  byId("add").disabled = !isCorner;
  byId("remove").disabled = !isCorner || drawing.outlines[chosen.name].length < 4;
  for (const [axis, id] of ["x", "y"].entries()) {
    byId(id).disabled = !chosen;
    byId(id).value = chosen ? pointOf(chosen)[axis] : "";
  }
  byId("told").textContent = chosen ? `${nameOf(chosen)}: ${pointOf(chosen).join(", ")}` : "";
}

const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

function pressed(event, which) {
  const step = STEPS[event.key];
  if (step) {
    event.preventDefault();
    const far = (event.shiftKey ? 10 : 1) * Math.max(1, Math.round(drawing.plan.width / 1000));
    keepForUndo();
    if (event.altKey && which.kind === "outlines") moveZone(which.name, step[0] * far, step[1] * far);
    else {
      const [x, y] = pointOf(which);
      put(which, [x + step[0] * far, y + step[1] * far]);
    }
    redraw();
  } else if (event.key === "Insert" || event.key === "+") {
    event.preventDefault();
    addCorner();
  } else if (event.key === "Delete" || event.key === "Backspace") {
    event.preventDefault();
    removeCorner();
  }
}

function addCorner() {
  if (chosen?.kind !== "outlines") return;
  keepForUndo();
  const outline = drawing.outlines[chosen.name];
  const [a, b] = [outline[chosen.corner], outline[(chosen.corner + 1) % outline.length]];
  outline.splice(chosen.corner + 1, 0, clamp([(a[0] + b[0]) / 2, (a[1] + b[1]) / 2]));
  chosen = { ...chosen, corner: chosen.corner + 1 };
  redraw();
}

function removeCorner() {
  if (chosen?.kind !== "outlines" || drawing.outlines[chosen.name].length < 4) return;
  keepForUndo();
  drawing.outlines[chosen.name].splice(chosen.corner, 1);
  chosen = { ...chosen, corner: Math.max(0, chosen.corner - 1) };
  redraw();
}

function dragged(event, which) {
  event.preventDefault();
  byId(idOf(which)).focus({ preventScroll: true });
  let isMoved = false;
  const move = (at) => {
    if (!isMoved) keepForUndo();
    isMoved = true;
    const [x, y] = onSheet(at);
    if (at.altKey && which.kind === "outlines") {
      const before = pointOf(which);
      moveZone(which.name, x - before[0], y - before[1]);
    } else put(which, [x, y]);
    draw();
  };
  const end = () => {
    removeEventListener("pointermove", move);
    removeEventListener("pointerup", end);
    removeEventListener("pointercancel", end);
    redraw();
  };
  addEventListener("pointermove", move);
  addEventListener("pointerup", end);
  addEventListener("pointercancel", end);
}

function onSheet(event) {
  const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(sheet.getScreenCTM().inverse());
  return [at.x, at.y];
}

for (const [axis, id] of ["x", "y"].entries()) {
  byId(id).addEventListener("change", (event) => {
    if (!chosen || !event.target.reportValidity() || event.target.value === "") return;
    keepForUndo();
    const at = [...pointOf(chosen)];
    at[axis] = Number(event.target.value);
    put(chosen, at);
    draw();
  });
}
for (const id of ["width", "height", "north"]) {
  byId(id).value = drawing.plan[id];
  byId(id).addEventListener("change", (event) => {
    if (event.target.value === "" || !event.target.reportValidity()) return;
    keepForUndo();
    drawing.plan[id] = Number(event.target.value);
    draw();
  });
}
for (const form of document.querySelectorAll("form.two")) form.addEventListener("submit", (event) => event.preventDefault());
byId("add").addEventListener("click", addCorner);
byId("remove").addEventListener("click", removeCorner);
byId("undo").addEventListener("click", () => {
  Object.assign(drawing, JSON.parse(undone.pop()));
  byId("undo").disabled = undone.length === 0;
  for (const id of ["width", "height", "north"]) byId(id).value = drawing.plan[id];
  if (chosen && !pointOf(chosen)) chosen = null;
  draw();
});

async function save(what) {
  byId("save").disabled = true;
  try {
    await send("/console/map", { method: "PUT", body: { based_on, drawing: what } });
    window.onbeforeunload = null;
    location.assign("/console/map");
  } catch (error) {
    byId("save").disabled = false;
    notice(error.message);
  }
}

byId("save").addEventListener("click", () => save(drawing));
byId("reset").addEventListener("click", () => {
  if (confirm(words.sure)) save(null);
});
window.onbeforeunload = (event) => (undone.length ? event.preventDefault() : undefined);

async function changePlan(method, file) {
  const token = document.querySelector('meta[name="csrf"]').content;
  const isSvg = file?.name.toLowerCase().endsWith(".svg");
  const type = file?.type || (isSvg ? "image/svg+xml" : "image/png");
  const headers = { "X-CSRF-Token": token, ...(file ? { "Content-Type": type } : {}) };
  const answer = await fetch("/console/map/plan", { method, headers, body: file });
  const told = await answer.json().catch(() => ({}));
  byId("ground-told").textContent = told.detail ?? (file ? words.taken : words.dropped);
  if (!answer.ok) return;
  sheet.dataset.plan = file ? `/console/map/plan?v=${Date.now()}` : "";
  byId("drop").hidden = !file;
  draw();
}

byId("ground").addEventListener("change", (event) => event.target.files[0] && changePlan("PUT", event.target.files[0]));
byId("drop").addEventListener("click", () => changePlan("DELETE", null));
draw();
