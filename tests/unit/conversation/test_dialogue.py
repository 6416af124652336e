"""The course of a call, with scripted triage and virtual time."""

from typing import Any

import pytest

from aurora.conversation.alerts import request
from aurora.conversation.call import Call, EndReason
from aurora.conversation.dialogue import Dialogue
from aurora.conversation.turn import Action, Turn
from aurora.levels import Hazard, Urgency
from aurora.triage.assessment import Assessment, Intent, Place
from tests.line import NO, NOON, YES, dialogue, example_library, fire, new_call, said

GAS = said(Urgency.CRITICAL, hazard=Hazard.GAS_LEAK, procedure="flammable_gas")


def take(line: Dialogue, call: Call, words: str) -> Turn:
    turn = line.hear(call, words, NOON)
    line.close_turn(turn)
    return turn


def converse(
    script: dict[str, Assessment], *, call: Call | None = None, **parts: Any
) -> list[Turn]:
    line, call = dialogue(script, **parts), call or new_call()
    return [take(line, call, words) for words in script]


def test_first_line_is_the_first_thing_said():
    [turn] = converse({"fire in zone b": fire()})

    assert turn.sentences[0].text == example_library().procedures["fire", "en"].first_line
    assert turn.is_settled


def test_confirmed_zone_brings_its_own_exits_and_no_other():
    [turn] = converse({"fire in zone b": fire()})

    assert "Leave Zone B by the east gate or the west gate" in turn.message
    assert "Zone A" not in turn.message


@pytest.mark.parametrize("answer", [YES, NO, said(intent=Intent.DONE), said(Urgency.ASSISTIVE)])
def test_nothing_a_caller_says_lowers_urgency(answer):
    first, second = converse({"gas": GAS, "then": answer})

    assert first.call.urgency is Urgency.CRITICAL
    assert second.call.urgency is Urgency.CRITICAL


def test_an_all_clear_from_the_caller_is_noted_and_changes_nothing():
    _, turn = converse({"gas": GAS, "it is all over": said(intent=Intent.ALL_CLEAR)})

    assert turn.call.urgency is Urgency.CRITICAL
    assert turn.action is Action.LISTEN
    assert "safe now" not in turn.message.lower()


def test_a_rise_in_urgency_is_on_the_record_with_its_source():
    [turn] = converse({"fire in zone b": fire()})

    [rise] = [event for event in turn.events if event.kind == "urgency_rose"]
    assert rise.details == {"from": "assistive", "to": "critical", "source": "rules"}


def test_unknown_zone_gets_a_question_and_no_zone_specific_instruction():
    place = Place("Zone 3", None, is_zone_name=True)
    [turn] = converse({"fire in zone 3": fire(None, place=place)})

    assert turn.call.place.zone_id is None
    assert "Zone 3" not in turn.message
    assert "gate" not in turn.message
    assert "door" not in turn.message
    assert turn.sentences[-1].text.endswith("?")


def test_a_zone_that_only_sounded_like_one_is_asked_back_before_it_is_used():
    doubtful = fire(None, place=Place("Zone B", "b", 0.6))
    first, second = converse({"fire in sown bee": doubtful, "yes": YES})

    assert "Did you say Zone B" in first.message
    assert "gate" not in first.message
    assert "east gate" in second.message


def test_a_denied_zone_is_not_used():
    doubtful = fire(None, place=Place("Zone B", "b", 0.6))
    _, turn = converse({"fire in sown bee": doubtful, "no": NO})

    assert turn.call.place.zone_id is None
    assert "gate" not in turn.message


def test_a_corrected_zone_replaces_the_first():
    correction = said(intent=Intent.CORRECTION, place=Place("Zone C", "c"))
    _, turn = converse({"fire in zone b": fire(), "sorry i mean c": correction})

    assert turn.call.place.zone_id == "c"
    assert "Zone C" in turn.message
    assert "west fire door" in turn.message
    assert "gate" not in turn.message


