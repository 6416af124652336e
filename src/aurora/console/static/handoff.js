/* An operator's side of a call: its sound, their own voice once they take over, words they type. */

import { NoMicrophone, openMicrophone } from "/static/call-microphone.js";
import { Player } from "/static/call-player.js";
import { notice, send } from "/static/console.js";

const CALLER = 0;
const AURORA = 1;
const PERSON = 2;
const SENT_AWAY = 1008; // signed out, or an operator no longer
const RETRY_MS = 1000;
const HEARD_MS = 400; // for the line to have heard the microphone before it is taken over by it
const LOOK_MS = 100;
const LOUD = 6000;

class Sound {
  constructor(section) {
    this.section = section;
    this.call = section.dataset.handoff;
    this.ear = [...crypto.getRandomValues(new Uint8Array(12))].map((n) => n.toString(16).padStart(2, "0")).join("");
    this.state = "closed"; // closed, listening, live, lost
    this.isCallerHere = true;
    this.level = 0;
    this.context = this.socket = this.microphone = null;
    this.players = [];
  }

  /** Must run in answer to a press: else the browser plays nothing. */
  open() {
    this.context = new AudioContext();
    this.players = [CALLER, AURORA, PERSON].map(() => new Player(this.context, () => {}, () => {}));
    this.#connect();
  }

  close() {
    const { socket, microphone, context } = this;
    this.socket = this.microphone = this.context = null;
    clearTimeout(this.retry);
    socket?.close();
    microphone?.close();
    for (const player of this.players) player.clear();
    context?.close();
    this.#become("closed");
  }

  async takeOver() {
    if (!this.context) this.open();
    if (!this.microphone) {
      this.microphone = await openMicrophone(this.context, (frame) => this.#say(frame), () => this.#loseMicrophone());
    }
    await new Promise((resolve) => setTimeout(resolve, HEARD_MS));
    await send(`/console/calls/${this.call}/take-over`, { body: { ear: this.ear } });
  }

  #connect() {
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const socket = new WebSocket(`${scheme}://${location.host}/console/calls/${this.call}/listen?ear=${this.ear}`);
    this.socket = socket;
    socket.binaryType = "arraybuffer";
    socket.onopen = () => this.#become("listening");
    socket.onmessage = ({ data }) => socket === this.socket && this.#take(data);
    socket.onclose = ({ code }) => {
      if (socket !== this.socket) return;
      if (code === SENT_AWAY) {
        this.close();
        location.reload(); // to where one signs in, or is told why not
        return;
      }
      for (const player of this.players) player.clear();
      this.#become("lost");
      this.retry = setTimeout(() => this.#connect(), RETRY_MS);
    };
  }

  #take(data) {
    if (typeof data !== "string") {
      this.players[new Uint8Array(data, 0, 1)[0]]?.play(data.slice(1));
      return;
    }
    const message = JSON.parse(data);
    if (message.type === "clear") this.players[AURORA].clear();
    if (message.type === "caller") this.isCallerHere = message.is_here;
    if (message.type === "joined" || message.type === "caller") {
      if (message.type === "joined") this.person = message.person;
      this.#become(this.person === this.section.dataset.person && this.microphone ? "live" : "listening");
      document.body.dispatchEvent(new Event("handoff"));
    }
  }

  #say(frame) {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(frame);
    const peak = frame.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
    this.level = Math.min(1, Math.max(peak / LOUD, this.level * 0.8));
  }

  #loseMicrophone() {
    this.microphone?.close();
    this.microphone = null; // the line hears nothing more, and gives the caller back to Aurora
  }

  #become(state) {
    this.state = state;
    this.section.dispatchEvent(new Event("sound"));
  }
}

