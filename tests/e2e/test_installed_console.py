"""The console installed on a telephone, in Chromium: alerts while it is closed, and no network."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from playwright.async_api import Page, Route, Worker, expect

from aurora.escalation.acknowledgement import Purpose
from aurora.escalation.incident import Answer
from tests.e2e.console_pages import PHONE, Console, console, looking_at
from tests.reached_line import until
from tests.waiting import PATIENT_S

ROLL = "**/console/muster/roll"
READY = "navigator.serviceWorker.ready.then(() => true)"
SHOWN = """async () => {
  const registration = await navigator.serviceWorker.ready;
  return (await registration.getNotifications()).map(({ title, body, actions, tag, lang }) =>
    ({ title, body, tag, lang, actions: actions.map(({ action }) => action) }));
}"""
NOTED = """() => {
  self.noted = [];
  const show = self.registration.showNotification.bind(self.registration);
  self.registration.showNotification = async (title, options) => {
    await show(title, options);
    const { body, tag, lang, actions } = options;
    self.noted.push({ title, body, tag, lang, actions: actions.map(({ action }) => action) });
  };
}"""
WANTED = """() => {
  document.addEventListener('htmx:beforeRequest', ({ detail }) => {
    if (detail.elt.id === 'roll') window.wanted += 1;
  });
}"""
"""Counts when the page would look at the roll, whether or not it does."""
PRESS = """async (action) => {
  const [notification] = await self.registration.getNotifications();
  self.dispatchEvent(new NotificationEvent('notificationclick', { notification, action }));
}"""


class Silent:
    """An address that is asked and does not answer; the test may answer later."""

    def __init__(self) -> None:
        self.asked: list[Route] = []

    async def __call__(self, route: Route) -> None:
        self.asked.append(route)


@pytest.fixture
async def shown(tmp_path: Path) -> AsyncIterator[Console]:
    async with console(tmp_path) as opened:
        yield opened


@pytest.fixture
async def phone(shown: Console) -> AsyncIterator[Page]:
    async with looking_at(shown, permissions=["notifications"], **PHONE) as page:
        await page.goto(f"{shown.url}/console/incidents")
        assert await page.evaluate(READY)
        await (await worker_of(page)).evaluate(NOTED)
        yield page


async def worker_of(page: Page) -> Worker:
    workers = page.context.service_workers
    return workers[0] if workers else await page.context.wait_for_event("serviceworker")


async def push(page: Page, shown: Console, alert: dict[str, Any]) -> None:
    """Deliver a message as the browser's push service does."""
    session = await page.context.new_cdp_session(page)
    found: list[str] = []

    def note(event: dict[str, Any]) -> None:
        found.extend(one["registrationId"] for one in event["registrations"])

    session.on("ServiceWorker.workerRegistrationUpdated", note)
    await session.send("ServiceWorker.enable")
    await until(lambda: found)
    message = {"origin": shown.url, "registrationId": found[0], "data": json.dumps(alert)}
    await session.send("ServiceWorker.deliverPushMessage", message)


async def alert_of(shown: Console) -> dict[str, Any]:
    """A page to the safety officer, as it comes out of its seal."""
    [incident, *_] = await shown.parts.answers.incidents()
    token = shown.parts.reach.tokens.make(Purpose.LINK, incident.id, "safety_officer")
    return {
        "title": "CRITICAL. Fire, Zone A",
        "body": "Somebody still inside.",
        "language": "en",
        "incident": incident.id,
        "at": 1_790_000_000_000,
        "is_urgent": True,
        "page": f"/console/incidents/{incident.id}",
        "answer": f"/ack/{token}",
        "form": "0123456789abcdef",
        "buttons": {"accept": "I am coming", "decline": "I cannot"},
        "recorded": {"accept": "Recorded: you are coming.", "decline": "Recorded: you cannot."},
        "not_recorded": "Your answer could NOT be recorded. Phone +12025550100.",
    }


async def notifications(page: Page, words: str) -> list[dict[str, Any]]:
    """Wait for a notification with these words; return all that are there with it."""
    worker = await worker_of(page)

    async def found() -> list[dict[str, Any]]:
        there = await page.evaluate(SHOWN)
        if any(words in one["body"] for one in there):
            return list(there)
        # Without a screen Chromium soon puts away what need not stay: it was shown all the same.
        return [one for one in await worker.evaluate("self.noted") if words in one["body"]]

    return await until(found)


