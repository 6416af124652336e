// The board's lists, changed in place: each thing keeps its element, its focus and its position.
import { tick } from "./live-events.js";

export class BoardList {
  constructor(root) {
    this.root = root;
    this.items = new Map();
    for (const item of root.querySelectorAll("[data-key]")) this.items.set(item.dataset.key, item);
  }

  whole(update) {
    const keys = new Set(update.put.map((item) => item.key));
    this.apply({ ...update, gone: [...this.items.keys()].filter((key) => !keys.has(key)) });
  }

  apply(update) {
    // Incidents first: calls are put inside them. What an incident held moves out before it goes.
    const put = [...update.put].sort((a, b) => (a.key < b.key ? 1 : -1));
    for (const item of put) this.put(item);
    for (const key of update.gone ?? []) this.remove(key);
    for (const [key, text, isFinal] of update.words ?? []) this.hear(key, text, isFinal);
    document.getElementById("sum").innerHTML = update.sum.html;
    for (const [shelf, count] of Object.entries(update.sum.counts)) {
      const place = this.root.querySelector(`[data-count="${shelf}"]`);
      if (place) place.textContent = count;
    }
    tick(this.root);
  }

  put({ key, within, order, classes, alarm, html }) {
    const item = this.items.get(key) ?? this.make(key);
    if (item.className !== classes) item.className = classes;
    item.toggleAttribute("data-alarm", alarm);
    const face = item.firstElementChild;
    if (item.html !== html) {
      item.html = html;
      keepingFocus(face, () => {
        const problem = face.querySelector(":scope > .problem:not([hidden])")?.textContent;
        face.innerHTML = html;
        const place = problem && face.querySelector(":scope > .problem");
        if (place) Object.assign(place, { hidden: false, textContent: problem });
      });
    }
    this.place(item, within, order);
  }

  make(key) {
    const item = document.createElement("li");
    item.dataset.key = key;
    item.tabIndex = -1;
    const face = item.appendChild(document.createElement("div"));
    face.className = "face";
    if (key.startsWith("i-")) {
      const calls = item.appendChild(document.createElement("ol"));
      calls.className = "calls";
      calls.dataset.list = key;
    }
    this.items.set(key, item);
    return item;
  }

  place(item, within, order) {
    const list = this.list(within);
    if (!list || (item.parentElement === list && item.dataset.order === order)) return;
    item.dataset.order = order;
    const after = [...list.children].find((one) => one !== item && one.dataset.order > order);
    if (item.parentElement === list && item.nextElementSibling === (after ?? null)) return;
    const focused = item.contains(document.activeElement) ? document.activeElement : null;
    list.insertBefore(item, after ?? null);
    focused?.focus({ preventScroll: true });
  }

  list(name) {
    return this.root.querySelector(`[data-list="${CSS.escape(name)}"]`);
  }

  remove(key) {
    const item = this.items.get(key);
    this.items.delete(key);
    item?.remove();
  }

  hear(key, text, isFinal) {
    const heard = this.items.get(key)?.querySelector("[data-heard]");
    if (!heard) return;
    heard.textContent = text;
    heard.classList.toggle("partial", !isFinal);
    delete this.items.get(key).html; // what the server renders next is put in whatever it was
  }
}

function keepingFocus(face, change) {
  const name = face.contains(document.activeElement) && document.activeElement.dataset.focus;
  change();
  if (name) {
    const again = face.querySelector(`[data-focus="${name}"]`) ?? face.parentElement;
    again.focus({ preventScroll: true });
  }
}
