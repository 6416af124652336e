"""Whether everybody can use the console: axe-core, keyboard, motion and width, on every page."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page

from tests.e2e.console_pages import PHONE, WIDE, Console, console, each_page

SPARE = 5
STILL = {"reduced_motion": "reduce"}
SERIOUS = ("serious", "critical")
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
NAMED = """(one) => {
  // By what it is, not by the element: a live page makes its parts anew.
  const text = one.getAttribute('aria-label') ?? one.textContent.trim().slice(0, 60);
  const parts = [one.localName, one.id, one.type === 'radio' ? '' : one.value, one.name, text];
  return parts.join(' ').replace(/\\d+/g, '0');
}"""
FOCUSABLE = f"""() => {{
  const name = {NAMED};
  const kinds = `a[href], button, input, select, textarea, summary,
    [tabindex="0"], [contenteditable]`;
  const isStop = (one) => {{
    const isSeen = one.checkVisibility({{ visibilityProperty: true }});
    return !one.disabled && one.type !== 'hidden' && one.tabIndex >= 0 && isSeen
      && !one.closest('[inert]') && (one.type !== 'radio' || isFirst(one));
  }};
  // A group of radio buttons is one stop: at the chosen one, else at the first.
  const isFirst = (one) => {{
    const group = [...document.querySelectorAll(`input[type=radio][name="${{one.name}}"]`)];
    return one === (group.find((other) => other.checked) ?? group[0]);
  }};
  return [...document.querySelectorAll(kinds)].filter(isStop).map(name);
}}"""
WHERE = f"""() => {{
  const one = document.activeElement;
  if (!one || one === document.body) return null;
  const style = getComputedStyle(one);
  const isOutlined = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0;
  const looks = () => [one, ...one.querySelectorAll('*')].map((part) => {{
    const {{ stroke, strokeWidth, fill, fillOpacity }} = getComputedStyle(part);
    return [stroke, strokeWidth, fill, fillOpacity].join();
  }}).join();
  const isMarked = () => {{
    if (one.getAttribute('aria-pressed') === 'true') return true;  // focus chose it
    // A shape of a drawing has no outline of its own: it has to look otherwise.
    const focused = looks();
    one.blur();
    const isOther = looks() !== focused;
    one.focus();
    return isOther;
  }};
  const isDate = /^date|^time|month/.test(one.type ?? '');
  return {{
    name: ({NAMED})(one),
    // Within a date the browser marks the part that has the focus, in a way no script sees.
    isSeen: isOutlined || style.boxShadow !== 'none' || isDate
      || (one instanceof SVGElement && isMarked()),
    isDate,
  }};
}}"""
ONLY_FOR_A_MOUSE = """() => {
  const acts = '[hx-get], [hx-post], [hx-put], [hx-delete], [hx-patch], [onclick]';
  const reachable = 'a[href], button, input, select, textarea, form, summary, [tabindex]';
  return [...document.querySelectorAll(acts)]
    .filter((one) => !one.matches(reachable))
    .filter((one) => /click/.test(one.getAttribute('hx-trigger') ?? 'click'))
    .map((one) => one.outerHTML.slice(0, 120));
}"""
MOVING = """() => {
  const lasts = (text) => text.split(',').some((one) => parseFloat(one) > 0);
  return [...document.querySelectorAll('*')].filter((one) => {
    const style = getComputedStyle(one);
    const isAnimated = style.animationName !== 'none' && lasts(style.animationDuration);
    return isAnimated || (style.transitionProperty !== 'none' && lasts(style.transitionDuration));
  }).map((one) => one.outerHTML.slice(0, 120));
}"""
TOO_WIDE = """() => document.documentElement.scrollWidth - document.documentElement.clientWidth"""


@pytest.fixture
async def shown(tmp_path: Path) -> AsyncIterator[Console]:
    async with console(tmp_path) as opened:
        yield opened


async def violations(page: Page) -> list[str]:
    options: dict[str, Any] = {
        "runOnly": {"type": "tag", "values": STANDARDS},
        "resultTypes": ["violations"],
    }
    found = (await Axe().run(page, options=options)).response["violations"]
    return [
        f"{one['id']} ({one['impact']}) {node['target']}: {node['html'][:160]}"
        for one in found
        if one["impact"] in SERIOUS
        for node in one["nodes"]
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_nothing_serious_on_any_page(shown: Console, scheme: str) -> None:
    wrong, count = {}, 0
    async for route, page in each_page(shown, color_scheme=scheme, **STILL, **WIDE):
        count += 1
        if found := await violations(page):
            wrong[route] = found
    assert wrong == {}
    assert count >= 12, "a crawl that finds nothing proves nothing"


async def test_everything_is_reached_by_keyboard_and_seen_to_be(shown: Console) -> None:
    wrong = {}
    async for route, page in each_page(shown, **STILL, **WIDE):
        if found := await _keyboard_faults(page):
            wrong[route] = found
    assert wrong == {}


async def _keyboard_faults(page: Page) -> list[str]:
    # What a page fetches by itself brings stops of its own.
    await page.wait_for_function("() => !document.querySelector('[hx-trigger=load]')")
    stops = await page.evaluate(FOCUSABLE)
    faults = [f"only for a mouse: {one}" for one in await page.evaluate(ONLY_FOR_A_MOUSE)]
    reached: set[str] = set()
    # Twice round at most: a page that is followed live may grow stops on the way.
    left = 2 * len(stops) + SPARE
    await page.evaluate("document.activeElement?.blur(); getSelection()?.removeAllRanges()")
    while left > 0 and not reached.issuperset(stops):
        await page.keyboard.press("Tab")
        at = await page.evaluate(WHERE)
        # A date has a stop for each of its parts.
        left -= 0 if at and at["isDate"] and at["name"] in reached else 1
        if at is None:
            continue
        reached.add(at["name"])
        if not at["isSeen"]:
            faults.append(f"focus not seen: {at['name']}")
    return faults + [f"not reached: {name}" for name in stops if name not in reached]


async def test_nothing_moves_for_who_asked_for_less_motion(shown: Console) -> None:
    moving = {}
    async for route, page in each_page(shown, **STILL, **WIDE):
        if found := await page.evaluate(MOVING):
            moving[route] = found
    assert moving == {}


async def test_no_page_is_wider_than_a_telephone(shown: Console) -> None:
    wide = {}
    async for route, page in each_page(shown, **STILL, **PHONE):
        if over := await page.evaluate(TOO_WIDE):
            wide[route] = over
    assert wide == {}
