"""Callers are sent to open exits, into the wind; blocked ones are remembered for everyone."""

import pytest

from aurora.conditions.board import Board
from aurora.conditions.change import exit_change, wind_change
from aurora.conditions.keeper import Keeper
from aurora.conversation.call import Call
from aurora.conversation.consult import Consultation
from aurora.conversation.dialogue import Dialogue
from aurora.conversation.ring import Ring
from aurora.conversation.switchboard import Switchboard
from aurora.conversation.turn import Turn
from aurora.errors import RecordsError
from aurora.guidance.guide import Guide
from aurora.guidance.handbook.handbook import Handbook
from aurora.levels import Hazard, Urgency
from aurora.records.conditions import MemoryConditions
from aurora.records.memory import MemoryRecords
from aurora.rehearsal.scripted_model import CALM, Script, ScriptedModel
from aurora.triage.assessment import Assessment, Intent
from tests.line import (
    NOON,
    Clock,
    ScriptedTriage,
    example_grounding,
    example_library,
    example_site,
    fire,
    new_call,
    said,
)

EAST_SHUT = "the east gate is blocked"
WEST_SHUT = "the west gate is on fire"


def line(board: Board | None = None, script: dict[str, Assessment] | None = None) -> Dialogue:
    known = {"fire in zone b": fire(), **(script or {})}
    guide = Guide(example_site(), example_library(), Handbook())
    triage = ScriptedTriage(known)
    return Dialogue(example_site(), triage, guide, max_exchanges=20, board=board)  # type: ignore[arg-type]


def say(talk: Dialogue, call: Call, words: str) -> Turn:
    turn = talk.hear(call, words, NOON)
    talk.close_turn(turn)
    return turn


def with_wind(degrees: float, *shut: str) -> Board:
    board = Board()
    board.put(wind_change(degrees, "Ann", NOON))
    for exit_id in shut:
        board.put(
            exit_change("b", exit_id, is_blocked=True, by="call_0", reason="said so", now=NOON)
        )
    return board


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "Leave Zone B by the west gate; the wind comes from the west."),
        ("es", "Zona B: salga por el portón oeste; el viento viene del oeste."),
        ("fr", "Zone B : sortez par le portail ouest ; le vent vient de l'ouest."),
        ("de", "Verlassen Sie Zone B. Ihr Ausgang: das Westtor. Der Wind kommt von Westen."),
    ],
)
def test_with_the_wind_known_the_exit_into_it_is_named(language, sentence):
    talk = line(with_wind(270), {"fire in zone b": fire(language=language)})
    turn = say(talk, new_call(language=language), "fire in zone b")

    assert sentence in turn.message


def test_no_exit_downwind_is_named_if_another_exists():
    turn = say(line(with_wind(270)), new_call(), "fire in zone b")
    assert "east gate" not in turn.message

    turn = say(line(with_wind(0)), new_call(), "fire in zone b")
    assert "the east gate or the west gate" in turn.message  # both lie across a north wind

    turn = say(line(with_wind(270, "b_west")), new_call(), "fire in zone b")
    assert "Leave Zone B by the east gate." in turn.message


def test_an_expired_wind_is_not_spoken_of():
    board = with_wind(270)
    clock = Clock()
    clock.advance(minutes=61)
    talk, call = line(board), new_call()
    turn = talk.hear(call, "fire in zone b", clock.now)

    assert "wind" not in turn.message


def test_a_caller_who_finds_an_exit_blocked_is_given_the_other_one():
    talk, call = line(), new_call()
    say(talk, call, "fire in zone b")
    turn = say(talk, call, EAST_SHUT)

    assert turn.message.startswith("Leave Zone B by the west gate.")
    assert "east gate" not in turn.message
    assert "exit_blocked" in [event.kind for event in turn.events]


def test_an_exit_reported_along_with_the_fire_comes_after_the_first_line():
    words = "fire in zone b and the east gate is blocked"
    turn = say(line(script={words: fire()}), new_call(), words)

    assert turn.sentences[0].source.endswith(":first_line")
    assert turn.sentences[1].text == "Leave Zone B by the west gate."


