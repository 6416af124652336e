"""What a caller said into a connection that was dead already reaches Aurora on the next one."""

import numpy as np
from playwright.async_api import Page, expect

from tests.e2e.call_page import FIRE, Cuttable, open_call, talkative_page, type_in
from tests.e2e.chromium import browsing
from tests.waiting import until
from tests.whole_line import WrittenSpeech, served


async def calling_over(way: Cuttable, page: Page, url: str) -> None:
    await page.route_web_socket("**/call/audio", way.carry)
    await open_call(page, url)


async def test_words_typed_into_a_dead_connection_are_answered_once_it_is_found_out(
    monkeypatch, tmp_path
):
    way = Cuttable()
    async with (
        served(monkeypatch, tmp_path, speech=WrittenSpeech()) as (url, parts),
        browsing() as page,
    ):
        await calling_over(way, page, url)
        way.is_dead = True
        await type_in(page, FIRE)
        await until(lambda: any(FIRE in sent for sent in way.swallowed if isinstance(sent, str)))
        await way.restore()

        await expect(page.locator("#now")).to_contain_text("Get out now.")
        await expect(page.locator("#log li.you")).to_have_count(1)
        await expect(page.locator("#partial")).to_be_hidden()
        await type_in(page, "it is spreading")
        await expect(page.locator("#log li.you")).to_have_count(2)
        [call] = await parts.records.calls()

        # The page shows its own words before they are on the record.
        async def heard() -> list[str]:
            messages = await parts.records.messages(call.id)
            return [m.content for m in messages if m.role == "user"]

        async def is_all_there() -> bool:
            return len(await heard()) >= 2

        await until(is_all_there)
        said = await heard()

    assert said == [FIRE, "it is spreading"]


async def test_words_said_again_after_a_failure_arrive_each_time_they_are_said(
    monkeypatch, tmp_path
):
    way = Cuttable()
    async with (
        served(monkeypatch, tmp_path, speech=WrittenSpeech()) as (url, parts),
        browsing() as page,
    ):
        await page.route("**/call/words", lambda route: route.abort())
        await calling_over(way, page, url)
        await way.cut()
        await type_in(page, FIRE)
        await expect(page.get_by_role("alert")).to_contain_text("did not get through")
        way.is_cut = False
        await expect(page.get_by_role("alert")).to_be_empty()
        for many in (1, 2, 3):
            await type_in(page, FIRE)
            await expect(page.locator("#log li.you")).to_have_count(many)
        [call] = await parts.records.calls()

        async def heard() -> list[str]:
            told = await parts.records.messages(call.id)
            return [one.content for one in told if one.role == "user"]

        async def is_all_there() -> bool:
            return len(await heard()) == 3

        await until(is_all_there)
        assert await heard() == [FIRE] * 3


def was_spoken(sent: list[str | bytes]) -> bool:
    """Whether somebody spoke, and paused for so long that their turn was over."""
    frames = [np.frombuffer(one, "<i2") for one in sent if isinstance(one, bytes)]
    loud = [n for n, frame in enumerate(frames) if np.abs(frame.astype(int)).max() > 3_000]
    return bool(loud) and any(
        after - before > 45 for before, after in zip(loud, [*loud[1:], len(frames)], strict=True)
    )


async def test_words_spoken_into_a_dead_connection_are_heard_once_it_is_found_out(
    monkeypatch, tmp_path
):
    way = Cuttable()
    async with talkative_page(monkeypatch, tmp_path) as (url, page):
        await page.goto(f"{url}/call")
        await page.evaluate("localStorage.setItem('aurora.hold', 'yes')")
        await calling_over(way, page, url)
        await expect(page.locator("#big")).to_have_attribute("data-state", "hold")
        way.is_dead = True
        await page.locator("#big").focus()
        await page.keyboard.down(" ")
        await until(lambda: was_spoken(way.swallowed))
        await page.keyboard.up(" ")  # nothing is heard from here on
        await way.restore()

        # Who lets the key go late has begun to say it again, which is heard as well.
        await expect(page.locator("#log li.you").first).to_have_text("Yougood morning")


async def test_pauses_of_what_is_sent_again_are_shortened_and_no_word_is(monkeypatch, tmp_path):
    async with (
        served(monkeypatch, tmp_path, speech=WrittenSpeech()) as (url, _),
        browsing() as page,
    ):
        await page.goto(f"{url}/call")
        kept = await page.evaluate("""async () => {
            const { withoutPauses } = await import("/static/call-resend.js");
            const frames = (many, loudness) => Array(many).fill(new Int16Array([0, -loudness]));
            const before = [...frames(100, 0), ...frames(40, 9000)];
            const after = [...frames(400, 100), ...frames(20, 5000)];
            return withoutPauses([...before, ...after]).map((frame) => -frame[1]);
        }""")

    assert kept == [0] * 30 + [9_000] * 40 + [100] * 30 + [5_000] * 20
