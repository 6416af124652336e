"""A procedure that the caller's language lacks: spoken in the site's own, and a person called."""

from dataclasses import replace

import pytest

from aurora.conversation.dialogue import Dialogue
from aurora.conversation.turn import Action, Turn
from aurora.guidance.guide import Guide
from aurora.guidance.handbook.handbook import Handbook
from aurora.guidance.library import Library
from aurora.guidance.procedure import Approval
from aurora.triage.assessment import Intent
from tests.line import NOON, ScriptedTriage, example_library, example_site, fire, new_call, said

APPROVED = Approval(state="approved", by="A. Tester", role="safety officer", on="2026-03-01")
PRIMARY_ONLY = {key: p for key, p in example_library().procedures.items() if key != ("fire", "es")}
OKAY = said(intent=Intent.DONE, language="es")


def approved(*languages: str) -> dict[tuple[str, str], object]:
    procedures = dict(example_library().procedures)
    for language in languages:
        own = procedures["fire", language]
        procedures["fire", language] = own.model_copy(update={"approval": APPROVED})
    return procedures


def call_fire(procedures: dict, *, line: str = "gather", turns: int = 1) -> list[Turn]:
    library: Library = replace(example_library(), procedures=procedures)
    script = {"hay fuego": fire("b", language="es"), "vale": OKAY}
    guide = Guide(example_site(), library, Handbook())
    talk = Dialogue(example_site(), ScriptedTriage(script), guide, max_exchanges=20)
    call = new_call(language="es", line=line)
    taken = []
    for words in ["hay fuego", *["vale"] * turns][:turns]:
        taken.append(talk.hear(call, words, NOON))
        talk.close_turn(taken[-1])
    return taken


@pytest.mark.parametrize("procedures", [PRIMARY_ONLY, approved("en")])
def test_it_is_bridged_spoken_in_the_primary_language_and_handed_off(procedures):
    [turn] = call_fire(procedures)
    first_line = example_library().procedures["fire", "en"].first_line

    assert turn.sentences[0].text == "Estas instrucciones solo las tengo en inglés."
    assert first_line in [sentence.text for sentence in turn.sentences]
    assert turn.action is Action.HAND_OFF
    [event] = [e for e in turn.events if e.kind == "spoken_in_another_language"]
    assert event.details == {"procedure": "fire.en@1", "language": "es"}


def test_the_bridge_is_said_once():
    first, second = call_fire(PRIMARY_ONLY, turns=2)

    assert "inglés" in first.message
    assert "inglés" not in second.message
    assert second.action is Action.LISTEN


def test_a_line_that_cannot_connect_promises_no_connection():
    [turn] = call_fire(PRIMARY_ONLY, line="api")

    assert "hand_off" not in [sentence.name for sentence in turn.sentences]
    assert "control_room_is" in [sentence.name for sentence in turn.sentences]


@pytest.mark.parametrize("languages", [("es",), ("en", "es"), ()])
def test_the_callers_language_is_kept_unless_only_the_primary_text_is_approved(languages):
    [turn] = call_fire(approved(*languages))

    assert turn.sentences[0].text == example_library().procedures["fire", "es"].first_line
    assert turn.action is Action.LISTEN
