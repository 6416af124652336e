/* A call from press to end: joins microphone, loudspeaker, line and what is shown. */

import { Line } from "/static/call-line.js";
import { recall, remember } from "/static/call-memory.js";
import { NoMicrophone, openMicrophone } from "/static/call-microphone.js";
import { Player } from "/static/call-player.js";

const SILENCE = new Int16Array(160);
const RESUMED_WITHIN_MS = 10 * 60 * 1000;
const OPEN_WITHIN_MS = 3000;
const LOUD = 6000; // a sample this large fills the ring that shows that the caller is heard

export class Call {
  constructor(view, code) {
    this.view = view;
    this.code = code;
    this.phase = "idle"; // idle, connecting, on, lost, over
    this.isHold = recall("localStorage", "hold") === "yes";
    this.isMuted = false;
    this.isHeld = false;
    this.isAsking = false; // the browser is asking for the microphone
    this.isLanguageChosen = false;
    this.level = 0; // how loud the caller is, 0 to 1
    this.failed = null; // what got no answer: it may have arrived all the same
    this.line = this.context = this.player = this.microphone = this.wakeLock = null;
    this.microphoneProblem = null;
    this.view.showMode(this.isHold, this.isMuted);
    this.#become("idle");
  }

  /** The big button. */
  async press() {
    if (this.phase === "idle" || this.phase === "over") {
      this.#begin();
      await this.#takeMicrophone();
    } else if (this.phase === "on" && !this.microphone) {
      await this.#takeMicrophone();
    } else if (this.phase === "on" && !this.isHold) {
      this.setMuted(!this.isMuted);
    }
  }

  hold(isHeld) {
    if (!this.isHold || this.phase !== "on" || !this.microphone || this.isHeld === isHeld) return;
    this.isHeld = isHeld;
    this.#tellMute();
    this.refresh();
  }

  setMuted(isMuted) {
    this.isMuted = isMuted;
    this.view.showMode(this.isHold, isMuted);
    this.#tellMute();
    this.refresh();
  }

  changeMode() {
    this.isHold = !this.isHold;
    remember("localStorage", "hold", this.isHold ? "yes" : null);
    this.setMuted(false);
  }

  chooseLanguage(language) {
    this.isLanguageChosen = true;
    this.#showLanguage(language);
    if (this.line) this.line.language = language;
    this.line?.send({ type: "language", language });
  }

  async enterCode(code) {
    this.code = code;
    remember("sessionStorage", "code", code);
    await this.press();
  }

  /** Send {words} or {key} by whichever way is open; false when they did not arrive. */
  async say(what) {
    if (this.phase === "idle" || this.phase === "over") this.#begin();
    for (let waited = 0; this.line.state === "connecting" && waited < OPEN_WITHIN_MS; waited += 50) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    const one = { ...what, id: this.#idOf(what) };
    if (this.line.say(one)) {
      if (what.words) this.view.showPartial(what.words);
      return true;
    }
    const problem = await this.line.sayOverHttp(one);
    if (problem) {
      this.view.showProblem(problem);
      this.failed = one;
    }
    return !problem;
  }

  end() {
    this.line?.send({ type: "end" });
    this.#finish();
  }

  /** The page is looked at again: screens that were locked come back silent and without their lock. */
  async wake() {
    if (this.phase === "idle" || this.phase === "over") return;
    this.context?.resume();
    this.wakeLock = await navigator.wakeLock?.request("screen").catch(() => null);
  }

  refresh() {
    const state = this.#stateName();
    if (state !== this.view.state) this.view.showState(state);
  }

  get #isLive() {
    return this.microphone !== null && (this.isHold ? this.isHeld : !this.isMuted);
  }

