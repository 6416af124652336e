// The sound of a critical that nobody has accepted: repeated until it is, or is seen here.
const REPEAT_MS = 3000;
// (start s, length s, Hz): a burst of rising pulses after IEC 60601-1-8, a bell, two tones.
const TUNES = {
  pulses: [[0, 0.14, 660], [0.2, 0.14, 784], [0.4, 0.14, 988], [0.75, 0.14, 784], [0.95, 0.14, 988]],
  bell: [[0, 0.9, 880], [0.0, 0.9, 1318]],
  siren: [[0, 0.35, 700], [0.35, 0.35, 950], [0.7, 0.35, 700], [1.05, 0.35, 950]],
};
// On a telephone the names of more than one would hide what they name.
const named = () => {
  if (matchMedia("(max-width: 48rem)").matches) return 1;
  return document.body.classList.contains("wall") ? 2 : 3;
};
const SEEN = "aurora.seen";
const TUNE = "aurora.tune";

function nameOf(item) {
  const text = (names) => item.querySelector(names)?.textContent;
  return [text("h3") ?? text(".matter") ?? text(".who"), text(".zone:not(.unknown)")].filter(Boolean).join(", ");
}

export class Alarm {
  // button: turns the sound on, which a browser allows only by a touch. banner: says what is new.
  constructor(root, button, banner) {
    this.root = root;
    this.button = button;
    this.banner = banner;
    this.live = banner.querySelector("[role=alert]");
    banner.querySelector("#seen").addEventListener("click", () => this.seeAll());
    this.seen = new Set(JSON.parse(sessionStorage.getItem(SEEN) ?? "[]"));
    this.known = new Set();
    this.soundedAt = -REPEAT_MS;
    button.addEventListener("click", () => this.toggle());
    // A browser that lets this page sound after any touch is not made to wait for the button.
    if (localStorage.getItem("aurora.sound") === "on") {
      const first = () => this.turnOn();
      document.addEventListener("pointerdown", first, { once: true });
      document.addEventListener("keydown", first, { once: true });
    }
    this.show();
    setInterval(() => this.check(), 250);
  }

  get tune() {
    return localStorage.getItem(TUNE) ?? "pulses";
  }

  set tune(name) {
    localStorage.setItem(TUNE, name);
  }

  get isOn() {
    return this.context?.state === "running";
  }

  async toggle() {
    if (this.isOn) {
      await this.context.suspend();
      localStorage.setItem("aurora.sound", "off");
    } else {
      await this.turnOn();
      localStorage.setItem("aurora.sound", "on");
      this.play();
    }
    this.show();
  }

  async turnOn() {
    this.context ??= new AudioContext();
    this.context.onstatechange = () => this.show();
    await this.context.resume();
    this.show();
  }

  show() {
    const { on, off } = this.button.dataset;
    this.button.textContent = this.isOn ? on : off;
    this.button.setAttribute("aria-pressed", String(this.isOn));
    this.button.classList.toggle("warning", !this.isOn);
  }

  see(key) {
    this.seen.add(key);
    sessionStorage.setItem(SEEN, JSON.stringify([...this.seen].slice(-500)));
    this.check();
  }

  seeAll() {
    for (const item of this.root.querySelectorAll("[data-loud]")) this.see(item.dataset.key);
  }

  check() {
    const alarming = [...this.root.querySelectorAll("[data-alarm]")];
    const loud = alarming.filter((item) => !this.seen.has(item.dataset.key));
    for (const item of this.root.querySelectorAll("[data-key]")) {
      item.toggleAttribute("data-loud", loud.includes(item));
    }
    for (const item of loud) {
      if (this.known.has(item.dataset.key)) continue;
      this.known.add(item.dataset.key);
      this.live.textContent = this.live.dataset.new.replace("{what}", nameOf(item));
      this.soundedAt = -REPEAT_MS;
    }
    this.banner.hidden = !loud.length;
    this.list(loud);
    if (!loud.length) this.live.textContent = "";
    const now = performance.now();
    if (loud.length && this.isOn && now - this.soundedAt >= REPEAT_MS) {
      this.soundedAt = now;
      this.play();
    }
  }

  // The newest first, each a way to it: what is new may be far down the page.
  list(loud) {
    const order = [...this.known];
    const newest = [...loud].sort((a, b) => order.indexOf(b.dataset.key) - order.indexOf(a.dataset.key));
    const shown = newest.slice(0, named()).map((item) => [item.dataset.key, nameOf(item)]);
    const text = JSON.stringify([shown, loud.length]);
    if (text === this.listed) return;
    this.listed = text;
    const place = this.banner.querySelector(".new");
    for (const old of place.querySelectorAll("button")) old.remove();
    const more = place.querySelector("[data-more]");
    for (const [key, name] of shown) {
      const button = document.createElement("button");
      button.textContent = name;
      button.addEventListener("click", () => this.goTo(key));
      place.insertBefore(button, more);
    }
    const rest = loud.length - shown.length;
    more.textContent = rest > 0 ? more.dataset.more.replace("{n}", rest) : "";
  }

  goTo(key) {
    const item = this.root.querySelector(`[data-key="${CSS.escape(key)}"]`);
    item?.scrollIntoView({ block: "center" });
    item?.focus({ preventScroll: true });
  }

  play(name = this.tune) {
    if (!this.context) return;
    const start = this.context.currentTime + 0.02;
    for (const [at, length, hz] of TUNES[name] ?? TUNES.pulses) {
      const tone = this.context.createOscillator();
      const gain = this.context.createGain();
      tone.type = "triangle";
      tone.frequency.value = hz;
      gain.gain.setValueAtTime(0, start + at);
      gain.gain.linearRampToValueAtTime(0.5, start + at + 0.02);
      gain.gain.exponentialRampToValueAtTime(0.001, start + at + length);
      tone.connect(gain).connect(this.context.destination);
      tone.start(start + at);
      tone.stop(start + at + length);
    }
    document.body.dataset.sounded = Number(document.body.dataset.sounded ?? 0) + 1;
  }
}
