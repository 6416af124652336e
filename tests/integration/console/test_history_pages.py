"""The history over real records: found, read, exported, and nothing in it runs or leaks."""

import csv
from collections.abc import AsyncIterator
from dataclasses import dataclass
from io import BytesIO, StringIO

import httpx2
import pypdf
import pytest

from aurora.accounts.audit import Sought
from aurora.accounts.person import Role
from aurora.console.history.exports import WHOLE_CALLS_AT_ONCE
from aurora.conversation.record import Entry, Event, Message
from aurora.parts import Parts
from aurora.records.call_record import check_document
from aurora.records.signing_key import signing_key
from tests.application import application
from tests.integration.records.made import AT, a_call
from tests.signing_in import signed_in

HISTORY = "/console/history"
ATTACK = "<script>alert(1)</script><img src=x onerror=alert(2)> '\"&"
FORMULA = '=HYPERLINK("http://evil.example","open me")'


@dataclass
class Reader:
    client: httpx2.AsyncClient
    parts: Parts
    headers: dict[str, str]

    async def get(self, address: str, status: int = 200) -> httpx2.Response:
        answer = await self.client.get(address, headers=self.headers)
        assert answer.status_code == status, answer.text
        return answer


@pytest.fixture
async def reader(monkeypatch, tmp_path) -> AsyncIterator[Reader]:
    async with application(monkeypatch, tmp_path) as (client, parts):
        yield Reader(client, parts, await signed_in(parts, Role.VIEWER, "Vera View"))


async def told(parts: Parts, number: int, *texts: str, **facts: object) -> str:
    call = a_call(number)
    for name, value in facts.items():
        setattr(call, name, value)
    words = [Message("user", text, AT, "critical") for text in texts]
    await parts.records.append(Entry(call, words, [Event("note", AT, {"text": ATTACK})]))
    return call.id


async def acts(parts: Parts) -> list[tuple[str, str, str]]:
    of_people = Sought(without="record.sealed")
    entries = await parts.accounts.audit.find(of_people, before=None, limit=20)
    return [(link.entry.who, link.entry.act, link.entry.subject) for link in entries]


async def test_a_callers_words_and_names_are_text_wherever_they_are_shown(reader):
    call_id = await told(reader.parts, 1, ATTACK, worker_name=ATTACK, from_number=ATTACK)

    for address in (HISTORY, f"{HISTORY}?q=alert", f"{HISTORY}/calls/{call_id}"):
        page = (await reader.get(address)).text
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert "&lt;script&gt;" in page or "&lt;<mark>script</mark>" in page
    assert "<script>alert" not in (await reader.get(f"{HISTORY}?q={ATTACK}")).text


async def test_a_search_finds_the_call_and_marks_the_words(reader):
    await told(reader.parts, 1, "smoke in the press shop")
    await told(reader.parts, 2, "the lights flicker")

    page = (await reader.get(f"{HISTORY}?q=SMOKE")).text

    assert "<mark>smoke</mark> in the press shop" in page
    assert "flicker" not in page


async def test_the_pdf_says_what_was_said_in_any_script_and_who_exported_it(reader):
    words = "Дым в цехе, ünïcode <b>& 火事"
    call_id = await told(reader.parts, 1, words)

    answer = await reader.get(f"{HISTORY}/calls/{call_id}/record.pdf")

    text = "".join(page.extract_text() for page in pypdf.PdfReader(BytesIO(answer.content)).pages)
    assert answer.headers["content-type"] == "application/pdf"
    assert "Дым в цехе, ünïcode <b>& [U+706B][U+4E8B]" in text
    assert "<script>alert(1)</script>" in text
    assert "Vera View" in text
    assert call_id in text
    assert ("Vera View", "record.exported", call_id) in await acts(reader.parts)


