"""The page behind a signed link: looking changes nothing, forged and old links are refused."""

import re

import httpx2
import pytest
from structlog.testing import capture_logs

from aurora.escalation.acknowledgement import VALID_FOR, Tokens, make_link
from aurora.escalation.brief import AlertKind
from aurora.escalation.incident import Answer, Source
from aurora.lines.acknowledge import MOST_WRONG_LINKS
from aurora.site.model import LANGUAGES
from tests.alerts import BRIEF, CODE
from tests.answer_desk import MemoryDesk, medic
from tests.integration.escalation.answering import PUBLIC, Answering, answering


def path_of(line: Answering, contact: str = "medic") -> str:
    return make_link(line.tokens, PUBLIC, "incident_1", contact).removeprefix(PUBLIC)


def form_of(page: httpx2.Response) -> str:
    found = re.search(r'name="form" value="([0-9a-f]+)"', page.text)
    assert found
    return found[1]


async def press(line: Answering, answer: str, path: str | None = None) -> httpx2.Response:
    """Open the page and press a button, as a browser without scripts does."""
    path = path or path_of(line)
    page = await line.client.get(path)
    return await line.client.post(path, data={"form": form_of(page), "answer": answer})


def answers(line: Answering) -> list[Answer]:
    return [reply.answer for reply in line.desk.replies.values()]


async def test_the_page_shows_the_alert_and_two_buttons_and_needs_no_script():
    async with answering() as line:
        page = await line.client.get(path_of(line))

    assert page.status_code == 200
    assert BRIEF in page.text
    assert CODE in page.text
    assert page.text.count("<button") == 2
    assert "I am coming" in page.text
    assert "I cannot" in page.text
    assert "<script" not in page.text
    assert "script-src" not in page.headers["content-security-policy"]


async def test_looking_never_answers_mail_services_fetch_links():
    async with answering() as line:
        path = path_of(line)
        for method in ("GET", "HEAD", "OPTIONS", "PUT", "DELETE"):
            for _ in range(5):
                await line.client.request(method, path)
                await line.client.request(method, f"{path}?answer=accept&form={'a' * 16}")

    assert answers(line) == []


async def test_a_button_answers_and_the_page_then_says_so():
    async with answering() as line:
        pressed = await press(line, "accept")
        after = await line.client.get(f"/ack/{pressed.headers['location'].removeprefix('./')}")

    reply = next(iter(line.desk.replies.values()))
    assert pressed.status_code == 303
    assert (reply.answer, reply.source) == (Answer.ACCEPT, Source.LINK)
    assert "Recorded: you are coming." in after.text
    assert "You can still change your answer." in after.text


async def test_the_page_leads_back_to_itself_under_any_prefix():
    async with answering() as line:
        pressed = await press(line, "accept")
        page = await line.client.get(path_of(line))

    assert pressed.headers["location"].startswith("./")
    assert 'href="../static/acknowledge.css"' in page.text


async def test_pressed_twice_it_is_one_answer_and_a_change_of_mind_is_another():
    async with answering() as line:
        page = await line.client.get(path_of(line))
        for _ in range(3):
            await line.client.post(path_of(line), data={"form": form_of(page), "answer": "accept"})
        assert answers(line) == [Answer.ACCEPT]
        await press(line, "decline")
        await press(line, "accept")

    assert answers(line) == [Answer.ACCEPT, Answer.DECLINE, Answer.ACCEPT]


async def test_a_link_speaks_for_its_own_contact_alone():
    desk = MemoryDesk([medic(), medic(contact_id="supervisor")])
    async with answering(desk) as line:
        await press(line, "accept", path_of(line, "supervisor"))

    assert [reply.contact_id for reply in line.desk.replies.values()] == ["supervisor"]


@pytest.mark.parametrize(
    "forged",
    [
        "incident_1~medic",
        "incident_1~medic.aaaaaa.bbbbbbbbbbbbbbbbbbbbbbbbbb",
        "%00",
        "..%2f..",
        "a" * 2_000,
    ],
)
async def test_a_forged_link_is_refused_and_logged(forged):
    async with answering() as line:
        with capture_logs() as logs:
            shown = await line.client.get(f"/ack/{forged}")
            pressed = await line.client.post(
                f"/ack/{forged}", data={"form": "a" * 16, "answer": "accept"}
            )

    assert {shown.status_code, pressed.status_code} <= {403, 404}
    assert answers(line) == []
    refused = [log["reason"] for log in logs if log["event"] == "acknowledgement_refused"]
    assert set(refused) <= {"forged"}
    assert shown.status_code == 404 or refused


