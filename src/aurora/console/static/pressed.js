// Between a press and its release nothing may move under the pointer: a press that begins on a button
// and ends on what took its place is no click at all, and one that ends on its neighbour is worse.
const CLICK_WITHIN_MS = 50; // a finger's click follows its release
const LONGEST_MS = 2000; // a release outside the window is never heard of

// Returns a function that makes a change to what stands in root: at once, or when the press is over.
export function untilReleased(root) {
  let held = null; // changes that wait, in their order, while something is pressed
  let timer;

  function release() {
    const changes = held;
    held = null;
    for (const change of changes) change();
  }

  function releaseIn(ms) {
    clearTimeout(timer);
    timer = setTimeout(release, ms);
  }

  root.addEventListener("pointerdown", () => {
    held ??= [];
    releaseIn(LONGEST_MS);
  });
  for (const end of ["pointerup", "pointercancel"]) {
    document.addEventListener(end, () => held && releaseIn(CLICK_WITHIN_MS));
  }
  return (change) => (held ? held.push(change) : change());
}