async def test_the_json_record_is_sealed_and_checks(reader, tmp_path):
    call_id = await told(reader.parts, 1, "smoke")

    answer = await reader.get(f"{HISTORY}/calls/{call_id}/record.json")

    checked = check_document(answer.content, signing_key(tmp_path))
    assert (checked.call_id, checked.problems, checked.is_sealed_here) == (call_id, [], True)
    page = (await reader.get(f"{HISTORY}/calls/{call_id}")).text
    assert answer.json()["record_sha256"] in page


async def test_a_csv_of_what_was_found_holds_no_formula_and_every_call(reader):
    for number in range(1, 204):
        await told(reader.parts, number, "smoke", worker_name=FORMULA)
    await told(reader.parts, 300, "lunch")

    answer = await reader.get(f"{HISTORY}/calls.csv?q=smoke")

    rows = list(csv.DictReader(StringIO(answer.content.decode("utf-8-sig"))))
    assert len(rows) == 203
    assert {row["caller_name"] for row in rows} == {f"'{FORMULA}"}
    assert ("Vera View", "calls.exported", "csv") in await acts(reader.parts)


async def test_a_json_of_what_was_found_has_the_originals_shape(reader):
    for number in range(1, 3):
        await told(reader.parts, number, f"smoke {number}")

    logs = (await reader.get(f"{HISTORY}/calls.json")).json()

    assert [log["call_sid"] for log in logs] == ["CA1", "CA2"]
    assert logs[0]["conversation"][0]["content"] == "smoke 1"
    assert [[event["kind"] for event in log["events"]] for log in logs] == [["note"], ["note"]]
    assert (await reader.get(f"{HISTORY}/calls.json?q=nothing")).json() == []


async def test_a_json_of_more_calls_than_are_read_at_once_holds_each_once(reader):
    numbers = range(1, 2 * WHOLE_CALLS_AT_ONCE + 4)
    for number in numbers:
        await told(reader.parts, number, f"smoke {number}")

    logs = (await reader.get(f"{HISTORY}/calls.json")).json()

    assert [log["call_sid"] for log in logs] == [f"CA{number}" for number in numbers]
    assert {len(log["events"]) for log in logs} == {1}


@pytest.mark.parametrize(
    "address",
    [f"{HISTORY}/calls/nope", f"{HISTORY}/calls/nope/record.pdf", f"{HISTORY}/calls/..%2f..%2fetc"],
)
async def test_what_is_not_on_record_is_not_found(reader, address):
    await told(reader.parts, 1, "smoke")

    answer = await reader.get(address, 404)

    assert "smoke" not in answer.text
    assert not any("exported" in act for _, act, _ in await acts(reader.parts))


async def test_what_is_asked_wrongly_is_named(reader):
    refused = await reader.get(f"{HISTORY}?from=soon", 422)
    assert "from" in refused.text
    reader.headers["Accept"] = "application/json"
    refused = await reader.get(f"{HISTORY}?from=soon", 422)
    assert refused.json()["field"] == "from"


async def test_nobody_reads_without_signing_in(reader):
    call_id = await told(reader.parts, 1, "smoke")

    for address in (
        HISTORY, f"{HISTORY}/calls.csv", f"{HISTORY}/calls.json", f"{HISTORY}/calls/{call_id}",
        f"{HISTORY}/calls/{call_id}/record.pdf", f"{HISTORY}/calls/{call_id}/record.json",
        "/console/analytics", "/console/analytics/hazard.csv", "/console/map",
        "/console/map/live", "/console/map/plan", "/console/map/edit",
    ):  # fmt: skip
        answer = await reader.client.get(address)
        assert answer.status_code in (303, 401), address
        assert "smoke" not in answer.text


async def test_every_figure_has_its_csv(reader):
    await told(reader.parts, 1, "smoke", started_at=AT)
    page = (await reader.get("/console/analytics?days=365")).text
    links = [part.partition('"')[0] for part in page.split('href="/console/analytics/')[1:]]

    assert len(links) == 13
    for link in links:
        answer = await reader.get(f"/console/analytics/{link}")
        assert answer.headers["content-type"].startswith("text/csv")
    await reader.get("/console/analytics?days=8", 422)
    await reader.get("/console/analytics/nope.csv", 404)
