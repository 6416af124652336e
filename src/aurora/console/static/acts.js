// What an operator does: one touch, or a form that asks for a reason. A refusal is shown in place.
import { notice, send } from "./console.js";

// Returns whether it was done. place: finds where a refusal is shown, when there is one to show; what
// stood on the page as the act began may have been replaced meanwhile.
async function act(address, body, place) {
  show(place(), "");
  try {
    await send(address, { body });
    return true;
  } catch (error) {
    refuse(place(), error.message);
    return false;
  }
}

function show(place, text) {
  if (!place) return;
  place.textContent = text;
  place.hidden = !text;
}

function refuse(place, text) {
  if (place) show(place, text);
  else notice(text); // nothing is left on the page of what was acted on
}

async function openForm(button, group, dialog) {
  const seen = Number(group.dataset.seen);
  let response;
  try {
    response = await send(`${group.dataset.acts}/forms/${button.dataset.form}`, { method: "GET" });
  } catch (error) {
    refuse(problemOf(group), error.message);
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
  const acts = CSS.escape(group.dataset.acts);
  const shown = group.isConnected ? group : document.querySelector(`[data-acts="${acts}"]`);
  return shown?.closest("[data-key], [data-problems]")?.querySelector(".problem");
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
    await act(`${group.dataset.acts}/${button.dataset.act}`, body, () => problemOf(group));
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
    const place = () => form.querySelector(".problem");
    if (await act(form.dataset.address, body, place)) dialog.close();
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
