"""The handbook at the start and while the line runs: what it says of itself, what it takes in."""

from datetime import datetime

from structlog.testing import capture_logs

from aurora.console.health import Component, State
from aurora.guidance.handbook.handbook import Handbook
from aurora.guidance.handbook.passage import Document, Section
from aurora.guidance.handbook.shelf import Shelf
from aurora.wiring import health
from aurora.wiring.rounds import follow_handbook
from tests.line import NOON


def shelf_document(added_at: datetime | None = None) -> Document:
    return Document(
        id="kiln",
        title="Kiln",
        language="en",
        sha256="0" * 64,
        name="kiln.md",
        added_at=added_at,
        sections=[Section(heading="Firing", text="Open the damper.")],
    )


def test_the_handbook_counts_documents_and_passages_and_says_which_languages_have_none():
    handbook = Handbook([shelf_document(), shelf_document(NOON)])
    handbook.warm()

    assert health.handbook_component(handbook, ["en"]) == Component(
        "handbook", State.OK, "2 documents (1 added), passages: 2 en"
    )
    assert "none in de" in health.handbook_component(handbook, ["en", "de"]).detail


def test_a_handbook_that_answers_before_it_is_indexed_is_in_order_and_says_so():
    handbook = Handbook([shelf_document()])
    component = health.handbook_component(handbook, ["en"])

    assert component.state is State.OK
    assert component.detail == "1 documents (0 added), passages: 1 en; not indexed yet: en"


def test_a_handbook_too_large_to_answer_before_it_is_indexed_is_degraded_until_then(monkeypatch):
    monkeypatch.setattr("aurora.guidance.handbook.handbook.INDEXED_AT_ONCE", 0)
    handbook = Handbook([shelf_document()])

    assert health.handbook_component(handbook, ["en"]).state is State.DEGRADED
    handbook.warm()
    assert health.handbook_component(handbook, ["en"]).state is State.OK


def test_an_empty_handbook_is_off_and_a_damaged_file_is_named(tmp_path):
    (tmp_path / "kiln.json").write_text("{}")

    assert health.handbook_component(Handbook(), ["en"]).state is State.OFF
    damaged = health.handbook_component(Handbook(shelf=Shelf(tmp_path)), ["en"])
    assert damaged.state is State.DEGRADED
    assert "kiln.json: not a stored document" in damaged.detail


async def test_a_running_line_takes_in_what_was_added(tmp_path):
    handbook = Handbook(shelf=Shelf(tmp_path))
    following = follow_handbook(handbook)
    await following.once()
    Shelf(tmp_path).add(shelf_document(NOON))
    await following.once()

    assert following.every_s == 3.0
    assert handbook.ask("how do I open the damper", "en").words == "Open the damper."


async def test_a_shelf_that_cannot_be_read_is_logged_and_tried_again():
    class Broken(Handbook):
        def refresh(self) -> bool:
            raise PermissionError(13, "Permission denied")

    following = follow_handbook(Broken())
    with capture_logs() as logs:
        await following.once()
        await following.once()

    assert [entry["event"] for entry in logs] == ["handbook_not_read"] * 2
