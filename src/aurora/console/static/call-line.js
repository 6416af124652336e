/* The way to Aurora: a WebSocket that is opened again when it is lost, and HTTP for words until then. */

const RETRY_MS = [300, 1000, 2000, 4000];
const SILENT_MS = 12000; // the line sends something every few seconds; longer silence is a dead line
const MOST_WAITING_BYTES = 64000; // four seconds of sound that have not left: the network is gone
const MOST_WAITING_FRAMES = 150; // three seconds
const ENDED = 4000;
const REPLACED = 4409;
const LOCKED = 4401;
const FAR = 4403;
const DEAF = 4503;
const BUSY = 1013;
const FINAL = { [DEAF]: "deaf", [ENDED]: "ended", [REPLACED]: "replaced", [LOCKED]: "locked", [FAR]: "far" };

export class Line {
  /** call: the secret name of this call. on: {state, message, audio}, told of everything that comes. */
  constructor(call, on) {
    this.call = call;
    this.on = on;
    this.state = "closed";
    this.retries = 0;
    this.waiting = [];
  }

  /** Call Aurora, and again whenever the connection is lost, until `close`. */
  open(language, code) {
    this.language = language;
    this.code = code;
    clearTimeout(this.retry);
    this.socket?.close();
    this.#become("connecting");
    const socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/call/audio`);
    this.socket = socket;
    socket.binaryType = "arraybuffer";
    socket.onopen = () => {
      socket.send(JSON.stringify({ type: "hello", call: this.call, language, code }));
      this.#expectLife();
    };
    socket.onmessage = ({ data }) => {
      if (socket !== this.socket) return;
      this.#expectLife();
      if (typeof data === "string") this.#take(JSON.parse(data));
      else this.on.audio(data);
    };
    socket.onclose = ({ code: reason }) => {
      if (socket === this.socket) this.#closed(reason);
    };
  }

  send(message) {
    if (this.state !== "open") return false;
    this.socket.send(JSON.stringify(message));
    return true;
  }

  /** Send sound; while there is no connection the last of it waits for one: people speak at once. */
  sendSound(frame) {
    if (this.state !== "open") {
      this.waiting.push(frame);
      if (this.waiting.length > MOST_WAITING_FRAMES) this.waiting.shift();
    } else if (this.socket.bufferedAmount > MOST_WAITING_BYTES) {
      this.#lose();
    } else {
      this.socket.send(frame);
    }
  }

  /** Send {words} or {key} over HTTP; return the name of the problem when they did not arrive. */
  async sendOverHttp(what) {
    const headers = { "Content-Type": "application/json" };
    if (this.code) headers.Authorization = `Bearer ${this.code}`;
    const body = JSON.stringify({ call: this.call, language: this.language, ...what });
    let messages;
    try {
      const answer = await fetch("/call/words", { method: "POST", headers, body, signal: AbortSignal.timeout(10000) });
      if (!answer.ok) return { 401: "code", 403: "far" }[answer.status] ?? "offline";
      messages = (await answer.json()).messages;
    } catch {
      return "offline";
    }
    this.on.message({ type: "clear" }); // what was said before the connection went is over
    for (const message of messages) this.on.message(message);
    return null;
  }

  close() {
    this.#stop();
    this.#become("closed");
  }

  #take(message) {
    if (message.type === "call") {
      this.retries = 0;
      this.#become("open");
      for (const frame of this.waiting.splice(0)) this.socket.send(frame);
    }
    this.on.message(message);
  }

  #expectLife() {
    clearTimeout(this.silence);
    this.silence = setTimeout(() => this.#lose(), SILENT_MS);
  }

  #lose() {
    this.#stop();
    this.#closed(0);
  }

  #stop() {
    clearTimeout(this.retry);
    clearTimeout(this.silence);
    const socket = this.socket;
    this.socket = null;
    socket?.close();
  }

  #closed(reason) {
    clearTimeout(this.silence);
    this.socket = null;
    if (FINAL[reason]) {
      this.#become(FINAL[reason]);
      return;
    }
    this.#become(reason === BUSY ? "busy" : "lost");
    const wait = RETRY_MS[Math.min(this.retries++, RETRY_MS.length - 1)];
    this.retry = setTimeout(() => this.open(this.language, this.code), wait);
  }

  #become(state) {
    // A retry is not a new state to the caller: the line stays lost until it is back.
    if (state === "connecting" && (this.state === "lost" || this.state === "busy")) return;
    this.state = state;
    this.on.state(state);
  }
}