function begin(section) {
  const sound = new Sound(section);
  const find = (name) => section.querySelector(`#handoff-${name}`);
  const words = section.dataset;
  const answer = (text) => {
    find("answer").textContent = text;
  };
  const act = async (what, body) => {
    try {
      const response = await send(`/console/calls/${sound.call}/${what}`, { body });
      document.body.dispatchEvent(new Event("handoff"));
      return await response.json();
    } catch (error) {
      notice(error.message);
      answer(error.message);
      return null;
    }
  };

  section.addEventListener("sound", () => {
    const place = find("sound");
    const said = { closed: words.closed, listening: words.listening, live: words.live, lost: words.lost }[sound.state];
    place.textContent = sound.isCallerHere || sound.state === "closed" ? said : `${said} ${words.away}`;
    place.classList.toggle("live", sound.state === "live");
    find("listen")?.setAttribute("aria-pressed", String(sound.state !== "closed"));
    section.dataset.sound = sound.state;
  });
  find("listen")?.addEventListener("click", () => (sound.state === "closed" ? sound.open() : sound.close()));
  find("take")?.addEventListener("click", async () => {
    try {
      await sound.takeOver();
      answer("");
    } catch (error) {
      const text = error instanceof NoMicrophone ? (words[error.problem] ?? words.missing) : error.message;
      notice(text);
      answer(text);
    }
  });
  find("release").addEventListener("click", async () => (await act("release")) && answer(words.done));

  const onSubmit = (form, work) =>
    find(form).addEventListener("submit", (event) => {
      event.preventDefault();
      work(event.target);
    });
  onSubmit("say", async (form) => {
    const said = await act("say", { words: form.words.value });
    if (!said) return; // what was not taken stays in the box
    answer(said.is_said_now ? words.said : words.kept);
    form.reset();
  });
  onSubmit("whisper", async (form) => {
    const asked = await act("whisper", { words: form.words.value });
    if (!asked) return;
    answer(`${words.asked} ${asked.question}`);
    form.reset();
  });
  onSubmit("ring", async (form) => {
    const contact = form.contact.value || null;
    const rung = await act("hand-off", { contact, is_blind: form.is_blind?.checked ?? false });
    if (rung) answer(rung.is_rung ? words.rung : words.queued);
  });
  find("hold")?.addEventListener("click", async ({ target }) => {
    const is_on = target.getAttribute("aria-pressed") !== "true";
    if (await act("hold", { is_on })) target.setAttribute("aria-pressed", String(is_on));
  });
  for (const button of section.querySelectorAll("[data-listen-in]")) {
    button.addEventListener("click", async () => {
      const is_coaching = button.dataset.listenIn === "true";
      if (await act("listen-in", { contact: find("contact").value, is_coaching })) answer(words.done);
    });
  }
  find("services")?.addEventListener("click", async () => (await act("emergency-services")) && answer(words.dialled));

  const look = setInterval(() => {
    if (!section.isConnected) {
      clearInterval(look);
      sound.close();
      return;
    }
    const [caller, aurora] = sound.players;
    if (!find("caller")) return;
    find("caller").value = caller && sound.context ? caller.level : 0;
    find("aurora").value = aurora && sound.context ? aurora.level : 0;
    find("own").value = sound.state === "live" ? sound.level : 0;
    // How much was heard of each, for whoever checks that sound arrives.
    section.dataset.callerS = (caller?.playedS ?? 0).toFixed(2);
    section.dataset.auroraS = (aurora?.playedS ?? 0).toFixed(2);
    section.dataset.callerLevel = Math.max(Number(section.dataset.callerLevel ?? 0), find("caller").value).toFixed(3);
  }, LOOK_MS);
}

// The panel may come with the page, or later, as a part of it.
const find = (root) => root.querySelectorAll?.("[data-handoff]:not([data-sound])") ?? [];
const beginAll = (root) => {
  for (const section of find(root)) {
    section.dataset.sound = "closed";
    begin(section);
  }
};
beginAll(document);
document.addEventListener("htmx:load", (event) => beginAll(event.detail.elt.parentElement ?? document));
