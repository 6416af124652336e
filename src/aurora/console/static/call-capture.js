/* The microphone, off the page's own thread: the browser's rate in, 20 ms frames of 8 kHz out. */

import { Resampler } from "/static/call-resample.js";

const LINE_HZ = 8000;
const FRAME = 160;

class Capture extends AudioWorkletProcessor {
  constructor() {
    super();
    this.resampler = new Resampler(sampleRate, LINE_HZ);
    this.frame = new Int16Array(FRAME);
    this.filled = 0;
  }

  process([microphone]) {
    if (!microphone.length) return true;
    for (const sample of this.resampler.feed(microphone[0])) {
      this.frame[this.filled++] = Math.max(-1, Math.min(1, sample)) * 32767;
      if (this.filled === FRAME) {
        this.port.postMessage(this.frame.buffer, [this.frame.buffer]);
        this.frame = new Int16Array(FRAME);
        this.filled = 0;
      }
    }
    return true;
  }
}

registerProcessor("capture", Capture);
