"""A responder who accepted is there: by text message, by the signed link and over the API.

The line, its webhooks and its pages are real, with Twilio's stand-in on the other side; the link is
opened in Chromium. What is forged, comes again or belongs to another incident changes nothing.
"""

import re
import secrets
from collections.abc import AsyncIterator

import httpx2
import pytest
from playwright.async_api import expect
from structlog.testing import capture_logs

from aurora.accounts.person import Role
from aurora.escalation.acknowledgement import Tokens, make_link
from aurora.escalation.incident import Answer, Incident
from aurora.parts import now
from tests.e2e.chromium import browsing
from tests.hurried_site import hurried_site
from tests.reached_line import API_TOKEN, LINE, PUBLIC, ReachedLine, reached_line
from tests.signing_in import signed_in
from tests.waiting import until

FIRE = "There is a fire in zone A and Tom is badly burned"
OTHER_CALLER = "+12025550152"
ELSEWHERE = "There is a gas leak in zone C"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Who does not pick up is written to in the second round, which comes soon."""
    paging = {"wait_s": {"critical": 0.3, "urgent": 0.3}}
    return hurried_site(tmp_path_factory.mktemp("arrived"), paging=paging)


@pytest.fixture
async def line(monkeypatch, tmp_path, site: str) -> AsyncIterator[ReachedLine]:
    async with reached_line(monkeypatch, tmp_path, {"AURORA_SITE": site}) as opened:
        yield opened


async def paged(line: ReachedLine, words: str = FIRE, number: str | None = None) -> Incident:
    """Let a caller say these words; return their incident once its medic was written to."""
    known = {one.id for one in await line.parts.answers.incidents()}
    caller = line.caller(number) if number else line.caller()
    await caller.ring()
    await caller.say(words)

    async def written_to() -> list[Incident]:
        new = [one for one in await line.parts.answers.incidents() if one.id not in known]
        return [one for one in new if responder(line, one)]

    return (await until(written_to))[0]


def texted(line: ReachedLine, one: Incident) -> set[str]:
    """The telephones of those who were sent a text message with this incident's code."""
    return {sent.fields["To"] for sent in line.texts(one.code)}


def responder(line: ReachedLine, one: Incident) -> str:
    """The telephone of somebody paged for it who comes, and is no desk."""
    coming = [who for who in one.responders.values() if not who.is_desk]
    numbers = [line.parts.rooms.site.contact(who.contact_id).number for who in coming]
    return next((number for number in numbers if number in texted(line, one)), "")


def contact_of(line: ReachedLine, number: str) -> str:
    return next(one.id for one in line.parts.rooms.site.contacts if one.phone == number)


def link_to(line: ReachedLine, one: Incident, number: str) -> str:
    """The address in the message that this telephone was sent, as this machine answers it."""
    [*_, sent] = [text for text in line.texts(one.code) if text.fields["To"] == number]
    found = re.search(rf"{PUBLIC}(/ack/\S+)", sent.body)
    assert found, sent.body
    return line.url + found[1]


async def incident(line: ReachedLine, one: Incident) -> Incident:
    found = await line.parts.answers.incident(one.id)
    assert found is not None
    return found


async def answer_of(line: ReachedLine, one: Incident, number: str) -> Answer | None:
    return (await incident(line, one)).answer_of(contact_of(line, number))


async def acknowledge(
    line: ReachedLine, one: Incident, contact: str, answer: str, token: str = API_TOKEN
) -> httpx2.Response:
    return await line.client.post(
        f"{line.url}/api/incidents/{one.id}/acknowledge",
        json={"contact": contact, "answer": answer},
        headers={"Authorization": f"Bearer {token}"},
    )


async def is_on_record(line: ReachedLine, call_id: str, answer: str) -> bool:
    told = await line.parts.records.events(call_id)
    return any(event.details.get("answer") == answer for event in told)


def events(logs: list[dict[str, object]]) -> set[object]:
    return {entry["event"] for entry in logs}


async def test_arrived_by_text_message(line: ReachedLine) -> None:
    one = await paged(line)
    number = responder(line, one)
    await line.phones.text(number, LINE, f"ACK {one.code}")
    sid = f"SM{secrets.token_hex(16)}"
    back = await line.phones.text(number, LINE, f"HERE {one.code}", sid=sid)
    assert back == "Recorded: you have arrived."
    assert await answer_of(line, one, number) is Answer.ARRIVED

    # What comes after they had to leave is a message of before.
    await line.phones.text(number, LINE, f"NO {one.code}")
    with capture_logs() as logs:
        replayed = await line.phones.text(number, LINE, f"HERE {one.code}", sid=sid)
    assert replayed is None
    assert "answer_repeated" in events(logs)
    assert await answer_of(line, one, number) is Answer.DECLINE


