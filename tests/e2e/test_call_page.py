"""The page a worker calls from, in a real browser: heard, shown, and of use when things fail."""

from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, WebSocketRoute, expect

from tests.e2e.call_page import FIRE, Cuttable, open_call, talkative_page, type_in
from tests.e2e.chromium import IN_TIME_MS, browsing, record
from tests.waiting import until
from tests.whole_line import WrittenSpeech, served

NUMBER = "+1 202-555-0100"
SPOKEN_S = 1.5
KNOWS_ITS_SOUND = """
window.AudioContext = class extends AudioContext {
  constructor(options) { super(options); window.sound = this; }
};
"""


async def heard_s(page: Page) -> float:
    """Seconds of Aurora's voice that have come out of the page's loudspeaker."""
    return float(await page.get_attribute("body", "data-played-s") or 0)


async def until_heard(page: Page, seconds: float) -> None:
    enough = "wanted => Number(document.body.dataset.playedS) >= wanted"
    await page.wait_for_function(enough, arg=seconds, timeout=IN_TIME_MS)


async def test_a_spoken_emergency_is_answered_aloud_and_shown(monkeypatch, tmp_path: Path):
    said = "There is a fire in the workshop. The workshop is on fire."
    microphone = record(tmp_path / "caller.wav", said, before_s=6.0, after_s=6.0)
    env = {"WHISPER_MODEL": "tiny.en"}
    async with (
        served(monkeypatch, tmp_path, env) as (url, parts),
        browsing(microphone=microphone, repeats=True) as page,
    ):
        await parts.speech.start()
        await open_call(page, url)
        await expect(page.locator("#big")).to_have_attribute("data-state", "listening")
        await until_heard(page, 1.5)
        greeted_s = await heard_s(page)
        await expect(page.locator("#urgency")).to_have_text("Critical")
        await expect(page.locator("#now")).to_contain_text("Get out now.")
        await until_heard(page, greeted_s + 1.0)
        loudness = await page.wait_for_function("() => Number(document.body.dataset.loudness) > 0")

        assert greeted_s > 1.0
        assert loudness
        heard = await page.locator("#log li.you").all_inner_texts()
        assert "fire" in str(heard).lower(), await page.locator("#log").inner_text()


async def test_typed_words_are_answered_aloud_and_shown(monkeypatch, tmp_path):
    async with (
        served(monkeypatch, tmp_path, speech=WrittenSpeech()) as (url, _),
        browsing() as page,
    ):
        await page.goto(f"{url}/call")
        await type_in(page, FIRE)

        await expect(page.locator("#urgency")).to_have_text("Critical")
        await expect(page.locator("#hazard")).to_have_text("Fire")
        await expect(page.locator("#zone")).to_have_text("Zone B")
        await expect(page.locator("#now")).to_contain_text("Get out now.")
        await expect(page.locator("#asked")).to_contain_text("the works fire brigade")
        await expect(page.locator("#asked")).to_contain_text("Nobody has confirmed yet")
        assert await page.locator("#log li.you").inner_text() == f"You\n{FIRE}"
        await until_heard(page, 2.0)


async def test_keys_answer_by_button_and_on_the_keyboard(monkeypatch, tmp_path):
    async with (
        served(monkeypatch, tmp_path, speech=WrittenSpeech()) as (url, _),
        browsing() as page,
    ):
        await open_call(page, url)
        await page.get_by_role("button", name="Yes").click()
        await expect(page.locator("#log")).to_contain_text("Key 1")
        await page.locator("#big").focus()
        await page.keyboard.press("2")
        await expect(page.locator("#log")).to_contain_text("Key 2")


async def test_the_page_is_worked_by_keyboard_alone(monkeypatch, tmp_path):
    async with (
        served(monkeypatch, tmp_path, speech=WrittenSpeech()) as (url, _),
        browsing() as page,
    ):
        await page.goto(f"{url}/call")
        focused = []
        for _ in range(6):
            await page.keyboard.press("Tab")
            focused.append(await page.evaluate("document.activeElement.id"))
        assert "big" in focused
        await page.locator("#big").focus()
        await page.keyboard.press("Enter")
        await expect(page.locator("#now")).to_contain_text("What is happening?")


