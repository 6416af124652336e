"""What a yes or no is about: the question that was spoken last, whichever line asked it."""

import pytest
from pydantic import ValidationError

from aurora.guidance.remarks import Remark
from aurora.guidance.spoken import Spoken
from aurora.site.model import LANGUAGES
from aurora.triage.assessment import Intent
from tests.line import NO, YES, example_library, said
from tests.unit.guidance.line import AGAIN, OKAY, STEPS, Line, procedure

CARE = "First of cardiac_arrest."
OUT = {
    "ask": "Are you out?",
    "again": "Outside, yes or no?",
    "fact": "escaped",
    "if_no": {"say": "Keep going."},
}
ASKING = {
    "id": "down",
    "when": [r"\bdown\b"],
    "say": ["On their back. Are they breathing normally?", "Watch the chest."],
    "asks": "breathing",
}


def running(**parts) -> Line:
    line = Line(procedure(**parts), procedure("cardiac_arrest"))
    line.start()
    return line


# Replies


def test_no_to_what_a_reply_asked_is_an_answer_to_that_and_not_to_the_question_before():
    line = running(then=[OUT, *STEPS], replies=[ASKING])
    line.hear()
    line.hear(text="he is down")
    line.hear(NO)

    assert line.facts == {"breathing": False}


def test_no_to_are_they_breathing_starts_compressions_whatever_runs():
    line = running(replies=[ASKING])
    line.hear(text="he is down")

    assert line.hear(NO).startswith(CARE)


def test_compressions_wait_for_what_the_procedure_holds_and_begin_once_it_is_known():
    line = running(then=[OUT, *STEPS], replies=[ASKING], hold_until={"escaped": True})
    line.hear(text="he is down")

    assert CARE not in line.hear(NO)
    assert line.hear(said(facts={"escaped": True})).startswith(CARE)


def test_whoever_is_awake_gets_no_compressions():
    line = running(replies=[ASKING])
    line.facts["awake"] = True
    line.hear(text="he is down")

    assert CARE not in line.hear(NO)


def test_a_question_that_another_came_before_is_asked_again():
    line = running(then=[OUT, *STEPS], replies=[ASKING])
    line.hear()
    line.hear(text="he is down")
    line.hear(YES)

    assert OUT["again"] in line.hear()


def test_what_is_asked_anew_is_answered_anew():
    line = running(replies=[ASKING])
    line.facts["breathing"] = True
    line.hear(text="he is down")
    line.hear(NO)

    assert line.facts["breathing"] is False


def test_words_that_say_more_than_no_count_for_more():
    line = running(replies=[ASKING])
    line.hear(text="he is down")
    line.hear(said(intent=Intent.NO, facts={"breathing": True}))

    assert line.facts["breathing"] is True


def test_a_variant_without_a_question_waits_for_nothing():
    line = running(replies=[ASKING])
    line.hear(text="he is down")
    line.hear(YES)
    line.hear(text="still down")
    line.hear(NO)

    assert line.facts["breathing"] is True


def test_whoever_answers_by_key_hears_which_keys_answer_a_reply():
    line = Line(procedure(replies=[ASKING]), is_keypad_only=True)
    line.start()

    assert "Press 1 for yes" in line.hear(text="he is down")


# Branches, first lines, open questions, the phrase about a casualty


def test_no_to_what_a_branch_asked_is_an_answer_to_that():
    asking = {"say": "Keep going. Is the way clear?", "asks": "clear"}
    line = running(then=[{**OUT, "if_no": asking}, *STEPS])
    line.hear()
    line.hear(NO)
    line.hear(YES)

    assert line.facts == {"escaped": False, "clear": True}


def test_no_to_what_the_first_line_asked_is_an_answer_to_that():
    line = running(first_line="Hands off. Are they breathing?", asks="breathing")

    assert line.hear(NO).startswith(CARE)


def test_the_first_line_is_still_waited_for_after_a_step_in_the_same_turn():
    line = running(first_line="Hands off. Is it off?", asks="power_off", alert=["medical"])
    line.hear(NO)

    assert line.facts == {"power_off": False}


def test_yes_or_no_is_no_answer_to_an_open_question():
    what = {"ask": "What is it?", "again": "Which one?", "fact": "substance", "is_yes_no": False}
    line = running(then=[what, *STEPS])
    line.hear()
    line.hear(NO)

    assert line.facts == {}


def test_no_to_whether_a_casualty_breathes_is_an_answer_to_that():
    line = running(then=[OUT, *STEPS])
    line.hear()
    guidance = line.runner.advance(line.situation, OKAY, "", is_casualty=True)
    assert guidance.sentences[-1].is_question

    assert line.hear(NO).startswith(CARE)


# What the caller did not hear


def asked_after(**parts) -> Line:
    """A call in which it was just asked, out of turn, whether a casualty breathes."""
    line = running(then=[OUT, *STEPS], hold_until={"escaped": True}, **parts)
    line.hear()
    line.tell_of_a_casualty()
    return line


def test_a_question_out_of_turn_that_was_not_heard_is_said_again_in_its_other_words():
    line = asked_after()
    first, second = example_library().phrases["en"].casualty

    assert line.texts[-1] == first
    assert line.hear(AGAIN) == second
    line.hear(YES)
    assert line.facts == {"breathing": True}


def test_no_yes_answers_a_question_that_could_not_be_said_again():
    line = asked_after()
    line.hear(AGAIN)
    line.hear(AGAIN)
    line.hear(YES)

    assert "breathing" not in line.facts