def test_another_zone_without_a_correction_is_asked_back():
    _, turn = converse({"fire in zone b": fire(), "zone c too": said(place=Place("Zone C", "c"))})

    assert turn.call.place.zone_id == "b"
    assert "Zone C" in turn.message
    assert turn.message.endswith("?")


def test_no_reply_is_repeated_word_for_word_in_a_long_emergency():
    words = {f"still here {n}": said() for n in range(60)}
    turns = converse({"fire in zone b": fire(), **words})

    messages = [turn.message for turn in turns if "still on the line" not in turn.message]
    assert len(messages) > 20
    assert len(messages) == len(set(messages))


def test_a_critical_call_is_never_ended_by_its_length():
    turns = converse({"gas": GAS, **{f"turn {n}": said() for n in range(40)}}, max_exchanges=5)

    assert {turn.action for turn in turns} == {Action.LISTEN}


def test_an_everyday_call_ends_politely_after_its_limit():
    turns = converse({f"delivery {n}": said() for n in range(4)}, max_exchanges=3)

    assert [turn.action for turn in turns] == [Action.LISTEN] * 3 + [Action.END]
    assert turns[-1].call.end_reason is EndReason.TURN_LIMIT


def test_an_emergency_in_the_last_everyday_turn_is_answered_not_ended():
    script = {"delivery": said(), "another": said(), "fire in zone b": fire()}
    turns = converse(script, max_exchanges=2)

    assert turns[-1].action is Action.LISTEN
    assert turns[-1].sentences[0].source == "fire.en@1:first_line"


def test_goodbye_ends_an_everyday_call_but_not_an_emergency():
    goodbye = said(intent=Intent.GOODBYE)

    assert converse({"bye": goodbye})[-1].action is Action.END
    assert converse({"gas": GAS, "bye": goodbye})[-1].action is Action.LISTEN


def test_a_wrong_number_is_let_go_kindly():
    [turn] = converse({"is that the barber": said(intent=Intent.WRONG_NUMBER)})

    assert "wrong number" in turn.message
    assert turn.call.end_reason is EndReason.WRONG_NUMBER


def test_the_greeting_heard_back_is_not_taken_for_the_callers_words():
    line, call = dialogue({}), new_call()
    greeting = line.greet(call, NOON)
    line.close_turn(greeting)

    turn = take(line, call, greeting.message.lower().rstrip("?"))

    assert call.exchanges == 0
    assert turn.heard is not None
    assert turn.heard.details == {"is_echo": True}


def test_words_after_the_greetings_echo_are_heard():
    line = dialogue({"there is a fire in zone b": fire()})
    call = new_call()
    greeting = line.greet(call, NOON)
    line.close_turn(greeting)

    turn = take(line, call, f"{greeting.message.lower()} there is a fire in zone b")

    assert turn.call.urgency is Urgency.CRITICAL


def test_facts_add_up_over_turns_to_a_worse_procedure():
    fell = said(Urgency.CRITICAL, hazard=Hazard.FALL, procedure="fall")
    stopped = said(
        Urgency.CRITICAL,
        hazard=Hazard.MEDICAL,
        procedure="cardiac_arrest",
        facts={"breathing": False, "awake": False},
    )
    _, turn = converse({"he fell": fell, "he is not breathing": stopped})

    assert turn.sentences[0].source.startswith("cardiac_arrest.en@")


def test_no_compressions_while_the_casualty_is_live():
    shock = said(Urgency.CRITICAL, hazard=Hazard.ELECTRICAL, procedure="electrocution")
    stopped = said(
        Urgency.CRITICAL,
        hazard=Hazard.MEDICAL,
        procedure="cardiac_arrest",
        facts={"breathing": False},
    )
    power_off = said(facts={"power_off": True})
    _, held, freed = converse({"shock": shock, "not breathing": stopped, "power off": power_off})

    assert not any("cardiac_arrest" in sentence.source for sentence in held.sentences)
    assert freed.sentences[0].source.startswith("cardiac_arrest.en@")


