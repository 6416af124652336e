/* Sound that may not have arrived, made ready to be sent once more: shorter, and with every word in it. */

const QUIET = 300; // of the largest sample: nobody speaks so softly into a telephone
const PAUSE_FRAMES = 30; // six tenths of a second, as long as an everyday turn's end
const MOST_FRAMES = 150; // three seconds: more would count as a line that takes nothing

/** Shorten pauses in frames of 20 ms, and then keep the last of them. */
export function withoutPauses(frames) {
  let quiet = 0;
  const kept = frames.filter((frame) => {
    quiet = frame.some((sample) => Math.abs(sample) > QUIET) ? 0 : quiet + 1;
    return quiet <= PAUSE_FRAMES;
  });
  return kept.slice(-MOST_FRAMES);
}
