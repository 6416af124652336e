/* The way to Aurora: a WebSocket that is opened again when it is lost, and HTTP for words until then. */

import { withoutPauses } from "/static/call-resend.js";

const RETRY_MS = [300, 1000, 2000, 4000];
const SILENT_MS = 12000; // the line sends something every few seconds; longer silence is a dead line
const MOST_WAITING_BYTES = 64000; // four seconds of sound that have not left: the network is gone
const MOST_UNPROVEN_FRAMES = 600; // as long as a dead line may go unnoticed
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
    this.unkept = []; // words and keys that the line has not said to be on the record
    this.unproven = []; // the sound since the line last gave a sign of life: it may not have arrived
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

  /** Send {words, id} or {key, id}, and again on every new connection until they are kept. */
  say(what) {
    if (this.state !== "open") return false;
    this.unkept.push(what);
    this.#say(what);
    return true;
  }

  /** Send sound; what no sign of life came behind goes to the next connection: people speak at once. */
  sendSound(frame) {
    this.unproven.push(frame);
    if (this.unproven.length > MOST_UNPROVEN_FRAMES) this.unproven.shift();
    if (this.state !== "open") return;
    if (this.socket.bufferedAmount > MOST_WAITING_BYTES) this.#lose();
    else this.socket.send(frame);
  }

  /** Send {words, id} or {key, id} over HTTP, behind what is not kept yet; return the problem's name. */
  async sayOverHttp(what) {
    return (await this.sayUnkept()) ?? this.#sendOverHttp(what);
  }

  /** Send what is not kept yet over HTTP; return the problem's name. */
  async sayUnkept() {
    for (const what of [...this.unkept]) {
      const problem = await this.#sendOverHttp(what);
      if (problem) return problem;
      this.#forget(what.id);
    }
    return null;
  }

  async #sendOverHttp(what) {
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
      for (const what of this.unkept) this.#say(what);
      for (const frame of withoutPauses(this.unproven)) this.socket.send(frame);
      this.#become("open");
    }
    if (message.type === "kept") this.#forget(message.id);
    else this.on.message(message);
  }

  #say(what) {
    this.socket.send(JSON.stringify({ type: what.words ? "words" : "key", ...what }));
  }

  /** It is on the record, and need not be sent again. */
  #forget(id) {
    const kept = this.unkept.find((one) => one.id === id);
    this.unkept = this.unkept.filter((one) => one !== kept);
    if (kept) this.on.message({ type: "kept", ...kept });
  }

  #expectLife() {
    if (this.state === "open") this.unproven = [];
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