def test_a_caller_without_any_exit_is_told_how_to_hold_out_and_not_to_leave():
    talk, call = line(), new_call()
    say(talk, call, "fire in zone b")
    say(talk, call, EAST_SHUT)
    turn = say(talk, call, WEST_SHUT)

    assert turn.sentences[0].source.endswith(":shut_in")
    assert "gate" not in turn.message
    assert all(s.text.endswith("?") for s in turn.sentences[1:])


def test_the_next_caller_is_not_sent_to_the_blocked_exit():
    turn = say(line(with_wind(0, "b_east")), new_call(), "fire in zone b")

    assert "Leave Zone B by the west gate." in turn.message
    assert "east gate" not in turn.message


def test_where_every_exit_is_reported_blocked_the_next_caller_hears_so_and_how_to_hold_out():
    turn = say(line(with_wind(0, "b_east", "b_west")), new_call(), "fire in zone b")

    assert turn.sentences[0].source.endswith(":first_line")
    assert [s.source.rpartition(":")[2] for s in turn.sentences[1:3]] == [
        *("exits_blocked", "shut_in"),
    ]


def test_another_zones_exits_are_not_touched():
    talk = line(with_wind(0, "b_east"), {"fire in zone a": fire("a")})

    assert "the north door" in say(talk, new_call(), "fire in zone a").message


def test_in_a_drill_a_blocked_exit_is_played_and_not_spread():
    talk, call = line(), new_call(is_drill=True)
    say(talk, call, "fire in zone b")
    call.is_drill = True
    turn = say(talk, call, EAST_SHUT)

    assert turn.conditions == []
    assert turn.message.startswith("Leave Zone B by the west gate.")


def test_an_everyday_question_blocks_nothing():
    question = said(Urgency.ASSISTIVE, intent=Intent.QUESTION)
    words = "who knows why the east gate is blocked"
    turn = say(line(script={words: question}), new_call(), words)

    assert turn.conditions == []


def test_a_procedure_that_leaves_nobody_notes_the_exit_and_goes_on():
    hurt = said(Urgency.CRITICAL, hazard=Hazard.MEDICAL, procedure="cardiac_arrest")
    talk, call = line(script={"he is not breathing": hurt}), new_call()
    call.place.zone_id = "b"
    say(talk, call, "he is not breathing")
    turn = say(talk, call, EAST_SHUT)

    assert turn.conditions
    assert "gate" not in turn.message


async def heard_by(store: MemoryConditions, *words: str, model: str = "") -> list[str]:
    """What one machine of the site answers a caller of its own."""
    board = Board()
    talk = line(board, {"what now": said(Urgency.CRITICAL, intent=Intent.QUESTION)})
    keeper = Keeper(board, store, "example_works", Clock())
    await keeper.start()
    scripted = ScriptedModel()
    scripted.prompter.use(Script(CALM + model))
    consultation = Consultation(talk, scripted, example_grounding())
    switchboard = Switchboard(talk, MemoryRecords(), consultation, clock=Clock(), conditions=keeper)
    await switchboard.ring(Ring("gather", provider_id="CA1"), lambda turn: turn.message)
    answers = [await switchboard.hear("CA1", said_, lambda turn: turn.message) for said_ in words]
    await switchboard.close()
    await keeper.close()
    return answers


async def test_a_machine_started_later_knows_what_a_caller_elsewhere_said():
    store = MemoryConditions()
    await heard_by(store, "fire in zone b", EAST_SHUT)
    [answer] = await heard_by(store, "fire in zone b")

    assert "Leave Zone B by the west gate." in answer


async def test_a_store_that_fails_stops_no_turn():
    class Broken(MemoryConditions):
        async def add(self, site, changes):
            raise RecordsError("the disk is full")

        async def holding(self, site, now):
            raise RecordsError("the disk is full")

    *_, answer = await heard_by(Broken(), "fire in zone b", EAST_SHUT)

    assert answer.startswith("Leave Zone B by the west gate.")


async def test_a_model_cannot_send_a_caller_to_a_blocked_exit():
    words = ("fire in zone b", EAST_SHUT, "what now")
    *_, answer = await heard_by(MemoryConditions(), *words, model="Leave Zone B by the east gate.")

    assert "east gate" not in answer
