/* The caller's microphone: asked for, opened, and given to the call frame by frame. */

const PROBLEMS = {
  NotAllowedError: "refused",
  SecurityError: "refused",
  NotFoundError: "missing",
  OverconstrainedError: "missing",
  NotReadableError: "taken",
  AbortError: "taken",
};

/** Why a call goes on without a microphone; `problem` names the words to show. */
export class NoMicrophone extends Error {
  constructor(problem) {
    super(problem);
    this.problem = problem;
  }
}

async function ask() {
  if (!window.isSecureContext) throw new NoMicrophone("insecure");
  if (!navigator.mediaDevices?.getUserMedia) throw new NoMicrophone("old");
  try {
    return await navigator.mediaDevices.getUserMedia({
      audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true, channelCount: 1 },
    });
  } catch (error) {
    throw new NoMicrophone(PROBLEMS[error.name] ?? "missing");
  }
}

/** Open the microphone; `onFrame` is given 160 samples (int16, 8 kHz) every 20 ms. Throws NoMicrophone. */
export async function openMicrophone(context, onFrame, onGone) {
  if (!context?.audioWorklet) throw new NoMicrophone(window.isSecureContext ? "old" : "insecure");
  const stream = await ask();
  const [track] = stream.getAudioTracks();
  try {
    await context.audioWorklet.addModule("/static/call-capture.js");
  } catch {
    track.stop();
    throw new NoMicrophone("old");
  }
  const source = new MediaStreamAudioSourceNode(context, { mediaStream: stream });
  const capture = new AudioWorkletNode(context, "capture", {
    numberOfOutputs: 0,
    channelCount: 1,
    channelCountMode: "explicit",
  });
  capture.port.onmessage = ({ data }) => onFrame(new Int16Array(data));
  source.connect(capture);
  track.addEventListener("ended", onGone);
  return {
    close() {
      track.removeEventListener("ended", onGone);
      capture.port.onmessage = null;
      source.disconnect();
      track.stop();
    },
  };
}