async def test_speech_is_sent_only_while_the_button_is_held(monkeypatch, tmp_path):
    async with talkative_page(monkeypatch, tmp_path) as (url, page):
        await page.goto(f"{url}/call")
        await page.evaluate("localStorage.setItem('aurora.hold', 'yes')")
        await open_call(page, url)
        big, log = page.locator("#big"), page.locator("#log li.you")
        await expect(big).to_have_attribute("data-state", "hold")
        await until_heard(page, 2.0)
        assert await log.count() == 0

        await big.focus()
        await page.keyboard.down(" ")
        await expect(big).to_have_attribute("data-state", "held")
        await expect(log.first).to_contain_text("good morning")
        await page.keyboard.up(" ")
        await expect(big).to_have_attribute("data-state", "hold")


async def test_the_microphone_is_off_when_the_page_says_so(monkeypatch, tmp_path):
    async with talkative_page(monkeypatch, tmp_path) as (url, page):
        await open_call(page, url)
        await expect(page.locator("#log li.you").first).to_contain_text("good morning")
        await page.click("#mute")
        await expect(page.locator("#big")).to_have_attribute("data-state", "muted")
        await expect(page.locator("#mute")).to_have_attribute("aria-pressed", "true")
        await page.click("#big")
        await expect(page.locator("#mute")).to_have_attribute("aria-pressed", "false")


@pytest.mark.parametrize(
    ("microphone", "problem"),
    [
        ({"is_allowed": False}, "The microphone is not allowed."),
        ({"has_microphone": False}, "No microphone was found."),
    ],
)
async def test_without_a_microphone_the_caller_types_and_hears(
    microphone: dict[str, Any], problem, monkeypatch, tmp_path
):
    async with (
        served(monkeypatch, tmp_path, speech=WrittenSpeech()) as (url, _),
        browsing(**microphone) as page,
    ):
        await open_call(page, url)
        alert = page.get_by_role("alert")
        await expect(alert).to_contain_text(problem)
        await expect(alert.get_by_role("link")).to_have_text(NUMBER)
        await expect(page.locator("#big")).to_have_attribute("data-state", "type")
        await type_in(page, FIRE)
        await expect(page.locator("#now")).to_contain_text("Get out now.")
        await until_heard(page, 2.0)


async def test_a_lost_connection_is_told_typed_around_and_taken_up_again(monkeypatch, tmp_path):
    way = Cuttable()
    async with (
        served(monkeypatch, tmp_path, speech=WrittenSpeech()) as (url, _),
        browsing() as page,
    ):
        await page.route_web_socket("**/call/audio", way.carry)
        await open_call(page, url)
        await way.cut()
        await expect(page.locator("#big")).to_have_attribute("data-state", "lost")
        await expect(page.get_by_role("alert")).to_contain_text(NUMBER)
        await type_in(page, FIRE)
        await expect(page.locator("#now")).to_contain_text("Get out now.")

        way.is_cut = False
        await expect(page.get_by_role("alert")).to_be_empty()
        await expect(page.locator("#urgency")).to_have_text("Critical")
        await type_in(page, "it is spreading")
        await expect(page.locator("#log li.you")).to_have_count(2)


async def test_words_that_reach_nobody_stay_in_the_box_and_name_the_number(monkeypatch, tmp_path):
    way = Cuttable()
    async with (
        served(monkeypatch, tmp_path, speech=WrittenSpeech()) as (url, _),
        browsing() as page,
    ):
        await page.route_web_socket("**/call/audio", way.carry)
        await page.route("**/call/words", lambda route: route.abort())
        await open_call(page, url)
        await way.cut()
        await type_in(page, FIRE)

        await expect(page.get_by_role("alert")).to_contain_text("did not get through")
        await expect(page.locator("#words-typed")).to_have_value(FIRE)


async def test_where_this_machine_cannot_hear_the_caller_types(monkeypatch, tmp_path):
    speech = WrittenSpeech(is_ready=False)
    async with served(monkeypatch, tmp_path, speech=speech) as (url, _), browsing() as page:
        await page.goto(f"{url}/call")
        await page.click("#big")
        await expect(page.get_by_role("alert")).to_contain_text("Speech does not work")
        await type_in(page, FIRE)
        await expect(page.locator("#now")).to_contain_text("Get out now.")