async def test_a_link_signed_with_another_key_is_refused():
    async with answering() as line:
        others = make_link(Tokens(b"o" * 32, line.clock), PUBLIC, "incident_1", "medic")
        page = await line.client.get(others.removeprefix(PUBLIC))

    assert page.status_code == 403
    assert "This link is not valid" in page.text
    assert "+12025550100" in page.text


async def test_an_old_link_is_refused_and_says_whom_to_phone():
    async with answering() as line:
        path = path_of(line)
        form = form_of(await line.client.get(path))
        line.clock.now += VALID_FOR * 2
        shown = await line.client.get(path)
        pressed = await line.client.post(path, data={"form": form, "answer": "accept"})

    assert (shown.status_code, pressed.status_code) == (403, 403)
    assert "This link has expired" in shown.text
    assert answers(line) == []


async def test_a_link_to_an_incident_that_nobody_knows_is_refused():
    async with answering(MemoryDesk([])) as line:
        assert (await line.client.get(path_of(line))).status_code == 403


async def test_many_wrong_links_are_held_back_and_a_right_one_never_is():
    async with answering() as line:
        statuses = [
            (await line.client.get(f"/ack/wrong-{number}")).status_code
            for number in range(MOST_WRONG_LINKS + 3)
        ]
        right = await line.client.get(path_of(line))

    assert statuses == [403] * MOST_WRONG_LINKS + [429] * 3
    assert right.status_code == 200


async def test_what_is_over_takes_no_more_answers():
    async with answering(MemoryDesk([medic(is_open=False)])) as line:
        page = await line.client.get(path_of(line))

    assert "This alert is over" in page.text
    assert "<button" not in page.text


async def test_a_drill_is_marked():
    async with answering(MemoryDesk([medic(is_drill=True)])) as line:
        assert "DRILL" in (await line.client.get(path_of(line))).text


async def test_words_of_a_caller_stay_words():
    async with answering(MemoryDesk([medic(brief='<img src=x onerror="a()"> & fire')])) as line:
        page = await line.client.get(path_of(line))

    assert "&lt;img src=x" in page.text
    assert "<img" not in page.text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "kind_and_desk", [(AlertKind.PAGE, False), (AlertKind.PAGE, True), (AlertKind.TEST, False)]
)
async def test_every_language_has_its_page(language, kind_and_desk):
    kind, is_desk = kind_and_desk
    desk = MemoryDesk([medic(language=language, kind=kind, is_desk=is_desk)])
    async with answering(desk) as line:
        page = await line.client.get(path_of(line))
        pressed = await press(line, "accept")

    assert f'<html lang="{language}">' in page.text
    assert "{" not in page.text
    assert pressed.status_code == 303


async def test_a_refusal_speaks_the_browsers_language():
    async with answering() as line:
        page = await line.client.get("/ack/wrong", headers={"Accept-Language": "pl, de-AT;q=0.9"})

    assert "Dieser Link ist ungültig" in page.text


async def test_an_answer_that_cannot_be_kept_is_not_confirmed():
    async with answering() as line:
        form = form_of(await line.client.get(path_of(line)))
        line.desk.is_broken = True
        pressed = await line.client.post(path_of(line), data={"form": form, "answer": "accept"})

    assert pressed.status_code == 503
    assert "could NOT be recorded" in pressed.text


@pytest.mark.parametrize("data", [{}, {"form": "a" * 16}, {"form": "x", "answer": "accept"}])
async def test_a_form_that_is_not_the_pages_own_is_refused(data):
    async with answering() as line:
        assert (await line.client.post(path_of(line), data=data)).status_code in (400, 422)

    assert answers(line) == []


async def test_the_page_is_kept_by_nobody_and_framed_by_nobody():
    async with answering() as line:
        headers = (await line.client.get(path_of(line))).headers

    assert headers["cache-control"] == "no-store"
    assert headers["referrer-policy"] == "no-referrer"
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "noindex" in headers["x-robots-tag"]
