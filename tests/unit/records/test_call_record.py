"""A record as evidence: the same record has the same hash, and any change is found."""

import orjson
import pytest

from aurora.conversation.record import Event, Message
from aurora.errors import RecordsError
from aurora.records.call_record import (
    Made,
    WholeCall,
    check_document,
    content_of,
    digest,
    document_of,
)
from tests.integration.records.made import AT, a_call

KEY = b"k" * 32
WHOLE = WholeCall(
    a_call(),
    [
        Message("user", "Rauch in der Halle, ünïcode 火事", AT, "critical"),
        Message("assistant", "Raus.", AT, "critical", {"sources": ["fire.de@3:first_line",
                "phrases.de@1:leave_by", "handbook.de@1234:fire-1"], "total_ms": 12.5}),
    ],
    [Event("procedure_started", AT, {"procedure": "fire.de@3"}),
     Event("alerted", AT, {"incident": "inc_1", "sent": []})],
)  # fmt: skip


def made(by: str = "Ada") -> Made:
    return Made(AT, by, "0.1.0", {"id": "plant", "sha256": "0"}, [{"reference": "fire.de@3"}])


def written(**changes: object) -> bytes:
    document = orjson.loads(orjson.dumps(document_of(WHOLE, made(), KEY)))
    return orjson.dumps(document | changes, option=orjson.OPT_INDENT_2)


def test_a_record_as_exported_is_intact_and_ours():
    checked = check_document(written(), KEY)

    assert (checked.call_id, checked.problems, checked.is_sealed_here) == ("call_1", [], True)
    assert check_document(written(), None).is_sealed_here is None
    assert check_document(written(), b"other").is_sealed_here is False


def test_who_exports_changes_the_file_and_not_the_records_hash():
    first, second = (document_of(WHOLE, made(by), KEY) for by in ("Ada", "Bob"))

    assert first["record_sha256"] == second["record_sha256"] == digest(content_of(WHOLE))
    assert first["sha256"] != second["sha256"]


def test_the_versions_that_spoke_are_named_once():
    assert content_of(WHOLE)["procedures"] == ["fire.de@3"]
    assert content_of(WHOLE)["audio"]["is_kept"] is False


@pytest.mark.parametrize("field", ["call", "messages", "events", "procedures"])
def test_a_changed_record_is_found(field):
    record = orjson.loads(written())["record"]

    checked = check_document(written(record=record | {field: []}), KEY)

    assert len(checked.problems) == 2
    assert checked.is_sealed_here is False


def test_a_change_whose_hash_was_made_anew_is_not_sealed_by_us():
    document = orjson.loads(written())
    document["record"]["messages"][0]["content"] = "nothing happened"
    document["record_sha256"] = digest(document["record"])
    body = {name: value for name, value in document.items() if name not in ("sha256", "seal")}
    document["sha256"] = digest(body)

    checked = check_document(orjson.dumps(document), KEY)

    assert checked.problems == []
    assert checked.is_sealed_here is False


@pytest.mark.parametrize(
    "file", [b"", b"[]", b"{}", b"\xff", b'{"format": "aurora-call-record/9"}', b"[" * 100_000]
)
def test_what_is_no_record_is_refused(file):
    with pytest.raises(RecordsError):
        check_document(file, KEY)


def test_a_record_that_lost_its_parts_is_found():
    for record in (None, [], {"call": 1}, "x"):
        assert check_document(written(record=record), KEY).problems
    for seal in (None, 1, "é"):
        assert check_document(written(seal=seal), KEY).is_sealed_here is False


@pytest.mark.parametrize(
    ("before", "twice"),
    [
        (b'"record": {', b'"record": {"messages": []}, "record": {'),
        (b'"record": {', b'"rec\\u006frd": {"messages": []}, "record": {'),
        (b'"content": "Raus."', b'"content": "Bleiben.", "content": "Raus."'),
    ],
)
def test_a_name_that_stands_twice_is_no_record_whichever_a_reader_sees(before, twice):
    file = written()
    assert before in file

    with pytest.raises(RecordsError, match="stands twice"):
        check_document(file.replace(before, twice, 1), KEY)


def test_a_record_that_is_nested_without_end_is_refused():
    deep = b"[" * 900 + b"]" * 900

    with pytest.raises(RecordsError):
        check_document(
            written().replace(b'"record": {', b'"record": {"x": ' + deep + b", ", 1), KEY
        )