async def test_the_code_comes_with_the_link_or_is_asked_for(monkeypatch, tmp_path):
    env = {"AURORA_CALL_CODE": "correct-horse"}
    async with served(monkeypatch, tmp_path, env, speech=WrittenSpeech()) as (url, _):
        async with browsing() as page:
            await page.goto(f"{url}/call#code=correct-horse")
            await expect(page).to_have_url(f"{url}/call")
            await page.click("#big")
            await expect(page.locator("#now")).to_contain_text("What is happening?")
        async with browsing() as page:
            await page.goto(f"{url}/call")
            await page.click("#big")
            await expect(page.get_by_role("alert")).to_contain_text(NUMBER)
            await page.fill("#code", "correct-horse")
            await page.press("#code", "Enter")
            await expect(page.locator("#now")).to_contain_text("What is happening?")


async def test_ending_takes_two_presses_and_the_page_can_call_again(monkeypatch, tmp_path):
    async with (
        served(monkeypatch, tmp_path, speech=WrittenSpeech()) as (url, _),
        browsing() as page,
    ):
        await open_call(page, url)
        await page.click("#end")
        await expect(page.locator("#end")).to_have_text("Press again to end")
        await expect(page.locator("#big")).not_to_have_attribute("data-state", "again")
        await page.click("#end")
        await expect(page.locator("#big")).to_have_attribute("data-state", "again")
        await page.click("#big")
        await expect(page.locator("#now")).to_contain_text("What is happening?")


async def test_the_page_speaks_the_language_the_caller_chooses(monkeypatch, tmp_path):
    async with (
        served(monkeypatch, tmp_path, speech=WrittenSpeech()) as (url, _),
        browsing() as page,
    ):
        await page.goto(f"{url}/call")
        await page.select_option("#language", "de")
        await expect(page.locator("#state")).to_have_text("Drücken und sprechen")
        await page.click("#big")
        await expect(page.locator("#now")).to_contain_text("Was ist passiert?")
        assert await page.get_attribute("html", "lang") == "de"
        assert await page.get_attribute("#now", "lang") == "de"


async def test_the_front_page_leads_to_it(monkeypatch, tmp_path):
    async with (
        served(monkeypatch, tmp_path, speech=WrittenSpeech()) as (url, _),
        browsing() as page,
    ):
        await page.goto(url)
        await page.get_by_role("link", name="Call Aurora from this browser").click()
        await expect(page.locator("#big")).to_be_visible()


async def test_aurora_is_on_the_line_while_the_browser_asks_for_the_microphone(
    monkeypatch, tmp_path
):
    async with (
        served(monkeypatch, tmp_path, speech=WrittenSpeech()) as (url, _),
        browsing() as page,
    ):
        await page.add_init_script(
            "navigator.mediaDevices.getUserMedia = () => new Promise(() => {})"
        )
        await open_call(page, url)
        await expect(page.locator("#big")).to_have_attribute("data-state", "allow")
        await type_in(page, FIRE)
        await expect(page.locator("#now")).to_contain_text("Get out now.")


async def test_what_is_said_before_the_line_is_open_is_not_lost(monkeypatch, tmp_path):
    frames: list[int] = []
    routes: list[WebSocketRoute] = []

    def answer_late(route: WebSocketRoute) -> None:
        routes.append(route)
        route.on_message(lambda sent: frames.append(len(sent)) if isinstance(sent, bytes) else None)

    async with (
        served(monkeypatch, tmp_path, speech=WrittenSpeech()) as (url, _),
        browsing() as page,
    ):
        await page.route_web_socket("**/call/audio", answer_late)
        await page.add_init_script(KNOWS_ITS_SOUND)
        await page.goto(f"{url}/call")
        await page.click("#big")
        await page.wait_for_function(
            "() => document.getElementById('big').dataset.state != 'allow'"
        )
        [route] = await until(lambda: routes)
        begun_s = await page.evaluate("sound.currentTime")
        await page.wait_for_function("(s) => sound.currentTime >= s", arg=begun_s + SPOKEN_S)
        # What comes from here on is what was kept: the microphone gives no more.
        await page.evaluate("sound.suspend()")
        assert frames == []

        route.send('{"type": "call"}')
        await expect(page.locator("#big")).to_have_attribute("data-state", "listening")
        await until(lambda: len(frames) >= 50)

    assert set(frames) == {320}
