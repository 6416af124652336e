"""How long after words are recognised they are on a console's screen, in Chromium."""

import tempfile
import time
from pathlib import Path

from playwright.async_api import async_playwright

from aurora.console.accounts.cookies import SESSION
from benchmarks.callers import spoken_requests
from benchmarks.figures import figures, new_table, show
from benchmarks.own_line import operators_secret, own_line
from benchmarks.wire import Wire
from tests.e2e.chromium import CHROMIUM

TURNS = 50
TARGET_MS = 300.0
# In the page: resolves with the time at which these words are on the screen.
SHOWN = """(words) => new Promise((done) => {
  const all = () => [...document.querySelectorAll("[data-heard]")];
  const look = () => all().some((one) => one.textContent === words);
  const seen = () => requestAnimationFrame(() => done(Date.now()));
  if (look()) return seen();
  const watch = new MutationObserver(() => { if (look()) { watch.disconnect(); seen(); } });
  const board = document.getElementById("board");
  watch.observe(board, {subtree: true, childList: true, characterData: true});
})"""


async def measure() -> None:
    table = new_table(
        "Words on the board, in ms",
        "from a caller's words sent to the line (text is recognised as it comes in) to the next "
        f"frame of\nChromium that shows them; {TURNS} turns of ten calls. "
        f"Target: p95 under {TARGET_MS:g} ms",
        "",
        numbers=("n", "p50", "p90", "p95", "p99", "max"),
    )
    with tempfile.TemporaryDirectory(prefix="aurora-bench-") as folder:
        async with own_line(Path(folder) / "data") as line:
            await line.warm()
            secret = await operators_secret(line.data_dir)
            times = await _timed(line.url, line.port, secret)
            await line.stop()
    n, p50, p90, p99, most = figures(times)
    p95 = sorted(times)[int(len(times) * 0.95)]
    table.add_row("board", n, p50, p90, f"{p95:.2f}", p99, most)
    show(table)


async def _timed(url: str, port: int, secret: str) -> list[float]:
    times = []
    async with async_playwright() as playwright, Wire(port) as wire:
        options = ["--no-sandbox", "--disable-gpu"]
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=options)
        page = await browser.new_page()
        await page.context.add_cookies([{"name": SESSION, "value": secret, "url": url}])
        await page.goto(f"{url}/console")
        for call in range(TURNS // 5):
            for words, request in spoken_requests(call, f"+1303{5_000_000 + call}", 5):
                shown = await page.evaluate_handle(f"(words) => ({{at: ({SHOWN})(words)}})", words)
                sent_at = time.time()
                await wire.send(request)
                shown_at = await shown.evaluate("(one) => one.at")
                times.append(max(shown_at - sent_at * 1000, 0.0))
        await browser.close()
    return times