async def test_arrived_by_text_message_of_somebody_else_or_unsigned_is_refused(
    line: ReachedLine,
) -> None:
    one = await paged(line)
    number = responder(line, one)
    await line.phones.text(number, LINE, f"ACK {one.code}")
    forged = {"MessageSid": "SM1", "From": number, "To": LINE, "Body": f"HERE {one.code}"}
    with capture_logs() as logs:
        unsigned = await line.client.post(f"{line.url}/incoming-message", data=forged)
        stranger = await line.phones.text("+12025550199", LINE, f"HERE {one.code}")
        guessed = await line.phones.text(number, LINE, "HERE K7M3QF")

    assert unsigned.status_code == 403
    assert stranger is None
    assert guessed is not None
    assert "Recorded" not in guessed
    assert {"code_refused", "signature_refused"} <= events(logs)
    assert await answer_of(line, one, number) is Answer.ACCEPT


async def test_arrived_for_one_incident_is_not_arrived_for_another(line: ReachedLine) -> None:
    one = await paged(line)
    other = await paged(line, ELSEWHERE, OTHER_CALLER)
    shared = sorted(await until(lambda: texted(line, one) & texted(line, other)))
    for both in (one, other):
        await line.phones.text(shared[0], LINE, f"ACK {both.code}")
    await line.phones.text(shared[0], LINE, f"HERE {one.code}")

    assert await answer_of(line, one, shared[0]) is Answer.ARRIVED
    assert await answer_of(line, other, shared[0]) is Answer.ACCEPT


async def test_arrived_by_the_signed_link_and_the_board_says_so(line: ReachedLine) -> None:
    one = await paged(line)
    number = responder(line, one)
    session = (await signed_in(line.parts, Role.OPERATOR))["Cookie"].partition("=")[2]
    async with browsing() as page:
        await page.goto(link_to(line, one, number))
        await expect(page.get_by_role("button", name="I have arrived")).to_have_count(0)
        await page.get_by_role("button", name="I am coming").click()
        await expect(page.get_by_role("status")).to_contain_text("you are coming")
        await page.get_by_role("button", name="I have arrived").click()
        await expect(page.get_by_role("status")).to_contain_text("you have arrived")
        cookie = {"name": "aurora-session", "value": session, "url": line.url}
        await page.context.add_cookies([cookie])  # type: ignore[list-item]
        await page.goto(f"{line.url}/console")
        await expect(page.locator(".alerted .arrived")).to_contain_text("is there")

    assert await answer_of(line, one, number) is Answer.ARRIVED


async def test_a_link_that_is_forged_replayed_or_anothers_says_nobody_is_there(
    line: ReachedLine,
) -> None:
    one = await paged(line)
    number = responder(line, one)
    address = link_to(line, one, number)
    page = await line.client.get(address)
    form = re.search(r'name="form" value="([0-9a-f]+)"', page.text)
    assert form

    async def press(where: str, answer: str, form_id: str = form[1]) -> httpx2.Response:
        return await line.client.post(where, data={"form": form_id, "answer": answer})

    await press(address, "accept")
    # As an attacker would sign it, and ours with another's name in it.
    stranger = Tokens(b"another key, of 32 characters ok", now)
    forged = make_link(stranger, line.url, one.id, contact_of(line, number))
    changed = address.replace(contact_of(line, number), "safety_officer_2")
    with capture_logs() as logs:
        refused = [await press(where, "arrived") for where in (forged, changed)]
    assert [answer.status_code for answer in refused] == [403, 403]
    assert "acknowledgement_refused" in events(logs)
    assert await answer_of(line, one, number) is Answer.ACCEPT

    # The button of a page that was answered, sent again after a change of mind.
    await press(address, "arrived", "a" * 16)
    await press(address, "decline", "b" * 16)
    replayed = await press(address, "arrived", "a" * 16)
    assert replayed.status_code == 303
    assert await answer_of(line, one, number) is Answer.DECLINE


async def test_arrived_over_the_api_and_only_by_who_may(line: ReachedLine) -> None:
    one = await paged(line)
    number = responder(line, one)
    who = contact_of(line, number)
    await acknowledge(line, one, who, "accept")
    with capture_logs() as logs:
        forged = await acknowledge(line, one, who, "arrived", token="not-the-token")
        unknown = await acknowledge(line, one, "somebody_else", "arrived")
    assert (forged.status_code, unknown.status_code) == (401, 404)
    assert "api_token_refused" in events(logs)
    assert await answer_of(line, one, number) is Answer.ACCEPT

    arrived = await acknowledge(line, one, who, "arrived")
    assert arrived.json()["outcome"] == "recorded"
    assert await answer_of(line, one, number) is Answer.ARRIVED
    [call_id] = (await incident(line, one)).calls
    # It is noted beside the answer.
    await until(lambda: is_on_record(line, call_id, "arrived"))


async def test_a_desk_has_nowhere_to_arrive(line: ReachedLine) -> None:
    one = await paged(line)
    desk = next((who for who in one.responders.values() if who.is_desk), None)
    if desk is None:
        desk_id = line.parts.rooms.site.control_room
        await line.parts.answers.operators.take(one.id, "Ann")
    else:
        desk_id = desk.contact_id
    answer = await acknowledge(line, one, desk_id, "arrived")

    assert answer.status_code == 200
    assert (await incident(line, one)).answer_of(desk_id) is Answer.ACCEPT