def test_the_procedures_own_question_follows_once_the_phrase_has_no_words_left():
    breathes = {"ask": "Is there breath?", "again": "Does the chest rise?", "fact": "breathing"}
    line = running(then=[OUT, breathes, *STEPS])
    line.hear()
    line.tell_of_a_casualty()
    told = [line.hear(AGAIN) for _ in range(3)]

    assert told[1:] == ["Does the chest rise?", "Is there breath?"]
    line.hear(NO)
    assert line.facts["breathing"] is False


def test_what_a_reply_asked_is_said_again_in_its_other_words():
    asking = {**ASKING, "say": [ASKING["say"][0], "Turn them over. Is there any breath?"]}
    line = running(then=[OUT, *STEPS], replies=[asking])
    line.hear(text="he is down")

    assert line.hear(AGAIN) == "Turn them over. Is there any breath?"
    assert line.hear(NO).startswith(CARE)


def test_a_question_that_another_sentence_came_after_is_not_what_was_not_heard():
    quiet = {"id": "loud", "when": [r"\bloud\b"], "say": ["Go where it is quiet.", "Go further."]}
    line = asked_after(replies=[quiet])
    line.hear(text="it is loud here")
    line.hear(AGAIN)
    line.hear(YES)

    assert "breathing" not in line.facts


def test_a_question_said_again_in_place_of_another_is_the_one_that_is_answered():
    quiet = {"id": "loud", "when": [r"\bloud\b"], "say": ["Go where it is quiet.", "Go further."]}
    line = running(then=[OUT, *STEPS], replies=[quiet])
    line.hear()
    line.hear(text="it is loud here")

    assert line.hear(AGAIN) == OUT["again"]
    line.hear(YES)
    assert line.facts == {"escaped": True}


def test_a_caller_who_is_shut_in_and_did_not_hear_is_told_how_to_hold_out():
    line = Line(procedure("fire", then=[OUT, *STEPS]), procedure("cardiac_arrest"))
    line.start("fire")
    line.hear()
    line.facts["shut_in"] = True
    line.hear(said(intent=Intent.DONE))
    told = line.hear(AGAIN)

    assert told in example_library().phrases["en"].shut_in_smoke
    line.hear(YES)
    assert "escaped" not in line.facts


@pytest.mark.parametrize("language", LANGUAGES)
def test_whether_a_casualty_breathes_has_other_words_in_every_language(language: str):
    first, second = example_library().phrases_in(language).casualty

    assert "?" in first
    assert "?" in second
    assert first != second


# What the loader refuses


@pytest.mark.parametrize(
    "parts",
    [
        {"first_line": "Are they awake?"},
        {"comfort": ["One.", "Two.", "Is it better?"]},
        {"then": [*STEPS, {"do": "Has anybody called?", "again": "Call."}]},
        {"then": [*STEPS, {**OUT, "if_no": {"say": "Can you run?"}}]},
        {"replies": [{**ASKING, "asks": None}]},
        {"replies": [{**ASKING, "say": ["On their back."]}]},
    ],
)
def test_a_line_that_asks_without_waiting_is_refused(parts):
    with pytest.raises(ValidationError, match="asks"):
        procedure(**parts)


def test_a_remark_that_asks_is_refused():
    with pytest.raises(ValidationError, match="asks"):
        Remark(when=[r"\blost\b"], say=["Where did you come in?"])


@pytest.mark.parametrize("name", ["acknowledge", "casualty"])
def test_a_phrase_that_asks_what_nobody_waits_for_is_refused(name):
    phrases = example_library().phrases["en"]
    lines = ["Okay. Are they awake? Do they breathe?", "Yes. Go on, will you?"]

    with pytest.raises(ValidationError, match="ask"):
        type(phrases).model_validate({**phrases.model_dump(), name: lines})


# Every procedure in every language


def test_every_no_about_breath_starts_compressions_or_is_held_back():
    for (name, language), one in example_library().procedures.items():
        for reply in one.replies:
            if reply.asks != "breathing" or name in ("cardiac_arrest", "choking"):
                continue
            asking = next(text for text in reply.say if "?" in text)
            alone = reply.model_copy(update={"say": [asking], "when": [r"^down$"], "switch": None})
            held = one.hold_until
            line = Line(
                one.model_copy(update={"replies": [alone]}),
                procedure("cardiac_arrest", language=language),
                language=language,
            )
            line.start(name)
            line.facts.update(dict([next(iter(held.items()))]) if held else {})
            line.hear(text="down")

            assert CARE in line.hear(NO), f"{one.reference}: {reply.id}"


def test_no_line_asks_two_things_about_a_casualty_at_once():
    both = ("despierto y respira", "respira y contesta", "wach, atmet", "awake and breathing")
    lines = [
        sentence
        for one in example_library().procedures.values()
        for reply in one.replies
        for sentence in reply.say
        if Spoken(sentence, "").is_question
    ]

    assert not [line for line in lines if any(words in line.lower() for words in both)]


def test_whether_a_casualty_breathes_is_not_asked_once_it_is_known_that_they_do_not():
    line = running(then=[OUT, *STEPS], hold_until={"escaped": True})
    line.facts["breathing"] = False
    guidance = line.runner.advance(line.situation, OKAY, "", is_casualty=True)

    assert [sentence.name for sentence in guidance.sentences if sentence.is_question] == [
        "ask.escaped"
    ]