async def test_an_alert_is_shown_and_answered_without_opening_the_page(
    shown: Console, phone: Page
) -> None:
    alert = await alert_of(shown)
    await push(phone, shown, alert)
    (notification,) = await notifications(phone, "Somebody still inside.")
    assert notification["title"] == "CRITICAL. Fire, Zone A"
    assert notification["actions"] == ["accept", "decline"]
    await (await worker_of(phone)).evaluate(PRESS, "accept")
    (recorded,) = await notifications(phone, "Recorded: you are coming.")

    incident = await shown.parts.answers.incident(alert["incident"])
    assert incident is not None
    assert incident.answer_of("safety_officer") is Answer.ACCEPT
    assert recorded["actions"] == []


async def test_an_answer_that_was_not_recorded_is_told_so_and_can_be_given_again(
    shown: Console, phone: Page
) -> None:
    alert = await alert_of(shown)
    await push(phone, shown, {**alert, "answer": "/ack/forged"})
    await notifications(phone, "Somebody still inside.")
    await (await worker_of(phone)).evaluate(PRESS, "accept")
    (told,) = await notifications(phone, "could NOT be recorded")

    assert "Phone +12025550100" in told["body"]
    assert told["actions"] == ["accept", "decline"]


async def test_a_newer_alert_of_the_same_incident_takes_the_place_of_the_older(
    shown: Console, phone: Page
) -> None:
    alert = await alert_of(shown)
    await push(phone, shown, alert)
    await notifications(phone, "Somebody still inside.")
    await push(phone, shown, {**alert, "body": "Everybody is out."})

    assert len(await notifications(phone, "Everybody is out.")) == 1


async def test_without_a_network_the_page_says_so_and_gives_the_numbers(
    shown: Console, phone: Page
) -> None:
    await phone.reload()
    await phone.context.set_offline(True)
    await phone.goto(f"{shown.url}/console/muster")
    heading = phone.get_by_role("heading", name="This telephone is offline")
    await expect(heading).to_be_visible()
    await expect(phone.get_by_role("link", name="112")).to_have_attribute("href", "tel:112")
    styled = "getComputedStyle(document.querySelector('a.alarm')).backgroundColor"
    assert await phone.evaluate(styled) == "rgb(168, 16, 26)"

    await phone.context.set_offline(False)
    await expect(phone.get_by_role("heading", name="Muster", exact=True)).to_be_visible()


async def test_a_check_in_without_a_network_says_so_and_is_sent_when_there_is_one(
    shown: Console, phone: Page
) -> None:
    await phone.goto(f"{shown.url}/console/muster")
    await phone.get_by_text("Say something else").click()
    await phone.context.set_offline(True)
    await phone.get_by_role("button", name="I am not on site").click()
    await expect(phone.get_by_text("NOT sent: no connection.")).to_be_visible()
    await phone.context.set_offline(False)

    await expect(phone.get_by_text("Recorded: you are not on site.")).to_be_visible()


async def test_a_check_in_that_nobody_answers_or_can_record_is_sent_again(
    shown: Console, phone: Page
) -> None:
    await phone.goto(f"{shown.url}/console/muster")
    await phone.get_by_text("Say something else").click()
    asked: list[Route] = []

    async def on_a_bad_day(route: Route) -> None:
        asked.append(route)
        if len(asked) == 2:
            await route.fulfill(status=503, json={"detail": "The record cannot be written."})
        if len(asked) > 2:
            await route.continue_()

    await phone.context.route("**/console/muster/check-in", on_a_bad_day)
    await phone.get_by_role("button", name="I am not on site").click()
    not_sent = phone.get_by_text("NOT sent: no connection.")
    await expect(not_sent).to_be_visible(timeout=PATIENT_S * 1000)

    recorded = phone.get_by_text("Recorded: you are not on site.")
    await expect(recorded).to_be_visible(timeout=PATIENT_S * 1000)
    assert len(asked) == 3


async def test_a_check_in_takes_the_place_that_was_chosen_and_the_location_if_allowed(
    shown: Console,
) -> None:
    where = {"latitude": 40.4168, "longitude": -3.7038, "accuracy": 9}
    async with looking_at(shown, permissions=["geolocation"], geolocation=where, **PHONE) as page:
        await page.goto(f"{shown.url}/console/muster")
        await page.get_by_text("Say something else").click()
        await page.get_by_label("Where are you?").select_option("zone:b")
        await page.get_by_label("Send this telephone's location too").check()
        await page.get_by_role("button", name="I am safe").click()
        await expect(page.get_by_text("Zone B · with your location")).to_be_visible()
        await expect(page.locator("#roll")).to_contain_text("40.41680, -3.70380")


