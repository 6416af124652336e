"""What fails while a line lets go of its parts keeps no other part from being let go of."""

from pathlib import Path

import pytest

from aurora.conversation.record import Entry
from aurora.errors import RecordsError
from aurora.lines.audio.speech import Speech
from tests.application import application
from tests.line import new_call


async def test_a_part_that_cannot_be_closed_keeps_no_other_open(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    async def broken(speech: Speech) -> None:
        raise RuntimeError("a worker is gone")

    monkeypatch.setattr(Speech, "close", broken)
    opened = application(monkeypatch, tmp_path)
    _, parts = await opened.__aenter__()
    await parts.start_alerting()
    assert parts.desk.is_running
    with pytest.raises(RuntimeError, match="a worker is gone"):
        await opened.__aexit__(None, None, None)

    assert not parts.desk.is_running
    with pytest.raises(RecordsError, match="closed"):
        await parts.records.append(Entry(new_call()))