  #stateName() {
    if (this.phase === "idle") return "start";
    if (this.phase === "over") return "again";
    if (this.isAsking && this.phase !== "lost") return "allow";
    if (this.phase !== "on") return this.phase;
    if (!this.microphone) return "type";
    if (this.isHold) return this.isHeld ? "held" : "hold";
    if (this.isMuted) return "muted";
    return this.player?.isPlaying ? "speaking" : "listening";
  }

  #become(phase) {
    this.phase = phase;
    this.view.showPhase(phase);
    this.refresh();
  }

  /** Must run in answer to a press: else the browser plays nothing. */
  #begin() {
    this.view.clear();
    this.view.showProblem(null);
    this.microphoneProblem = null;
    this.line = new Line(callName(), {
      state: (state) => this.#onLine(state),
      message: (message) => this.#onMessage(message),
      audio: (frames) => this.player?.play(frames),
    });
    this.#openSound();
    this.#become("connecting");
    this.line.open(this.view.language, this.code);
    this.wake();
  }

  #openSound() {
    try {
      this.context = new AudioContext({ latencyHint: "interactive" });
      this.context.resume();
      const heard = (name) => this.line.send({ type: "mark", name });
      this.player = new Player(this.context, heard, () => this.view.beginAnswer());
    } catch {
      this.microphoneProblem = "silenced";
      this.view.showProblem("silenced");
    }
    this.view.showSound(this.player !== null);
  }

  /** Aurora is on the line meanwhile: a caller who does not see the question can type. */
  async #takeMicrophone() {
    const line = this.line;
    this.isAsking = true;
    this.refresh();
    try {
      const gone = () => this.#loseMicrophone("unplugged");
      const microphone = await openMicrophone(this.context, (frame) => this.#onFrame(frame), gone);
      const isUseless = this.phase === "idle" || this.phase === "over" || line.state === "deaf";
      if (this.line !== line || isUseless) {
        microphone.close(); // the call came to its end before the browser was answered
        return;
      }
      this.microphone = microphone;
      this.microphoneProblem = null;
      if (this.phase === "on") this.view.showProblem(null);
      this.#tellMute();
    } catch (error) {
      if (!(error instanceof NoMicrophone)) throw error;
      this.#loseMicrophone(error.problem);
    } finally {
      this.isAsking = false;
      this.refresh();
    }
  }

  #loseMicrophone(problem) {
    this.microphone?.close();
    this.microphone = null;
    this.microphoneProblem = problem;
    this.view.showProblem(problem);
    this.view.offerTyping();
    this.refresh();
  }

  #onFrame(frame) {
    const isLive = this.#isLive;
    this.line.sendSound(isLive ? frame : SILENCE);
    const peak = isLive ? frame.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0) : 0;
    this.level = Math.min(1, Math.max(peak / LOUD, this.level * 0.85));
  }

  #tellMute() {
    this.line?.send({ type: "mute", is_muted: !this.#isLive });
  }

  #onMessage(message) {
    const { view, player } = this;
    switch (message.type) {
      case "partial":
        view.showPartial(message.text);
        break;
      case "heard":
        // Without sound, the caller's own words are what tells one answer from the next.
        if (view.showHeard(message.text) && !player?.isPlaying) view.beginAnswer();
        break;
      case "kept":
        if (message.words) view.settleWords(message.words);
        break;
      case "saying":
        view.showSaid(message.text, message.language);
        if (message.is_hand_off) view.showHandOff();
        remember("sessionStorage", "call", `${this.line.call} ${Date.now()}`);
        break;
      case "situation":
        // A caller who speaks another language of the site gets the page in it, unless they chose one.
        if (!this.isLanguageChosen && message.language !== view.language) this.#showLanguage(message.language);
        view.showSituation(message);
        break;
      case "clear":
        player?.clear();
        view.beginAnswer();
        break;
      case "mark":
        if (player) player.mark(message.name);
        else this.line.send({ type: "mark", name: message.name });
        break;
    }
  }

  /** The same words right after they got no answer are the same words; those after them are not. */
  #idOf({ words, key }) {
    const { failed } = this;
    this.failed = null;
    return failed && failed.words === words && failed.key === key ? failed.id : secret(12);
  }

  /** The line will not be open again: words that it may not have taken go the other way. */
  async #sayUnkept() {
    const problem = await this.line.sayUnkept();
    if (problem) this.view.showProblem(problem);
  }

  #onLine(state) {
    const { view } = this;
    switch (state) {
      case "open":
        view.showProblem(this.microphoneProblem);
        this.#tellMute();
        this.#become("on");
        break;
      case "lost":
      case "busy":
        view.showProblem(state);
        this.#become("lost");
        break;
      case "ended":
      case "replaced":
        if (state === "replaced") view.showProblem("elsewhere");
        else this.#sayUnkept();
        this.#finish();
        break;
      case "deaf":
        // Ears and voice are out of order there: typed words go on over HTTP.
        view.showSound(false);
        this.#become("on");
        this.#loseMicrophone("deaf");
        this.#sayUnkept();
        break;
      case "locked":
      case "far":
        view.showProblem(state === "locked" ? "code" : "far");
        if (state === "locked") view.askForCode(Boolean(this.code));
        this.#release();
        this.#become("idle");
        break;
    }
  }

  #showLanguage(language) {
    this.view.setLanguage(language);
    this.view.showMode(this.isHold, this.isMuted);
  }

  #finish() {
    remember("sessionStorage", "call", null);
    this.#release();
    this.view.showPartial("");
    this.#become("over");
  }

  #release() {
    this.line?.close();
    this.microphone?.close();
    this.player?.clear();
    this.context?.close();
    this.wakeLock?.release();
    this.microphone = this.player = this.context = this.wakeLock = null;
    this.isHeld = this.isMuted = false;
    this.level = 0;
    this.view.showMode(this.isHold, this.isMuted);
  }
}

/** The secret name under which this call is known; kept so that a page loaded anew finds its call. */
function callName() {
  const [kept, at] = (recall("sessionStorage", "call") ?? "").split(" ");
  if (kept && Date.now() - Number(at) < RESUMED_WITHIN_MS) return kept;
  return secret(18);
}

/** So many random bytes as characters of a name. */
function secret(length) {
  const bytes = crypto.getRandomValues(new Uint8Array(length));
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_");
}
