"""A test of the call tree: everybody by every way; confirmed by key, text, link; who is missing."""

import asyncio
import re
import sys
from datetime import UTC, datetime, timedelta

import pytest

from aurora.escalation.communication_test import Order
from tests.hurried_site import hurried_site
from tests.reached_line import API_TOKEN, LINE, ReachedLine, reached_line, until
from tests.waiting import PATIENT_S

SUPERVISOR, NIGHT = "+12025550101", "+12025550108"
MEDIC, SECOND = "+12025550105", "+12025550109"
AUTHORISED = {"Authorization": f"Bearer {API_TOKEN}"}
TESTS = "/api/escalation/tests"


@pytest.fixture
async def line(monkeypatch, tmp_path):
    async with reached_line(monkeypatch, tmp_path) as opened:
        yield opened


async def begun(line: ReachedLine, **order: object) -> str:
    body = {"by": "Ann Officer", "roles": ["supervisor", "medical"], "wait_s": 30} | order
    answer = await line.client.post(f"{line.url}{TESTS}", json=body, headers=AUTHORISED)
    assert answer.status_code == 202, answer.text
    return str(answer.json()["id"])


async def found(line: ReachedLine, test_id: str):
    answer = await line.client.get(f"{line.url}{TESTS}/{test_id}", headers=AUTHORISED)
    return answer.json()


async def ended(line: ReachedLine, test_id: str):
    shown = await found(line, test_id)
    while shown["ended_at"] is None:
        shown = await found(line, test_id)
    return shown


def text_to(line: ReachedLine, number: str) -> str:
    [message] = [one for one in line.texts("TEST") if one.fields["To"] == number]
    return message.body


async def confirm_by_key(line: ReachedLine, number: str) -> str:
    await until(lambda: line.calls_to(number))
    heard = await line.phones.pick_up(line.calls_to(number)[0])
    return (await line.phones.press(heard, "1")).text


async def confirm_by_text(line: ReachedLine, number: str, word: str = "ACK") -> None:
    await until(lambda: [one for one in line.texts("TEST") if one.fields["To"] == number])
    code = re.search(r"ACK (\w{6})", text_to(line, number))
    assert code is not None
    await line.phones.text(number, LINE, f"{word} {code[1]}")


async def confirm_by_link(line: ReachedLine, number: str) -> None:
    await until(lambda: [one for one in line.texts("TEST") if one.fields["To"] == number])
    path = re.search(r"https://line\.example\.com(/ack/\S+)", text_to(line, number))
    assert path is not None
    page = await line.client.get(f"{line.url}{path[1]}")
    assert "Test received" in page.text
    form = re.search(r'name="form" value="(\w+)"', page.text)
    assert form is not None
    answer = {"form": form[1], "answer": "accept"}
    await line.client.post(f"{line.url}{path[1]}", data=answer)


async def test_everybody_confirms_by_key_text_and_link_and_it_ends_at_once(line) -> None:
    test_id = await begun(line, wait_s=120)
    said = await confirm_by_key(line, SUPERVISOR)
    await confirm_by_text(line, NIGHT)
    await confirm_by_link(line, MEDIC)
    await confirm_by_text(line, SECOND, "NO")
    async with asyncio.timeout(PATIENT_S):
        shown = await ended(line, test_id)

    assert said == "Recorded: the test reached you."
    assert shown["is_passed"]
    assert {one["contact"]: (one["by"], one["answer"]) for one in shown["people"]} == {
        "duty_supervisor": ("voice", "accept"),
        "night_supervisor": ("sms", "accept"),
        "medic": ("link", "accept"),
        "second_medic": ("sms", "decline"),
    }
    ways = {one["contact"]: one["routes"] for one in shown["people"]}
    assert {way["channel"]: way["result"] for way in ways["duty_supervisor"]} == {
        "sms": "sent",
        "voice": "confirmed",
    }
    assert shown["not_tested"] == ["emergency_desk"]


