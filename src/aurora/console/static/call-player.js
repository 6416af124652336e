/* Aurora's voice: mu-law frames queued, played without gaps, and marks told when they were heard. */

import { Resampler } from "/static/call-resample.js";

const LINE_HZ = 8000;
const JITTER_S = 0.06; // kept ahead when playing begins, for frames that come late
const PAUSE_S = 0.8; // of quiet, after which what comes is a new answer

const DECODED = Float32Array.from({ length: 256 }, (_, code) => {
  const bits = ~code & 0xff;
  const magnitude = ((((bits & 0x0f) << 3) + 0x84) << ((bits >> 4) & 7)) - 0x84;
  return (bits & 0x80 ? -magnitude : magnitude) / 32768;
});

export class Player {
  /**
   * onHeard is given the name of each mark whose sound has reached the loudspeaker; onBegin is called
   * when a new answer begins after a pause.
   */
  constructor(context, onHeard, onBegin) {
    this.context = context;
    this.onHeard = onHeard;
    this.onBegin = onBegin;
    this.output = new AnalyserNode(context, { fftSize: 512 });
    this.output.connect(context.destination);
    this.resampler = new Resampler(LINE_HZ, context.sampleRate);
    this.queued = new Map(); // source -> its last sample
    this.marks = [];
    this.lastEnd = -Infinity;
    this.end = 0; // the sample of the context's clock at which what is queued ends
    this.playedSamples = 0;
  }

  get isPlaying() {
    return this.end > this.#now();
  }

  /** Seconds since anything was queued or heard; 0 while it is. */
  get quietS() {
    return Math.max(0, this.#now() - this.lastEnd) / this.context.sampleRate;
  }

  /** Seconds of sound that have been played to their end. */
  get playedS() {
    return this.playedSamples / this.context.sampleRate;
  }

  /** How loud the loudspeaker is at this moment, 0 to 1. */
  get level() {
    const wave = new Float32Array(this.output.fftSize);
    this.output.getFloatTimeDomainData(wave);
    return Math.min(1, 4 * Math.sqrt(wave.reduce((sum, sample) => sum + sample * sample, 0) / wave.length));
  }

  play(mulaw) {
    const samples = this.resampler.feed(Float32Array.from(new Uint8Array(mulaw), (code) => DECODED[code]));
    if (!samples.length) return;
    const rate = this.context.sampleRate;
    if (!this.isPlaying && this.quietS > PAUSE_S) this.onBegin();
    if (!this.isPlaying) this.end = Math.ceil(this.#now() + JITTER_S * rate);
    const buffer = new AudioBuffer({ length: samples.length, sampleRate: rate });
    buffer.copyToChannel(samples, 0);
    const source = new AudioBufferSourceNode(this.context, { buffer });
    source.connect(this.output);
    source.onended = () => {
      if (this.queued.delete(source)) this.playedSamples += samples.length;
    };
    source.start(this.end / rate);
    this.end += samples.length;
    this.lastEnd = this.end;
    this.queued.set(source, this.end);
  }

  mark(name) {
    this.marks.push({ name, at: Math.max(this.end, this.#now()) });
    if (this.marks.length === 1) this.#watch();
  }

  /** Fall silent at once; what was not heard is forgotten, with its marks. */
  clear() {
    for (const source of this.queued.keys()) source.stop();
    this.queued.clear();
    this.marks = [];
    this.end = 0;
    this.lastEnd = this.#now();
    this.resampler = new Resampler(LINE_HZ, this.context.sampleRate);
  }

  #now() {
    return this.context.currentTime * this.context.sampleRate;
  }

  #heard() {
    return this.#now() - (this.context.outputLatency || 0) * this.context.sampleRate;
  }

  #watch() {
    while (this.marks.length && this.marks[0].at <= this.#heard()) this.onHeard(this.marks.shift().name);
    if (!this.marks.length) return;
    const leftS = (this.marks[0].at - this.#heard()) / this.context.sampleRate;
    setTimeout(() => this.#watch(), Math.max(10, leftS * 1000));
  }
}
