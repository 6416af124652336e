/* What the page shows: words in the chosen language, the transcript, urgency, and what is being done. */

const ALL_WORDS = JSON.parse(document.getElementById("words").textContent);
const ANSWERED_MS = 2000; // the first line waits for nothing, the caller's own words do
const find = (id) => document.getElementById(id);

export class View {
  constructor() {
    this.language = document.documentElement.lang;
    this.desk = document.body.dataset.desk;
    this.state = null;
    this.isEndSure = false;
    this.isNewAnswer = true;
    this.answeredAt = -Infinity;
    this.answer = null; // the transcript's line of the answer under way
    this.mine = null; // that of the caller's words under way
    this.problem = null;
    this.situation = null;
  }

  get words() {
    return ALL_WORDS[this.language];
  }

  setLanguage(language) {
    if (!ALL_WORDS[language]) return;
    this.language = language;
    document.documentElement.lang = language;
    document.title = document.title.replace(/^[^·]*/, `${this.words.title} `);
    for (const element of document.querySelectorAll("[data-word]")) element.textContent = this.words[element.dataset.word];
    for (const element of document.querySelectorAll("[data-word-placeholder]")) {
      element.placeholder = this.words[element.dataset.wordPlaceholder];
    }
    const choice = find("language");
    if (choice) choice.value = language;
    this.showState(this.state);
    this.showProblem(this.problem);
    if (this.situation) this.showSituation(this.situation);
  }

  /** The big button: its state names the words on it. */
  showState(state) {
    this.state = state;
    find("big").dataset.state = state;
    find("state").textContent = this.words[state];
    find("hint").textContent = this.words[`${state}_hint`];
  }

  showPhase(phase) {
    document.body.dataset.phase = phase;
  }

  showMode(isHold, isMuted) {
    find("mode").firstElementChild.dataset.word = isHold ? "hands_free" : "hold_to_talk";
    find("mute").firstElementChild.dataset.word = isMuted ? "unmute" : "mute";
    find("mute").setAttribute("aria-pressed", isMuted);
    find("mute").disabled = isHold;
    for (const id of ["mode", "mute"]) {
      const text = find(id).firstElementChild;
      text.textContent = this.words[text.dataset.word];
    }
  }

  /** The button that ends the call wants to be pressed twice. */
  showEnd(isSure) {
    const text = find("end").firstElementChild;
    this.isEndSure = isSure;
    text.dataset.word = isSure ? "end_sure" : "end";
    text.textContent = this.words[text.dataset.word];
    find("end").toggleAttribute("data-is-sure", isSure);
  }

  /** Where Aurora is heard, a screen reader that reads the same words aloud would talk over it. */
  showSound(isHeard) {
    find("log").setAttribute("aria-live", isHeard ? "off" : "polite");
  }

  /** Show a problem by its name, with the control room's number as a link; null takes it away. */
  showProblem(name) {
    if (name === this.problem && name !== null && find("problem").lang === this.language) return;
    this.problem = name;
    const place = find("problem");
    place.lang = this.language;
    place.replaceChildren();
    if (name === null) return;
    const line = document.createElement("p");
    line.className = "problem";
    line.dataset.problem = name;
    const [before, after] = this.words.problems[name].split("{number}");
    line.append(before);
    if (after !== undefined) {
      const number = document.createElement("a");
      number.href = `tel:${this.desk.replace(/[^+\d]/g, "")}`;
      number.textContent = this.desk;
      line.append(number, after);
    }
    place.append(line);
  }

  /** The caller's words so far; in the transcript they stand where the caller began to speak. */
  showPartial(text) {
    find("partial").hidden = !text;
    find("partial").textContent = text ? `${this.words.you_say}: ${text}` : "";
    if (!text) return;
    this.mine ??= this.#enter("you", this.words.you_say, "");
    this.mine.lastChild.textContent = text;
  }

  /** The caller's words as they were understood; false where the answer to them has begun already. */
  showHeard(words) {
    const key = /^\[key (.)\]$/.exec(words);
    const text = key ? this.words.key.replace("{digit}", key[1]) : words;
    const isAnswered = performance.now() - this.answeredAt < ANSWERED_MS;
    if (this.mine) {
      this.mine.lastChild.textContent = text;
    } else {
      const line = this.#enter("you", this.words.you_say, text);
      if (isAnswered) this.answer.before(line);
    }
    this.mine = null;
    this.showPartial("");
    return !isAnswered;
  }

  /** Typed words are on the record; they were shown as heard, unless on a connection that was lost. */
  settleWords(words) {
    if (this.mine?.lastChild.textContent === words) this.showHeard(words);
  }

  /** What Aurora says from here on is a new answer. */
  beginAnswer() {
    this.isNewAnswer = true;
  }

  /** One sentence that is being spoken: big, and in the transcript. */
  showSaid(text, language) {
    const now = find("now");
    if (this.isNewAnswer) {
      now.replaceChildren();
      delete now.dataset.word;
      this.answer = this.#enter("aurora", this.words.aurora, "", language);
      this.answeredAt = performance.now();
      this.#bringIntoSight();
    }
    this.isNewAnswer = false;
    now.lang = language ?? this.language;
    const sentence = document.createElement("span");
    sentence.textContent = text;
    now.append(sentence, " ");
    this.answer.lastChild.textContent += `${text} `;
    this.#follow();
  }

  showSituation(situation) {
    this.situation = situation;
    const words = this.words;
    const place = find("situation");
    place.hidden = false;
    place.dataset.urgency = situation.urgency;
    find("urgency").textContent = words.urgency[situation.urgency];
    find("hazard").textContent = words.hazards[situation.hazard] ?? "";
    find("zone").textContent = situation.zone ?? words.zone_unknown;
    find("asked").textContent = this.#beingDone(situation);
  }

  showHandOff() {
    document.body.dataset.isHandedOff = "";
  }

  offerTyping() {
    find("words-typed").focus();
  }

  askForCode(isWrong) {
    find("code-form").hidden = false;
    if (isWrong) find("code").setCustomValidity(this.words.code_wrong);
    if (isWrong) find("code").reportValidity();
    find("code").focus();
  }

  clear() {
    find("log").replaceChildren();
    find("now").replaceChildren(this.words.nothing_yet);
    find("now").dataset.word = "nothing_yet";
    find("asked").textContent = this.words.nothing_done;
    find("situation").hidden = true;
    this.situation = this.mine = null;
    this.isNewAnswer = true;
    delete document.body.dataset.isHandedOff;
    this.showPartial("");
  }

  /** What is known of those alerted; before anything is, whom the alerts are for. */
  #beingDone({ standing, alerted }) {
    if (standing.length) return standing.join(" ");
    if (!alerted.length) return this.words.nothing_done;
    const names = alerted.join(", ");
    return `${this.words.asked_for.replace("{names}", names)} ${this.words.nobody_confirmed}`;
  }

  /** On a telephone the caller may have scrolled down to type; what to do comes first. */
  #bringIntoSight() {
    const { top, bottom } = find("says").getBoundingClientRect();
    if (top < 0 || bottom > innerHeight) find("says").scrollIntoView({ block: "start" });
  }

  /** Add a line to the transcript and return it; its last node is its text. */
  #enter(who, name, text, language) {
    const line = document.createElement("li");
    line.className = who;
    if (language) line.lang = language;
    const label = document.createElement("b");
    label.textContent = name;
    line.append(label, document.createTextNode(text));
    find("log").append(line);
    this.#follow();
    return line;
  }

  #follow() {
    find("log").scrollTop = find("log").scrollHeight;
  }
}