def test_a_burn_does_not_stop_an_evacuation():
    burn = said(Urgency.URGENT, hazard=Hazard.BURN, procedure="burns")
    _, turn = converse({"fire in zone b": fire(), "pedro is burned": burn})

    assert turn.call.guidance.procedure == "fire"


DRILL = said(is_drill=True, intent=Intent.DRILL)


@pytest.mark.parametrize(
    "words", [fire(is_drill=True), fire(reasons=("fire:over",))], ids=["announced", "softened"]
)
def test_a_drill_that_still_is_one_alerts_nobody_outside(words):
    call = new_call()
    turns = converse({"drill": DRILL, "simulated fire in zone b": words}, call=call)

    [asked] = [e for t in turns for e in t.events if e.kind == "alert_requested"]
    assert call.is_drill
    assert asked.details["is_drill"] is True
    assert "safety_team" in call.roles_alerted
    assert "emergency_services" not in call.roles_alerted


@pytest.mark.parametrize(
    "words",
    [
        fire(is_live=True, reasons=("fire",)),
        fire(),
        fire(reasons=("fire:over", "injury")),
        said(Urgency.URGENT, intent=Intent.UNCLEAR, confidence=0.2),
    ],
    ids=["live", "plain", "partly softened", "not understood"],
)
def test_an_emergency_that_no_rule_softened_ends_the_drill(words):
    call = new_call()
    *_, turn = converse({"drill": DRILL, "it is real": words}, call=call)

    assert not call.is_drill
    assert "drill_ended" in [event.kind for event in turn.events]


def test_a_live_sign_ends_a_drill_before_any_hazard_is_named():
    call = new_call()
    converse({"drill": DRILL, "no it is real": said(is_live=True)}, call=call)

    assert not call.is_drill


def test_everyday_words_leave_a_drill_one():
    call = new_call()
    converse({"drill": DRILL, "it went well": said()}, call=call)

    assert call.is_drill


@pytest.mark.parametrize("source", ["model", "silence", "cannot_speak", "failure"])
def test_an_emergency_from_elsewhere_than_words_ends_the_drill(source):
    line, call = dialogue({"drill": DRILL}), new_call()
    take(line, call, "drill")
    turn = line.open_turn(call, NOON)

    line.raise_urgency(turn, Urgency.CRITICAL, source, NOON)
    line.alert(turn, NOON)

    [asked] = [event for event in turn.events if event.kind == "alert_requested"]
    assert asked.details["is_drill"] is False
    assert "emergency_services" in asked.details["roles"]


def test_a_rise_within_the_drills_own_procedure_leaves_it_one():
    line, call = dialogue({"drill": DRILL}), new_call()
    take(line, call, "drill")

    line.raise_urgency(line.open_turn(call, NOON), Urgency.CRITICAL, "procedure", NOON)

    assert call.is_drill


def test_whoever_was_told_of_a_drill_is_told_again_once_it_is_real():
    script = {"drill": DRILL, "simulated fire": fire(is_drill=True), "it is real": fire()}
    *_, drilled, real = converse(script)

    [before] = [e for e in drilled.events if e.kind == "alert_requested"]
    [after] = [e for e in real.events if e.kind == "alert_requested"]
    assert set(before.details["roles"]) < set(after.details["roles"])
    assert after.details["is_drill"] is False


def test_no_way_of_asking_reaches_outside_in_a_drill():
    turn = dialogue().open_turn(new_call(is_drill=True), NOON)

    request(turn, ["control_room", "emergency_services", "control_room"], NOON)

    assert turn.call.roles_alerted == ["control_room"]


def test_roles_are_asked_for_once():
    turns = converse({"fire in zone b": fire(), "it spreads": fire()})

    asked = [e.details["roles"] for t in turns for e in t.events if e.kind == "alert_requested"]
    assert len(asked) == 1
    assert {"emergency_services", "site_emergency_team"} <= set(asked[0])


def test_asking_for_a_person_puts_the_caller_through():
    [turn] = converse({"a human please": said(intent=Intent.HUMAN)})

    assert turn.action is Action.HAND_OFF


