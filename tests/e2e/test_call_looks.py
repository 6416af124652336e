"""How the call page looks and reads: on a phone, in the dark, without motion, by screen reader."""

import pytest
from playwright.async_api import expect

from tests.e2e.call_page import FIRE, open_call, type_in
from tests.e2e.chromium import browsing
from tests.whole_line import WrittenSpeech, served

TOO_WIDE = """() => [...document.querySelectorAll("body *")]
  .filter((e) => e.getBoundingClientRect().right > innerWidth + 0.5).map((e) => e.id || e.tagName)
  .concat(document.documentElement.scrollWidth > innerWidth ? ["page"] : [])"""


@pytest.mark.parametrize("width", [320, 360])
async def test_on_a_phone_nothing_is_wider_than_the_screen(width, monkeypatch, tmp_path):
    async with (
        served(monkeypatch, tmp_path, speech=WrittenSpeech()) as (url, _),
        browsing(width=width, height=640, is_allowed=False) as page,
    ):
        await page.goto(f"{url}/call")
        for words in (None, FIRE):
            if words is not None:
                await type_in(page, words)
                await expect(page.locator("#urgency")).not_to_be_empty()
            for language in ("de", "es", "fr", "en"):
                await page.select_option("#language", language)
                assert await page.evaluate(TOO_WIDE) == []
        big = await page.locator("#big").bounding_box()
        assert big is not None
        assert big["height"] >= 130


CONTRASTS = """() => {
  const parse = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const luminance = ([r, g, b]) => [r, g, b]
    .map((c) => c / 255).map((c) => c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const ground = (element) => {
    for (let e = element; e; e = e.parentElement) {
      const colour = parse(getComputedStyle(e).backgroundColor);
      if (colour.length === 3 || colour[3] > 0) return colour;
    }
    return [255, 255, 255];
  };
  const faint = [];
  for (const e of document.querySelectorAll("body *:not(option)")) {
    const text = [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
    if (!text || !e.checkVisibility()) continue;
    const [a, b] = [luminance(parse(getComputedStyle(e).color)), luminance(ground(e))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) faint.push(`${e.id || e.tagName} ${ratio.toFixed(1)}`);
  }
  return faint;
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_every_word_can_be_read_in_light_and_in_dark(scheme, monkeypatch, tmp_path):
    async with (
        served(monkeypatch, tmp_path, speech=WrittenSpeech()) as (url, _),
        browsing(color_scheme=scheme, reduced_motion="reduce", is_allowed=False) as page,
    ):
        await page.goto(f"{url}/call")
        idle = await page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert await page.evaluate(CONTRASTS) == []
        await type_in(page, FIRE)
        await expect(page.locator("#urgency")).to_have_text("Critical")
        assert await page.evaluate(CONTRASTS) == []
        assert idle == {"light": "rgb(246, 246, 243)", "dark": "rgb(20, 23, 26)"}[scheme]


async def test_nothing_moves_for_those_who_asked_for_that(monkeypatch, tmp_path):
    async with (
        served(monkeypatch, tmp_path, speech=WrittenSpeech()) as (url, _),
        browsing(reduced_motion="reduce") as page,
    ):
        await page.goto(f"{url}/call")
        moving = """() => [...document.querySelectorAll("*")].filter((e) => {
          const style = getComputedStyle(e);
          return style.animationName !== "none" || style.transitionDuration !== "0s";
        }).length"""
        assert await page.evaluate(moving) == 0


async def test_a_screen_reader_is_not_made_to_talk_over_aurora(monkeypatch, tmp_path):
    async with (
        served(monkeypatch, tmp_path, speech=WrittenSpeech()) as (url, _),
        browsing() as page,
    ):
        await open_call(page, url)
        await expect(page.get_by_role("log")).to_have_attribute("aria-live", "off")
        assert await page.locator("[role=alert], [role=status]").count() >= 3
