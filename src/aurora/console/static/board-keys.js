// Everything by keyboard. Single keys do nothing while something is typed, and can be turned off.
const KEYS_ON = "aurora.keys";

// The browser clears a search field by itself, but tells nobody once it has lost the focus.
function showAll(event) {
  event.preventDefault();
  event.target.value = "";
  event.target.dispatchEvent(new Event("input"));
  event.target.blur();
}

export class Keys {
  constructor(root, { alarm, help, dialogs }) {
    this.root = root;
    this.alarm = alarm;
    this.help = help;
    this.dialogs = dialogs;
    const choice = document.getElementById("keys-on");
    choice.checked = localStorage.getItem(KEYS_ON) !== "off";
    choice.addEventListener("change", () => {
      localStorage.setItem(KEYS_ON, choice.checked ? "on" : "off");
    });
    document.addEventListener("keydown", (event) => this.press(event, choice.checked));
  }

  press(event, isOn) {
    const isTyping = event.target.closest("input, textarea, select, [contenteditable]");
    const isCombined = event.ctrlKey || event.metaKey || event.altKey;
    if (event.key === "Escape" && event.target.id === "filter") return showAll(event);
    if (!isOn || isTyping || isCombined || this.dialogs.some((one) => one.open)) return;
    const act = this.acts[event.key];
    if (!act) return;
    if (event.key === "Enter" && event.target.closest("button, a, summary")) return;
    event.preventDefault();
    act();
  }

  acts = {
    j: () => this.move(1),
    k: () => this.move(-1),
    Enter: () => this.chosen?.querySelector("a.way")?.click(),
    a: () => this.click('[data-act="take"]'),
    z: () => this.click('[data-focus="shelve"]'),
    x: () => this.click('[data-form="resolve"]'),
    s: () => this.see(),
    w: () => document.getElementById("wall").click(),
    "/": () => document.getElementById("filter").focus(),
    "?": () => this.help.showModal(),
  };

  get chosen() {
    return document.activeElement?.closest("[data-key]");
  }

  // The incident that is chosen, or that the chosen call belongs to; else the first.
  get incident() {
    return this.chosen?.closest(".incident") ?? this.root.querySelector(".incident");
  }

  move(step) {
    const shown = [...this.root.querySelectorAll("[data-key]")].filter((one) => one.checkVisibility());
    const at = shown.indexOf(this.chosen);
    const next = shown[at < 0 ? (step > 0 ? 0 : shown.length - 1) : at + step];
    next?.focus();
    next?.scrollIntoView({ block: "nearest" });
  }

  click(selector) {
    this.incident?.querySelector(`:scope > .face ${selector}`)?.click();
  }

  see() {
    const item = this.chosen?.closest("[data-alarm]") ?? this.root.querySelector("[data-loud]");
    if (item) this.alarm.see(item.dataset.key);
  }
}
