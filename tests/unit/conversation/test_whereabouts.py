"""What a caller says of the place changes the call's place, and says what must be asked."""

import pytest

from aurora.conversation.call import Call, CallPlace
from aurora.conversation.whereabouts import MAX_TIMES_ASKED, place_call
from aurora.guidance.places_spoken import ZoneTalk
from aurora.levels import Hazard, Urgency
from aurora.triage.assessment import Assessment, Intent, Place
from tests.line import NO, NOON, YES, dialogue, fire, new_call, said

B = Place("Zone B", "b", is_zone_name=True)
C = Place("Zone C", "c", is_zone_name=True)
MAYBE_B = Place("Zone B", "b", 0.6, is_zone_name=True)
ZONE_3 = Place("Zone 3", None, is_zone_name=True)
BOILER_HOUSE = Place("Boiler house")
NOTHING = said()


def at(place: Place, intent: Intent = Intent.REPORT):
    return said(place=place, intent=intent)


def test_without_a_place_the_caller_is_asked_where():
    place = CallPlace()

    assert place_call(place, NOTHING) is ZoneTalk.ASK
    assert place.times_asked == 1


def test_a_clear_zone_is_taken_and_read_back():
    place = CallPlace()

    assert place_call(place, at(B)) is ZoneTalk.NOTED
    assert (place.zone_id, place.said, place.times_asked) == ("b", "Zone B", 0)


def test_a_confirmed_zone_said_again_needs_no_words():
    place = CallPlace(zone_id="b")

    assert place_call(place, at(B)) is ZoneTalk.NOTHING
    assert place_call(place, NOTHING) is ZoneTalk.NOTHING
    assert place.zone_id == "b"


def test_a_probable_zone_is_asked_back_before_it_counts():
    place = CallPlace()

    assert place_call(place, at(MAYBE_B)) is ZoneTalk.CONFIRM
    assert (place.zone_id, place.unconfirmed_zone_id) == (None, "b")


def test_a_yes_confirms_the_probable_zone():
    place = CallPlace(unconfirmed_zone_id="b")

    assert place_call(place, YES) is ZoneTalk.NOTED
    assert (place.zone_id, place.unconfirmed_zone_id) == ("b", None)


@pytest.mark.parametrize("answer", [NO, NOTHING, said(intent=Intent.DONE)])
def test_anything_but_a_yes_does_not_confirm_it(answer):
    place = CallPlace(unconfirmed_zone_id="b")

    assert place_call(place, answer) is ZoneTalk.ASK
    assert (place.zone_id, place.unconfirmed_zone_id) == (None, None)


def test_a_yes_counts_only_for_the_question_just_asked():
    place = CallPlace(unconfirmed_zone_id="b")
    place_call(place, NOTHING)

    assert place_call(place, YES) is ZoneTalk.ASK
    assert place.zone_id is None


def test_a_clear_zone_after_a_probable_one_is_taken():
    place = CallPlace(unconfirmed_zone_id="b")

    assert place_call(place, at(C)) is ZoneTalk.NOTED
    assert (place.zone_id, place.unconfirmed_zone_id) == ("c", None)


def test_another_zone_is_asked_back_and_the_confirmed_one_kept_meanwhile():
    place = CallPlace(zone_id="b")

    assert place_call(place, at(C)) is ZoneTalk.CONFIRM
    assert (place.zone_id, place.unconfirmed_zone_id) == ("b", "c")


def test_a_yes_to_another_zone_replaces_the_first():
    place = CallPlace(zone_id="b", unconfirmed_zone_id="c")

    assert place_call(place, YES) is ZoneTalk.CORRECTED
    assert place.zone_id == "c"


def test_a_no_to_another_zone_keeps_the_first():
    place = CallPlace(zone_id="b", unconfirmed_zone_id="c")

    assert place_call(place, NO) is ZoneTalk.NOTHING
    assert (place.zone_id, place.unconfirmed_zone_id) == ("b", None)


def test_a_correction_replaces_the_zone_at_once():
    place = CallPlace(zone_id="b")

    assert place_call(place, at(C, Intent.CORRECTION)) is ZoneTalk.CORRECTED
    assert (place.zone_id, place.said) == ("c", "Zone C")


def test_a_correction_that_was_misheard_is_asked_back():
    place = CallPlace(zone_id="c")

    assert place_call(place, at(MAYBE_B, Intent.CORRECTION)) is ZoneTalk.CONFIRM
    assert place.zone_id == "c"


def test_a_zone_the_site_lacks_is_cleared_up():
    place = CallPlace()

    assert place_call(place, at(ZONE_3)) is ZoneTalk.UNKNOWN
    assert (place.zone_id, place.said) == (None, "Zone 3")


def test_a_zone_the_site_lacks_does_not_unseat_a_confirmed_one():
    place = CallPlace(zone_id="b", said="Zone B")

    assert place_call(place, at(ZONE_3)) is ZoneTalk.NOTHING
    assert (place.zone_id, place.said) == ("b", "Zone B")


def test_a_correction_to_a_zone_the_site_lacks_gives_up_the_wrong_one():
    place = CallPlace(zone_id="b")

    assert place_call(place, at(ZONE_3, Intent.CORRECTION)) is ZoneTalk.UNKNOWN
    assert place.zone_id is None


def test_a_place_that_is_no_zone_is_kept_for_the_record_and_the_zone_asked():
    place = CallPlace()

    assert place_call(place, at(BOILER_HOUSE)) is ZoneTalk.ASK
    assert (place.zone_id, place.said) == (None, "Boiler house")