async def test_the_roll_follows_what_others_say_and_keeps_the_keyboard_where_it_is(
    shown: Console, phone: Page
) -> None:
    await phone.goto(f"{shown.url}/console/muster")
    roll = phone.locator("#roll")
    button = roll.get_by_role("button", name="Seen, safe: Sam Example")
    await button.focus()
    as_of = await roll.locator(".counts .quiet").text_content()
    await expect(roll.locator(".counts .quiet")).not_to_have_text(as_of or "")
    await expect(button).to_be_focused()
    await phone.keyboard.press("Enter")

    await expect(roll.get_by_role("list", name="Safe")).to_contain_text("Sam Example")


async def test_a_mark_pressed_the_moment_its_row_came_is_sent_all_the_same(
    shown: Console, phone: Page
) -> None:
    await phone.goto(f"{shown.url}/console/muster")
    roll = phone.locator("#roll")
    await roll.get_by_role("button", name="Seen, safe: Night supervisor").evaluate(
        """button => {
             const place = button.form;
             place.replaceWith(place.cloneNode(true));
             document.querySelector(`#roll [aria-label="${button.ariaLabel}"]`).click();
           }"""
    )

    await expect(roll.get_by_role("list", name="Safe")).to_contain_text("Night supervisor")
    assert phone.url == f"{shown.url}/console/muster"


async def test_a_roll_that_is_out_of_date_says_so(shown: Console, phone: Page) -> None:
    await phone.goto(f"{shown.url}/console/muster")
    stale = phone.get_by_text("this roll is NOT up to date")
    await expect(stale).to_be_hidden()
    await phone.context.set_offline(True)
    await expect(stale).to_be_visible()
    await phone.context.set_offline(False)
    await expect(stale).to_be_hidden()


async def test_a_roll_that_nobody_answers_for_says_that_it_is_not_up_to_date(
    shown: Console, phone: Page
) -> None:
    await phone.goto(f"{shown.url}/console/muster")
    stale = phone.get_by_text("this roll is NOT up to date")
    await expect(stale).to_be_hidden()
    silent = Silent()
    await phone.context.route(ROLL, silent)
    await expect(stale).to_be_visible(timeout=PATIENT_S * 1000)
    assert silent.asked, "the roll was asked for, and nobody answered"
    await phone.context.unroute(ROLL)
    await expect(stale).to_be_hidden(timeout=PATIENT_S * 1000)


async def test_while_a_mark_is_on_its_way_nobody_looks_at_a_roll_without_it(
    shown: Console, phone: Page
) -> None:
    await phone.goto(f"{shown.url}/console/muster")
    mark, looks = Silent(), 0
    await phone.evaluate(WANTED)

    async def look(route: Route) -> None:
        nonlocal looks
        looks += 1
        await route.continue_()

    async def is_due() -> bool:
        return bool(await phone.evaluate("window.wanted >= 2"))

    await phone.context.route("**/console/muster/mark", mark)
    await phone.locator("#roll").get_by_role("button", name="Seen, safe: Sam Example").click()
    await until(lambda: mark.asked)
    await phone.context.route(ROLL, look)
    await phone.evaluate("window.wanted = 0")
    await until(is_due, within_s=PATIENT_S)
    looks_meanwhile = looks
    await mark.asked[0].continue_()

    await expect(phone.locator("#roll").get_by_role("list", name="Safe")).to_contain_text(
        "Sam Example"
    )
    await until(lambda: looks > 0, within_s=PATIENT_S)
    assert looks_meanwhile == 0


async def test_the_page_of_an_incident_is_answered_by_keyboard(shown: Console, phone: Page) -> None:
    [incident, *_] = await shown.parts.answers.incidents()
    await phone.goto(f"{shown.url}/console/incidents/{incident.id}")
    await phone.get_by_role("button", name="I am coming").focus()
    await phone.keyboard.press("Enter")
    await expect(phone.get_by_text("Recorded: you are coming.")).to_be_visible()
    await expect(phone.get_by_role("button", name="I have arrived")).to_be_visible()


async def test_everything_a_browser_checks_before_installing_is_there(
    shown: Console, phone: Page
) -> None:
    session = await phone.context.new_cdp_session(phone)
    manifest = await session.send("Page.getAppManifest")
    faults = await session.send("Page.getInstallabilityErrors")

    assert manifest["errors"] == []
    names = {one["errorId"] for one in faults["installabilityErrors"]}
    assert names <= {"in-incognito"}, "a test's own window is never installed from"
    async with httpx2.AsyncClient(timeout=PATIENT_S) as client:
        assert (await client.get(manifest["url"])).json()["start_url"] == "/console/incidents"