async def test_whoever_cannot_be_reached_is_named_with_the_ways_that_failed(line) -> None:
    line.twilio.refused_numbers[MEDIC] = 21211
    test_id = await begun(line, roles=["medical"], wait_s=10)
    await until(lambda: line.calls_to(SECOND))
    line.phones.end(line.calls_to(SECOND)[0], "no-answer")
    await line.phones.deliver()
    async with asyncio.timeout(PATIENT_S):
        shown = await ended(line, test_id)

    assert not shown["is_passed"]
    assert sorted(shown["unreachable"]) == ["medic", "second_medic"]
    ways = {one["contact"]: one["routes"] for one in shown["people"]}
    assert {way["channel"]: way["result"] for way in ways["medic"]} == {
        "sms": "failed",
        "voice": "failed",
    }
    assert "bad_number" in ways["medic"][0]["detail"]
    assert {way["channel"]: way["result"] for way in ways["second_medic"]}["voice"] == "no_answer"


async def test_every_message_says_test_and_nothing_else_happens(line) -> None:
    await begun(line)
    await until(lambda: len(line.twilio.messages) == 4 and len(line.twilio.calls) == 4)

    assert all("TEST" in one.body for one in line.twilio.messages.values())
    assert all("TEST" in one.fields["Twiml"] for one in line.twilio.calls.values())
    assert not line.told("CRITICAL")
    listed = await line.client.get(f"{line.url}/api/incidents", headers=AUTHORISED)
    assert listed.json()["incidents"] == []
    assert await line.parts.answers.incidents() == []


async def test_an_emergency_during_a_test_is_an_incident_of_its_own(line) -> None:
    test_id = await begun(line)
    caller = line.caller()
    await caller.ring()
    await caller.say("There is a fire in zone A")
    await until(lambda: line.told("CRITICAL"))

    [incident] = await line.parts.answers.incidents()
    assert incident.id != test_id
    assert not line.told("CRITICAL") & line.told("DRILL")


async def test_a_test_in_the_weekly_schedule_runs_once(monkeypatch, tmp_path) -> None:
    now = datetime.now(UTC) - timedelta(minutes=1)
    weekly = {"day": f"{now:%a}".lower(), "at": f"{now:%H:%M}", "roles": ["medical"]}
    site = hurried_site(tmp_path, communication_test=weekly)
    async with reached_line(monkeypatch, tmp_path, {"AURORA_SITE": site}) as line:
        for _ in range(3):
            await line.parts.tests.begin_due()
        await until(lambda: len(line.twilio.messages) == 2)
        [shown] = await line.parts.tests.results()

        assert shown.id == f"test_example_works_{now:%Y%m%d}"
        assert shown.by == "weekly schedule"


async def commanded(line: ReachedLine, *arguments: str) -> asyncio.subprocess.Process:
    """Run `aurora escalation test` for the medics."""
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "aurora", "escalation", "test", "--by", "Ann"),
        *("--role", "medical", "--port", line.url.rpartition(":")[2], *arguments),
        stdout=asyncio.subprocess.PIPE,
    )


async def test_the_command_prints_who_was_missed_and_fails(line) -> None:
    process = await commanded(line, "--wait", "3")
    await confirm_by_key(line, MEDIC)
    output, _ = await process.communicate()

    assert process.returncode == 1
    assert b"NOT REACHED" in output
    assert b"FAILED" in output


async def test_the_command_succeeds_when_everybody_confirms(line) -> None:
    process = await commanded(line, "--wait", "120")
    await confirm_by_key(line, MEDIC)
    await confirm_by_key(line, SECOND)
    output, _ = await process.communicate()

    assert process.returncode == 0
    assert b"passed" in output


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"by": ""}, "by"),
        ({"by": "Ann", "roles": ["pilot"]}, "roles"),
        ({"by": "A", "wait_s": 0}, "wait_s"),
    ],
)
async def test_a_wrong_order_names_the_field(line, body, field) -> None:
    answer = await line.client.post(f"{line.url}{TESTS}", json=body, headers=AUTHORISED)

    assert answer.status_code == 422
    assert field in answer.json()["detail"]


async def test_without_the_token_nobody_tests(line) -> None:
    assert (await line.client.post(f"{line.url}{TESTS}", json={"by": "A"})).status_code == 401


def test_orders_have_everybody_when_no_role_is_named() -> None:
    assert Order("Ann").roles == ()
