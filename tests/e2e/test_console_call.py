"""The page of one call in a real browser: live words, what happened, and an operator's acts."""

from playwright.async_api import Page, expect
from sqlalchemy import text

from aurora.levels import Urgency
from aurora.parts import Parts
from tests.e2e.console import FIRE, colleague, place, sign_in


async def open_call(page: Page, url: str, call_id: str, name: str = "Ann") -> None:
    await sign_in(page, url, name)
    await page.goto(f"{url}/console/calls/{call_id}")


async def press(page: Page, name: str) -> None:
    await page.locator("#part-head").get_by_role("button", name=name).click()


async def confirm(page: Page, name: str) -> None:
    await page.locator("#act").get_by_role("button", name=name).click()


async def test_words_come_as_they_are_recognised_and_stay_as_they_are_recorded(
    line: tuple[str, Parts], page: Page
) -> None:
    url, parts = line
    call_id = await place(url, FIRE)
    await open_call(page, url, call_id)
    transcript = page.locator("#part-transcript")
    await expect(transcript).to_contain_text("Get out now.")
    await expect(transcript).to_contain_text("answered in")
    parts.switchboard.hear_so_far(call_id, "three people are")
    await expect(page.locator("#partial")).to_have_text("three people are")
    await parts.switchboard.hear(call_id, "three people are hurt", lambda turn: turn.message)
    await expect(transcript.locator(".said .caller").nth(1)).to_contain_text(
        "three people are hurt"
    )
    await expect(page.locator("#partial")).to_be_hidden()
    await expect(page.locator("#part-head")).to_contain_text("People hurt")


async def test_a_call_whose_record_cannot_be_read_is_not_called_live_though_its_words_come(
    line: tuple[str, Parts], page: Page
) -> None:
    url, parts = line
    call_id = await place(url, FIRE)
    await open_call(page, url, call_id)
    link = page.locator("#link")
    await expect(link).to_have_class("fresh")

    beside = parts.records.beside
    away = text("ALTER TABLE messages RENAME TO messages_away")
    await beside.write(lambda connection: connection.execute(away))
    parts.switchboard.hear_so_far(call_id, "three people")
    await expect(link).to_have_class("stale")
    parts.switchboard.hear_so_far(call_id, "three people are")
    await expect(page.locator("#partial")).to_have_text("three people are")
    await expect(link).to_have_class("stale")

    back = text("ALTER TABLE messages_away RENAME TO messages")
    await beside.write(lambda connection: connection.execute(back))
    await expect(link).to_have_class("fresh")


async def test_lowering_asks_for_a_reason_and_stands_on_the_record_with_a_name(
    line: tuple[str, Parts], page: Page
) -> None:
    url, parts = line
    call_id = await place(url, FIRE)
    await open_call(page, url, call_id)
    await press(page, "Change urgency")
    await page.get_by_label("Normal").check()
    await confirm(page, "Change it")
    await expect(page.locator("#act .problem")).to_contain_text("Say why it is lowered")
    assert (await parts.switchboard.call(call_id)).urgency is Urgency.CRITICAL
    await page.fill("#reason", "a barbecue, seen on camera 4")
    await confirm(page, "Change it")
    await expect(page.locator("#part-head .urgency")).to_have_text("Normal")
    happened = page.locator(".happened")
    await expect(happened).to_contain_text("Ann lowered it from critical to normal: a barbecue")


async def test_of_two_operators_at_once_the_second_is_told_who_was_first(
    line: tuple[str, Parts], page: Page
) -> None:
    url, _ = line
    call_id = await place(url, FIRE)
    await open_call(page, url, call_id, "Ann")
    other = await colleague(page, url, "Bob")
    await open_call(other, url, call_id, "Bob")
    await press(page, "Change zone")
    await page.select_option("#zone", "c")
    await press(other, "Change zone")
    await other.select_option("#zone", "d")
    await confirm(other, "Change it")
    await expect(other.locator("#part-head")).to_contain_text("Zone D")
    await confirm(page, "Change it")
    await expect(page.locator("#act .problem")).to_contain_text("Bob changed the zone at")
    await page.keyboard.press("Escape")
    await press(page, "Change zone")
    await page.select_option("#zone", "c")
    await confirm(page, "Change it")
    await expect(page.locator("#part-head")).to_contain_text("Zone C")


async def test_a_note_and_an_end_are_kept_with_their_writer(
    line: tuple[str, Parts], page: Page
) -> None:
    url, parts = line
    call_id = await place(url, "where do visitors park")
    await open_call(page, url, call_id)
    await press(page, "Note")
    await page.fill("#text", "<b>gate 3</b> is open")
    await confirm(page, "Keep it")
    await expect(page.locator(".happened")).to_contain_text("Note by Ann: <b>gate 3</b> is open")
    await press(page, "End the call")
    await page.fill("#reason", "answered at the gate")
    await confirm(page, "End the call")
    await expect(page.locator(".happened")).to_contain_text("Ann ended the call")
    assert (await parts.switchboard.call(call_id)).ended_at is not None


async def test_one_touch_makes_a_call_critical_and_the_incident_is_taken_from_here(
    line: tuple[str, Parts], page: Page
) -> None:
    url, parts = line
    call_id = await place(url, "where do visitors park")
    await open_call(page, url, call_id)
    await press(page, "Make it critical")
    await expect(page.locator("#part-head .urgency")).to_have_text("Critical")
    incident = page.locator("#part-side .incident")
    await incident.get_by_role("button", name="Take it").click()
    await expect(incident).to_contain_text("entered by Ann")
    [kept] = await parts.answers.incidents()
    assert kept.accepted_by == [parts.rooms.site.control_room]
