"""What a lost connection did not tell, kept for the next one."""

from collections.abc import Sequence

import pytest

from aurora.conversation.turn import Turn
from aurora.errors import RecordsError
from aurora.guidance.spoken import Spoken
from aurora.lines import unheard
from aurora.lines.unheard import Unheard
from tests.line import NOON, dialogue, new_call

LATE = [Spoken("Leave by the east gate.", "fire.en@1:ways_out")]
STEP = Spoken("Stay low.", "fire.en@1:step_1")


def turn(*sentences: Spoken) -> Turn:
    call = new_call()
    return Turn(call, dialogue().situation(call, NOON), list(sentences))


def texts(turn: Turn, spoken: Sequence[Spoken]) -> str:
    return " ".join(one.text for one in spoken)


def render_in_vain(ours: Unheard) -> None:
    with ours.put_into("CA1", texts) as render:
        render(turn(STEP))
        raise RecordsError("the disk is full")


def test_what_was_left_is_taken_once() -> None:
    ours = Unheard()
    ours.leave("CA1", LATE)
    assert ours.take("CA1") == LATE
    assert ours.take("CA1") == []


def test_what_is_left_later_is_said_later_and_nothing_twice() -> None:
    ours = Unheard()
    ours.leave("CA1", LATE)
    ours.leave("CA1", [*LATE, STEP])
    ours.leave("CA1", [])
    assert ours.take("CA1") == [*LATE, STEP]


def test_a_turn_that_is_rendered_twice_has_what_was_left_both_times() -> None:
    ours = Unheard()
    ours.leave("CA1", LATE)
    with ours.put_into("CA1", texts) as render:
        assert render(turn(STEP)) == render(turn(STEP)) == f"{LATE[0].text} {STEP.text}"
    assert ours.take("CA1") == []


def test_what_no_answer_came_about_for_is_left_for_the_next() -> None:
    ours = Unheard()
    ours.leave("CA1", LATE)
    with ours.put_into("CA1", texts):
        pass  # it was answered before: nothing is rendered
    assert ours.take("CA1") == LATE
    ours.leave("CA1", LATE)
    with pytest.raises(RecordsError):
        render_in_vain(ours)
    assert ours.take("CA1") == LATE


def test_only_so_much_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unheard, "MOST_CALLS", 2)
    ours = Unheard()
    for name in ("CA1", "CA2", "CA3"):
        ours.leave(name, LATE)
    assert ours.take("CA1") == []
    assert ours.take("CA3") == LATE
