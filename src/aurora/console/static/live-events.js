// Follow a stream of server-sent events, and know when it has fallen silent.
// The server sends something at least every 1.5 seconds; a comment would not reach a script.
const SILENT_MS = 4000;
const AGAIN_MS = 1000;

// Says in words whether what is shown is current: a page's #link has the words.
export function tellFreshness(link, root) {
  return (state, since) => {
    link.className = state === "fresh" ? "fresh" : "stale";
    const text = since.toLocaleTimeString(document.documentElement.lang);
    link.textContent = link.dataset[state].replace("{time}", text);
    root.classList.toggle("is-stale", state !== "fresh");
  };
}

export class LiveEvents {
  // address: a function, asked anew for each connection. on: handlers by kind, given (data, event).
  // told: ("fresh" | "stale" | "signedOut", since) whenever that changes.
  constructor(address, on, told) {
    this.address = address;
    this.on = on;
    this.told = told;
    this.state = "opening"; // nothing has come yet: the page is not called live before something has
    this.heardAt = performance.now();
    this.heardClock = new Date();
    this.lastId = null;
    this.open();
    setInterval(() => this.check(), 250);
  }

  open() {
    this.source?.close();
    this.openedAt = performance.now();
    this.source = new EventSource(this.address(this.lastId));
    for (const [kind, handle] of Object.entries(this.on)) {
      this.source.addEventListener(kind, (event) => {
        this.note(event);
        handle(event.data, event);
      });
    }
    // The line is there, but cannot read what it would show.
    this.source.addEventListener("behind", () => {
      this.heardAt = performance.now();
      this.set("stale");
    });
    this.source.addEventListener("beat", (event) => {
      this.note(event);
      serverTime.set(Number(event.data));
    });
  }

  note(event) {
    this.heardAt = performance.now();
    // Words are told past the record: they do not say that the rest is current.
    if (event.type === "words") return;
    this.heardClock = new Date();
    if (event.lastEventId) this.lastId = event.lastEventId;
    this.set("fresh");
  }

  check() {
    const now = performance.now();
    if (now - this.heardAt < SILENT_MS) return;
    if (this.state === "fresh" || this.state === "opening") this.set("stale");
    // A refused or half-dead connection is never reopened by the browser itself.
    const isRefused = this.source.readyState === EventSource.CLOSED;
    if (now - this.openedAt > (isRefused ? AGAIN_MS : SILENT_MS)) {
      if (isRefused) this.askWhy();
      this.open();
    }
  }

  // An EventSource does not tell why it was refused.
  async askWhy() {
    const stop = new AbortController();
    const response = await fetch(this.address(this.lastId), { signal: stop.signal }).catch(() => null);
    stop.abort();
    if (response?.status === 401) this.set("signedOut");
  }

  set(state) {
    if (state === this.state) return;
    this.state = state;
    this.told(state, this.heardClock);
  }
}

// Seconds run from the server's time: a control-room PC's own clock may be wrong.
export const serverTime = {
  offset: 0,
  set(ms) {
    this.offset = ms - Date.now();
  },
  now() {
    return Date.now() + this.offset;
  },
};

function asDuration(ms) {
  const s = Math.max(0, Math.floor(ms / 1000));
  const pad = (n) => String(n).padStart(2, "0");
  const [h, m] = [Math.floor(s / 3600), Math.floor(s / 60) % 60];
  return h ? `${h}:${pad(m)}:${pad(s % 60)}` : `${pad(m)}:${pad(s % 60)}`;
}

export function tick(root) {
  for (const time of root.querySelectorAll("time[data-since]")) {
    const text = asDuration(serverTime.now() - Number(time.dataset.since));
    if (time.textContent !== text) time.textContent = text;
  }
}
