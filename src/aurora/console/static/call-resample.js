/* Sound from one sampling rate to another, in pieces of any length; nothing here knows of calls. */

const ZERO_CROSSINGS = 12;
const PHASES = 64;
const ROLL_OFF = 0.94; // of the lower rate's Nyquist frequency: the filter needs room to fall

function row(phase, half, cutoff) {
  const taps = new Float32Array(2 * half);
  let sum = 0;
  for (let tap = 0; tap < taps.length; tap++) {
    const x = tap - half + 1 - phase;
    const angle = Math.PI * cutoff * x;
    const sinc = angle === 0 ? 1 : Math.sin(angle) / angle;
    const edge = x / half;
    const window = Math.abs(edge) >= 1 ? 0 : 0.42 + 0.5 * Math.cos(Math.PI * edge) + 0.08 * Math.cos(2 * Math.PI * edge);
    taps[tap] = sinc * window;
    sum += taps[tap];
  }
  return taps.map((tap) => tap / sum);
}

export class Resampler {
  constructor(fromHz, toHz) {
    this.step = fromHz / toHz;
    const wide = Math.max(1, this.step);
    this.half = Math.ceil(ZERO_CROSSINGS * wide);
    this.rows = Array.from({ length: PHASES }, (_, n) => row(n / PHASES, this.half, ROLL_OFF / wide));
    this.held = new Float32Array(this.half - 1);
    this.at = 0; // of the next output sample, in input samples after the first whole window
  }

  /** Take float samples; return those of the new rate that are ready. */
  feed(samples) {
    const input = new Float32Array(this.held.length + samples.length);
    input.set(this.held);
    input.set(samples, this.held.length);
    const last = input.length - 2 * this.half;
    const output = new Float32Array(last < this.at ? 0 : Math.floor((last - this.at) / this.step + 1e-9) + 1);
    for (let n = 0; n < output.length; n++) {
      output[n] = this.#sample(input, this.at + n * this.step);
    }
    const next = this.at + output.length * this.step;
    const done = Math.min(Math.floor(next), input.length);
    this.held = input.slice(done);
    this.at = next - done;
    return output;
  }

  #sample(input, at) {
    let start = Math.floor(at);
    let phase = Math.round((at - start) * PHASES);
    if (phase === PHASES) {
      phase = 0;
      start += 1;
    }
    const taps = this.rows[phase];
    let sum = 0;
    for (let tap = 0; tap < taps.length; tap++) sum += taps[tap] * (input[start + tap] ?? 0);
    return sum;
  }
}
