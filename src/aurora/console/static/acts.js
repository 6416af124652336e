// What an operator does: one touch, or a form that asks for a reason. A refusal is shown in place.
import { send } from "./console.js";

// Returns whether it was done.
async function act(address, body, place) {
  show(place, "");
  try {
    await send(address, { body });
    return true;
  } catch (error) {
    show(place, error.message);
    return false;
  }
}

function show(place, text) {
  if (!place) return;
  place.textContent = text;
  place.hidden = !text;
}

async function openForm(button, group, dialog) {
  const seen = Number(group.dataset.seen);
  const response = await fetch(`${group.dataset.acts}/forms/${button.dataset.form}`);
  if (!response.ok) {
    const problem = await response.json().catch(() => ({}));
    show(problemOf(group), problem.detail ?? response.statusText);
    return;
  }
  dialog.innerHTML = await response.text();
  const form = dialog.querySelector("form");
  form.dataset.address = `${group.dataset.acts}/${form.dataset.post}`;
  // What the page showed when this was begun: whoever acts meanwhile was first.
  form.dataset.seen = seen;
  dialog.showModal();
}

function problemOf(group) {
  return group.closest("[data-key], [data-problems]")?.querySelector(".problem");
}

export function watchActs(root, dialog) {
  root.addEventListener("click", async (event) => {
    const button = event.target.closest("button[data-act], button[data-form]");
    const group = button?.closest("[data-acts]");
    if (!group) return;
    event.preventDefault();
    if (button.dataset.form) return openForm(button, group, dialog);
    if (button.dataset.sure && !(await sure(button, dialog))) return;
    button.disabled = true;
    const body = { seen: Number(group.dataset.seen) };
    await act(`${group.dataset.acts}/${button.dataset.act}`, body, problemOf(group));
    button.disabled = false;
  });
  dialog.addEventListener("click", (event) => {
    if (event.target.closest("[data-close]")) dialog.close();
  });
  dialog.addEventListener("submit", async (event) => {
    const form = event.target;
    if (!form.dataset.post) return;
    event.preventDefault();
    const fields = Object.fromEntries(new FormData(form));
    if ("minutes" in fields) fields.minutes = Number(fields.minutes);
    const body = { ...fields, seen: Number(form.dataset.seen) };
    if (await act(form.dataset.address, body, form.querySelector(".problem"))) dialog.close();
  });
}

function sure(button, dialog) {
  const form = document.createElement("form");
  form.method = "dialog";
  const title = form.appendChild(document.createElement("h2"));
  title.id = "act-title";
  title.textContent = button.dataset.sure;
  const row = form.appendChild(document.createElement("div"));
  row.className = "row";
  const yes = row.appendChild(document.createElement("button"));
  Object.assign(yes, { value: "yes", textContent: button.textContent });
  const no = row.appendChild(document.createElement("button"));
  Object.assign(no, { value: "no", textContent: dialog.dataset.cancel, className: "plain" });
  dialog.replaceChildren(form);
  dialog.returnValue = "no";
  dialog.showModal();
  return new Promise((decide) => {
    dialog.addEventListener("close", () => decide(dialog.returnValue === "yes"), { once: true });
  });
}