def test_a_line_that_cannot_connect_gives_the_control_rooms_number():
    call = new_call(line="api")
    [turn] = converse({"a human please": said(intent=Intent.HUMAN)}, call=call)

    assert turn.action is Action.LISTEN
    assert "+12025550100" in turn.message
    assert "connecting" not in turn.message


def test_the_language_follows_the_caller():
    [turn] = converse({"hay fuego en la zona b": fire(language="es")})

    assert turn.call.language == "es"
    assert turn.sentences[0].source.startswith("fire.es@")


def test_saying_it_again_uses_other_words():
    first, again = converse({"fire in zone b": fire(), "what": said(intent=Intent.REPEAT)})

    assert again.sentences[0].text not in [sentence.text for sentence in first.sentences]
    assert again.sentences


def test_ending_a_call_twice_changes_nothing():
    line, call = dialogue(), new_call()

    first = line.end(call, EndReason.HUNG_UP, NOON)
    second = line.end(call, EndReason.ENDED_BY_API, NOON)

    assert first[0].details["reason"] == "hung_up"
    assert second == []
    assert call.end_reason is EndReason.HUNG_UP


def test_a_side_remark_leaves_the_hazard_of_what_runs():
    threat = said(Urgency.CRITICAL, hazard=Hazard.VIOLENCE, procedure="violence")
    remark = said(Urgency.CRITICAL, hazard=Hazard.MEDICAL, procedure="medical")
    line, call = dialogue({"a man with a knife": threat, "i can't talk": remark}), new_call()
    line.hear(call, "a man with a knife", NOON)
    alerted = list(call.roles_alerted)
    line.hear(call, "i can't talk", NOON)

    assert call.guidance.procedure == "violence"
    assert call.hazard is Hazard.VIOLENCE
    assert call.roles_alerted == alerted


def test_a_fire_told_of_while_something_worse_runs_reaches_whoever_fights_it():
    ill = said(Urgency.CRITICAL, hazard=Hazard.MEDICAL, procedure="cardiac_arrest")
    here = said(Urgency.CRITICAL, hazard=Hazard.FIRE, procedure="fire")
    line = dialogue({"he is not breathing": ill, "there is a fire here now": here})
    call = new_call()
    line.hear(call, "he is not breathing", NOON)
    assert "fire" not in call.roles_alerted

    line.hear(call, "there is a fire here now", NOON)

    assert call.hazard is Hazard.FIRE
    assert "fire" in call.roles_alerted


def test_a_casualty_who_has_to_wait_leaves_the_fire_known_and_alerts_medics():
    ill = said(Urgency.CRITICAL, hazard=Hazard.MEDICAL, procedure="cardiac_arrest")
    line, call = dialogue({"fire in zone b": fire(), "he is not breathing": ill}), new_call()
    line.hear(call, "fire in zone b", NOON)
    line.hear(call, "he is not breathing", NOON)

    assert call.guidance.procedure == "fire"
    assert call.hazard is Hazard.FIRE
    assert set(line.guide.library.procedures["cardiac_arrest", "en"].alert) <= set(
        call.roles_alerted
    )


def test_a_fire_is_a_danger_of_its_own_in_a_threat():
    threat = said(Urgency.CRITICAL, hazard=Hazard.VIOLENCE, procedure="violence")
    here = said(Urgency.CRITICAL, hazard=Hazard.FIRE, procedure="fire")
    line, call = dialogue({"a man with a knife": threat, "he lit a fire": here}), new_call()
    line.hear(call, "a man with a knife", NOON)
    line.hear(call, "he lit a fire", NOON)

    assert call.hazard is Hazard.FIRE


def test_what_takes_over_brings_its_hazard():
    ill = said(Urgency.CRITICAL, hazard=Hazard.MEDICAL, procedure="medical")
    line, call = dialogue({"he is ill": ill, "fire in zone b": fire()}), new_call()
    line.hear(call, "he is ill", NOON)
    line.hear(call, "fire in zone b", NOON)

    assert call.guidance.procedure == "fire"
    assert call.hazard is Hazard.FIRE
