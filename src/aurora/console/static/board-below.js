// What stands below the window: on a wall nobody scrolls, and in a flood nobody may miss it.
const EDGE_PX = 40; // of one that only begins to show

export function tellBelow(root, note) {
  const tell = () => {
    const items = [...root.querySelectorAll('[data-list="live"] > [data-key]:not([hidden])')];
    const below = items.filter((item) => item.getBoundingClientRect().top > innerHeight - EDGE_PX);
    const waiting = below.filter((item) => item.hasAttribute("data-alarm")).length;
    const more = note.dataset.more.replace("{n}", below.length);
    const isNarrow = matchMedia("(max-width: 48rem)").matches;
    const text = waiting && !isNarrow ? `${more}: ${note.dataset.waiting.replace("{n}", waiting)}` : more;
    note.hidden = !below.length;
    if (note.textContent !== text) note.textContent = text;
  };
  note.addEventListener("click", () => scrollBy({ top: innerHeight * 0.6 }));
  addEventListener("scroll", tell, { passive: true });
  addEventListener("resize", tell);
  setInterval(tell, 500);
  tell();
}
