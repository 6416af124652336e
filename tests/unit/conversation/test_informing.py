"""What callers are told of those alerted: only what is known, one piece a turn, never twice."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from aurora.conversation.informing import inform, standing, told, untell
from aurora.conversation.turn import Action, Turn
from aurora.escalation.truth import Claim, Statement
from aurora.guidance.spoken import Spoken
from aurora.levels import Urgency
from tests.line import NOON, dialogue, example_library, new_call


@dataclass
class Known:
    """An informer that knows this much."""

    statements: list[Statement] = field(default_factory=list)

    def news(self, call_id: str, told: Sequence[Statement]) -> list[Statement]:
        return [one for one in self.statements if one not in told]

    def standing(self, call_id: str) -> list[Statement]:
        return self.statements


@pytest.fixture
def turn() -> Turn:
    call = new_call()
    call.urgency = Urgency.CRITICAL
    return Turn(call, dialogue().situation(call, NOON), [Spoken("Get out now.", "fire:first_line")])


def test_nothing_known_nothing_said(turn: Turn) -> None:
    inform(dialogue(), Known(), turn)

    assert turn.message == "Get out now."


def test_what_is_known_is_said_once(turn: Turn) -> None:
    known = Known([Statement(Claim.COMING, ("medical",))])

    inform(dialogue(), known, turn)
    first = turn.message
    inform(dialogue(), known, turn)

    assert first == turn.message
    assert "the site medic" in first
    assert first.startswith("Get out now.")


def test_a_question_stays_last(turn: Turn) -> None:
    turn.sentences.append(Spoken("Where are you?", "phrases:ask_zone"))

    inform(dialogue(), Known([Statement(Claim.ALERTED, ("supervisor",))]), turn)

    assert turn.message.endswith("Where are you?")
    assert "supervisor" in turn.message


def test_one_piece_of_news_a_turn(turn: Turn) -> None:
    known = Known(
        [Statement(Claim.COMING, ("medical",)), Statement(Claim.ALERTED, ("supervisor",))]
    )

    inform(dialogue(), known, turn)

    assert len(turn.sentences) == 2


def test_a_caller_who_is_handed_over_is_not_kept(turn: Turn) -> None:
    turn.action = Action.HAND_OFF

    inform(dialogue(), Known([Statement(Claim.ALERTED, ("supervisor",))]), turn)

    assert turn.message == "Get out now."


def test_what_was_spoken_over_was_not_told_and_is_said_again(turn: Turn) -> None:
    correction = Statement(Claim.NO_LONGER, ("medical",))
    known = Known([correction])
    turn.call.told_of_alerts.append("confirmed_coming:medical")

    inform(dialogue(), known, turn)
    assert told(turn.call)[-1] == correction
    untell(turn.call, [turn.sentences[-1]])
    assert [one.claim for one in told(turn.call)] == [Claim.COMING]
    turn.sentences.clear()
    inform(dialogue(), known, turn)

    assert "the site medic" in turn.message


def test_other_words_spoken_over_take_back_nothing(turn: Turn) -> None:
    turn.call.told_of_alerts.append("alerted:medical")
    untell(turn.call, turn.sentences)

    assert len(told(turn.call)) == 1


@pytest.mark.parametrize("language", ["en", "es", "fr", "de"])
def test_who_asks_is_told_all_that_is_known_in_their_language(language: str) -> None:
    known = Known(
        [Statement(Claim.COMING, ("medical",)), Statement(Claim.ALERTED, ("supervisor",))]
    )
    call = new_call(language=language)
    phrases = example_library().phrases_in(language)

    coming, alerted = standing(dialogue(), known, call)

    assert coming.startswith(phrases.confirmed_coming.partition("{")[0])
    assert alerted.startswith(phrases.alerted.partition("{")[0])
    assert "{" not in coming + alerted
    assert call.told_of_alerts == []
