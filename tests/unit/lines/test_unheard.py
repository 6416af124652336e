"""What a lost connection did not tell, kept for the next one."""

import pytest

from aurora.guidance.spoken import Spoken
from aurora.lines import unheard
from aurora.lines.unheard import Unheard

LATE = [Spoken("Leave by the east gate.", "fire.en@1:ways_out")]


def test_what_was_left_is_taken_once() -> None:
    ours = Unheard()
    ours.leave("CA1", LATE)
    assert ours.take("CA1") == LATE
    assert ours.take("CA1") is None


def test_only_so_much_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unheard, "MOST_CALLS", 2)
    ours = Unheard()
    for name in ("CA1", "CA2", "CA3"):
        ours.leave(name, LATE)
    assert ours.take("CA1") is None
    assert ours.take("CA3") == LATE
