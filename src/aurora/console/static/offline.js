// The page offline: goes back to what was asked for as soon as the line answers. That a telephone
// calls itself online says only that it has some network.
const LOOK_EVERY_MS = 3_000;

document.getElementById("again").addEventListener("click", () => location.reload());
addEventListener("online", look);
setInterval(look, LOOK_EVERY_MS);

async function look() {
  const answer = await fetch("/manifest.webmanifest", { cache: "no-store" }).catch(() => null);
  if (answer?.ok) location.reload();
}