def test_an_unknown_place_instead_of_a_yes_does_not_confirm():
    place = CallPlace(unconfirmed_zone_id="b")

    assert place_call(place, at(ZONE_3)) is ZoneTalk.ASK
    assert place.zone_id is None


def test_the_caller_is_not_asked_for_ever():
    place = CallPlace()
    talks = [place_call(place, NOTHING) for _ in range(MAX_TIMES_ASKED + 2)]

    assert talks == [ZoneTalk.ASK] * MAX_TIMES_ASKED + [ZoneTalk.NOTHING] * 2


def test_questions_of_every_kind_count_together():
    place = CallPlace()
    talks = [place_call(place, words) for words in (NOTHING, at(ZONE_3), NOTHING, NOTHING)]

    assert talks == [ZoneTalk.ASK, ZoneTalk.UNKNOWN, ZoneTalk.ASK, ZoneTalk.NOTHING]


def test_a_clear_zone_is_taken_even_after_the_last_asking():
    place = CallPlace(times_asked=MAX_TIMES_ASKED)

    assert place_call(place, at(B)) is ZoneTalk.NOTED
    assert place.zone_id == "b"


def test_a_probable_zone_that_cannot_be_asked_back_any_more_does_not_wait_for_a_yes():
    place = CallPlace(times_asked=MAX_TIMES_ASKED)

    assert place_call(place, at(MAYBE_B)) is ZoneTalk.NOTHING
    place_call(place, YES)
    assert place.zone_id is None


# In a call: a question that was never put is neither counted nor answered


def converse(script: dict[str, Assessment]) -> tuple[Call, list[str]]:
    line, call = dialogue(script), new_call()
    messages = []
    for words in script:
        turn = line.hear(call, words, NOON)
        line.close_turn(turn)
        messages.append(turn.message)
    return call, messages


MISHEARD = said(place=MAYBE_B)
SHOCK = said(Urgency.CRITICAL, hazard=Hazard.ELECTRICAL, procedure="electrocution")


def test_a_yes_to_the_zone_asked_back_confirms_it():
    call, messages = converse({"fire": fire(None), "sown bee": MISHEARD, "yes": YES})

    assert "Zone B" in messages[1]
    assert call.place.zone_id == "b"


def test_a_yes_to_the_procedures_question_confirms_no_zone():
    call, messages = converse({"shock": SHOCK, "sown bee": MISHEARD, "yes": YES})

    assert "Zone B" not in messages[1]
    assert call.place.zone_id is None
    assert call.facts["power_off"] is True


def test_everyday_words_do_not_use_up_the_askings():
    everyday = {f"a delivery {n}": said() for n in range(MAX_TIMES_ASKED + 1)}
    call, messages = converse({**everyday, "fire": fire(None)})

    assert call.place.times_asked == 1
    assert "Where are you?" in messages[-1]


D = Place("Zone D", "d", is_zone_name=True)


def apart(incident: Place, caller: Place, intent: Intent = Intent.REPORT) -> Assessment:
    return said(place=incident, caller_place=caller, intent=intent)


def test_where_it_happens_and_where_the_caller_is_are_both_kept_without_a_question():
    place = CallPlace()

    assert place_call(place, apart(B, D)) is ZoneTalk.NOTED
    assert (place.zone_id, place.callers_zone_id) == ("b", "d")


def test_a_caller_who_is_elsewhere_leaves_the_incident_where_it_was_said():
    place = CallPlace(zone_id="b")

    assert place_call(place, apart(D, D)) is ZoneTalk.NOTED
    assert (place.zone_id, place.callers_zone_id) == ("b", "d")
    assert place_call(place, apart(D, D)) is ZoneTalk.NOTHING


def test_a_caller_who_moves_on_is_followed():
    place = CallPlace(zone_id="b", caller_zone_id="d")

    assert place_call(place, apart(C, C)) is ZoneTalk.NOTED
    assert (place.zone_id, place.callers_zone_id) == ("b", "c")
    assert place_call(place, apart(B, B)) is ZoneTalk.NOTED
    assert (place.zone_id, place.caller_zone_id) == ("b", None)


def test_another_answer_to_where_are_you_is_asked_back():
    place = CallPlace(zone_id="b", times_asked=1)

    assert place_call(place, apart(D, D)) is ZoneTalk.CONFIRM
    assert place.zone_id == "b"


def test_a_place_taken_back_is_the_incidents():
    place = CallPlace(zone_id="b")

    assert place_call(place, apart(D, D, Intent.CORRECTION)) is ZoneTalk.CORRECTED
    assert (place.zone_id, place.caller_zone_id) == ("d", None)


def test_a_question_loses_no_place_that_is_being_cleared_up():
    place = CallPlace(unconfirmed_zone_id="b", times_asked=1)

    assert place_call(place, said(intent=Intent.QUESTION)) is ZoneTalk.CONFIRM
    assert place_call(place, YES) is ZoneTalk.NOTED
    assert place.zone_id == "b"


def test_the_way_out_is_of_the_callers_zone_and_the_incident_is_read_back():
    line, call = dialogue({"fire": fire(None, place=B, caller_place=D)}), new_call()
    turn = line.hear(call, "fire", NOON)

    assert "Leave Zone D by" in turn.message
    assert "Zone B" in turn.message
    assert "Leave Zone B" not in turn.message
    assert call.place.zone_id == "b"


def test_who_is_out_already_is_told_no_way_out():
    out = fire("b", facts={"escaped": True})
    line, call = dialogue({"fire": out}), new_call()

    assert "Leave Zone B" not in line.hear(call, "fire", NOON).message
