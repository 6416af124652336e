"""What a caller asks meanwhile gets its reply; then comfort, other words, other languages."""

from aurora.guidance.phrasebook import Phrasebook
from aurora.guidance.spoken import remember
from aurora.levels import Urgency
from aurora.triage.assessment import Intent
from tests.line import example_library, said
from tests.unit.guidance.line import AGAIN, BREATHING, STEPS, Line, procedure

# Replies

REPLY = {"id": "lift", "when": [r"\blift\b"], "say": ["Not the lift.", "Take the stairs."]}


def test_what_a_caller_asks_gets_its_reply_and_the_procedure_goes_on():
    line = Line(procedure(replies=[REPLY]))
    line.start()

    assert line.hear(text="shall i take the lift") == "Not the lift."
    assert "Step one." in line.hear()


def test_a_second_asking_gets_other_words_and_a_third_goes_on():
    line = Line(procedure(replies=[REPLY]))
    line.start()
    told = [line.hear(text="the lift") for _ in range(3)]

    assert told[:2] == ["Not the lift.", "Take the stairs."]
    assert "Step one." in told[2]


def test_of_two_replies_the_first_that_fits_is_given():
    other = {"id": "any", "when": ["take"], "say": ["Something else."]}
    line = Line(procedure(replies=[REPLY, other]))
    line.start()

    assert line.hear(text="take the lift") == "Not the lift."


def test_a_reply_matches_words_without_accents():
    reply = {"id": "up", "when": ["subiré"], "say": ["No suba."]}
    line = Line(procedure(replies=[reply]))
    line.start()

    assert line.hear(text="subire yo") == "No suba."


def test_a_question_asked_with_the_first_words_is_answered_after_the_first_line():
    line = Line(procedure(replies=[REPLY]))

    assert line.start(text="fire, do i take the lift") == "First of bleeding. Not the lift."


def test_a_reply_may_raise_urgency():
    line = Line(procedure(urgency="urgent", replies=[{**REPLY, "urgency": "critical"}]))
    line.start()
    line.hear(text="lift")

    assert line.guidance.urgency is Urgency.CRITICAL


# Again, questions without an answer, and comfort


def test_saying_it_again_uses_the_steps_other_words():
    line = Line(procedure())
    line.start()
    line.hear()

    assert line.hear(AGAIN) == "One, in other words."
    assert "Step two." in line.hear()


def test_saying_it_again_twice_brings_something_new():
    line = Line(procedure())
    line.start()
    line.hear()
    told = [line.hear(AGAIN) for _ in range(4)]

    assert len(set(told)) == 4


def test_saying_it_again_before_any_step_brings_comfort():
    line = Line(procedure())
    line.start()

    assert line.hear(AGAIN) == "Comfort one."


def test_saying_it_again_after_the_language_changed_breaks_nothing():
    short = procedure(language="es", then=STEPS)
    line = Line(procedure(then=[*STEPS, {"do": "Four.", "again": "Fourth."}]), short)
    line.start()
    for _ in range(4):
        line.hear()
    line.situation.language = "es"

    assert line.hear(AGAIN) == "Comfort one."


def test_after_the_last_step_comes_comfort_that_does_not_repeat_itself():
    line = Line(procedure())
    line.start()
    for _ in STEPS:
        line.hear()
    told = [line.hear().rpartition("Comfort")[2] for _ in range(3)]
    later = [line.wait() for _ in range(3)]

    assert told == [" one.", " two.", " three."]
    assert not any("Comfort" in words for words in later)


def test_when_all_is_said_the_time_is_new_each_time():
    line = Line(procedure())
    line.start()
    phrases = example_library().phrases["en"].still_with_you
    for _ in range(3 + len(phrases)):
        line.wait()

    assert line.wait().startswith("It is 12:00:00. I am still on the line.")


def test_comfort_without_a_procedure_says_that_the_line_is_open():
    line = Line(procedure())

    line.wait()
    assert line.guidance.sentences[0].name == "still_with_you"


def test_a_question_without_an_approved_answer_says_so_and_goes_on():
    line = Line(procedure())
    line.start()
    words = line.hear(said(intent=Intent.QUESTION))

    assert words.startswith("I do not know that.")
    assert words.endswith("Step one.")
    assert not line.guidance.is_settled


def test_an_all_clear_is_noted_and_gives_no_step():
    line = Line(procedure())
    line.start()
    line.hear(said(intent=Intent.ALL_CLEAR))

    assert [s.source.rpartition(":")[2] for s in line.guidance.sentences] == ["not_all_clear"]


# Keypad and languages


def test_by_keypad_a_yes_no_question_names_the_keys():
    line = Line(procedure(then=[BREATHING, *STEPS]), is_keypad_only=True)
    line.start()

    assert line.hear().endswith("Is he breathing? Press 1 for yes, 2 for no.")


def test_by_keypad_a_question_that_needs_words_is_not_asked():
    count = {"ask": "How many?", "again": "Count?", "fact": "people", "is_yes_no": False}
    line = Line(procedure(then=[count, *STEPS]), is_keypad_only=True)
    line.start()

    assert "Step one." in line.hear()


def test_a_procedure_that_a_language_lacks_is_spoken_in_the_primary_one():
    line = Line(procedure(), language="fr")

    assert line.start() == "First of bleeding."


def test_a_procedure_is_spoken_in_the_callers_language():
    line = Line(procedure(), procedure(language="fr", first_line="Appuyez fort."), language="fr")

    assert line.start() == "Appuyez fort."


def test_a_variant_is_never_repeated_while_another_is_unsaid():
    line = Line()
    book = Phrasebook(example_library())
    lines = example_library().phrases["en"].clarify
    told = []
    for _ in lines:
        spoken = book.say(line.situation, "clarify")
        remember(line.situation.state, [spoken])
        told.append(spoken.text)

    assert sorted(told) == sorted(lines)
    assert book.say(line.situation, "clarify").text == told[0]
    assert book.unsaid(line.situation, "clarify") is None
