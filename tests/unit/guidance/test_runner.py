"""A procedure run over a call: one step or question a turn, and no words twice."""

from typing import Any

from aurora.guidance.guide import Guide
from aurora.guidance.handbook.handbook import Handbook
from aurora.guidance.library import Library
from aurora.guidance.matching import Matcher
from aurora.guidance.phrasebook import Phrasebook
from aurora.guidance.procedure import Procedure
from aurora.guidance.runner import Runner
from aurora.guidance.spoken import Guidance, Situation, remember
from aurora.guidance.state import GuidanceState
from aurora.levels import Urgency
from aurora.triage.assessment import Assessment, Intent
from tests.line import NO, NOON, YES, example_library, example_site, fire, said

OKAY = said(intent=Intent.DONE)
AGAIN = said(intent=Intent.REPEAT)
BREATHING = {
    "ask": "Is he breathing?",
    "again": "Does his chest move?",
    "fact": "breathing",
    "if_yes": {"say": "Keep him warm."},
    "if_no": {"switch": "cardiac_arrest", "say": "Not while the power is on."},
}
STEPS: list[dict[str, Any]] = [
    {"do": "Step one.", "again": "One, in other words."},
    {"do": "Step two.", "again": "Two, in other words."},
    {"do": "Step three.", "again": "Three, in other words."},
]


def procedure(name: str = "bleeding", **parts: Any) -> Procedure:
    defaults: dict[str, Any] = {
        "procedure": name,
        "language": "en",
        "version": 1,
        "approval": {"state": "draft"},
        "source": ["a book"],
        "title": name,
        "hazard": "injury",
        "urgency": "critical",
        "first_line": f"First of {name}.",
        "then": STEPS,
        "comfort": ["Comfort one.", "Comfort two.", "Comfort three."],
        "alert": ["supervisor"],
    }
    return Procedure.model_validate({**defaults, **parts})


class Line:
    """A call that runs these procedures; what it says it remembers."""

    def __init__(self, *procedures: Procedure, language: str = "en", **parts: Any) -> None:
        own = {(one.procedure, one.language): one for one in procedures}
        library = Library(own, example_library().phrases, "en")
        self.runner = Runner(library, Phrasebook(library), Matcher())
        defaults = {"facts": {}, "urgency": Urgency.CRITICAL, "now": NOON}
        self.situation = Situation(
            state=GuidanceState(), language=language, **{**defaults, **parts}
        )
        self.texts: list[str] = []

    @property
    def facts(self) -> dict[str, Any]:
        return self.situation.facts

    def start(self, name: str = "bleeding", text: str = "") -> str:
        return self._say(self.runner.start(self.situation, name, text))

    def hear(self, words: Assessment = OKAY, text: str = "") -> str:
        self.facts.update(words.facts)
        return self._say(self.runner.advance(self.situation, words, text))

    def wait(self) -> str:
        return self._say(Guidance(self.runner.wait(self.situation)))

    def _say(self, guidance: Guidance) -> str:
        self.guidance = guidance
        remember(self.situation.state, guidance.sentences)
        self.texts += [sentence.text for sentence in guidance.sentences]
        return " ".join(sentence.text for sentence in guidance.sentences)


def test_the_first_line_comes_alone_and_the_steps_in_order():
    line = Line(procedure())

    assert line.start() == "First of bleeding."
    assert [line.hear().rpartition("Step")[2] for _ in STEPS] == [" one.", " two.", " three."]


def test_each_step_follows_a_new_acknowledgement():
    line = Line(procedure())
    line.start()
    acknowledgements = [line.hear().partition("Step")[0] for _ in STEPS]

    assert all(acknowledgements)
    assert len(set(acknowledgements)) == len(STEPS)


def test_a_medical_procedure_gives_its_first_step_with_the_first_line():
    line = Line(procedure(alert=["medical"]))

    assert line.start() == "First of bleeding. Step one."
    assert "Step two." in line.hear()


def test_a_sentence_says_where_its_words_come_from():
    line = Line(procedure(version=4))
    line.start()

    assert line.guidance.sentences[0].source == "bleeding.en@4:first_line"
    line.hear()
    assert line.guidance.sentences[-1].source == "bleeding.en@4:step"


def test_a_procedure_demands_its_urgency():
    line = Line(procedure(urgency="urgent"))
    line.start()

    assert line.guidance.urgency is Urgency.URGENT


def test_an_unknown_procedure_settles_nothing():
    line = Line(procedure())

    assert line.start("flood") == ""
    assert not line.guidance.is_settled
    assert line.hear() == ""
    assert not line.guidance.is_settled


# Questions


def test_a_question_is_asked_twice_at_most_and_the_second_time_in_other_words():
    line = Line(procedure(then=[BREATHING, *STEPS]))
    line.start()
    told = [line.hear() for _ in range(6)]

    assert "Is he breathing?" in told[0]
    assert "Does his chest move?" in told[1]
    assert "Step one." in told[2]
    assert not any("?" in words for words in told[2:])


def test_a_question_left_unanswered_is_not_asked_a_third_time_by_another_item():
    twice = {"ask": "Breathing at all?", "again": "Any breath?", "fact": "breathing"}
    line = Line(procedure(then=[BREATHING, twice, *STEPS]))
    line.start()
    told = " ".join(line.hear() for _ in range(6))

    assert told.count("?") == 2


def test_an_answer_ends_the_asking():
    line = Line(procedure(then=[{**BREATHING, "if_yes": None}, *STEPS]))
    line.start()
    line.hear()

    assert "Step one." in line.hear(YES)
    assert line.facts == {"breathing": True}


def test_a_known_fact_skips_its_question():
    line = Line(procedure(then=[{**BREATHING, "if_yes": None}, *STEPS]), facts={"breathing": True})
    line.start()

    assert "Step one." in line.hear()
    assert "?" not in " ".join(line.texts)


def test_a_fact_learnt_from_other_words_answers_the_question():
    line = Line(procedure(then=[BREATHING, *STEPS]))
    line.start()
    line.hear()

    assert line.hear(said(facts={"breathing": True})).startswith("Keep him warm.")


def test_a_yes_that_answers_no_question_is_no_fact():
    line = Line(procedure())
    line.start()
    line.hear(YES)

    assert line.facts == {}


def test_a_yes_does_not_turn_what_the_same_words_state():
    line = Line(procedure(then=[BREATHING, *STEPS]))
    line.start()
    line.hear()
    line.hear(said(intent=Intent.YES, facts={"breathing": False}))

    assert line.facts["breathing"] is False


def test_a_step_is_skipped_once_all_its_facts_are_known():
    skipped = {**STEPS[0], "unless": {"power_off": True, "awake": True}}
    line = Line(procedure(then=[skipped, *STEPS[1:]]), facts={"power_off": True, "awake": True})
    line.start()

    assert "Step two." in line.hear()


def test_a_step_is_given_while_one_of_its_facts_is_open():
    kept = {**STEPS[0], "unless": {"power_off": True, "awake": True}}
    line = Line(procedure(then=[kept, *STEPS[1:]]), facts={"power_off": True})
    line.start()

    assert "Step one." in line.hear()


# Branches


def test_an_answer_brings_its_branch_once():
    line = Line(procedure(then=[BREATHING, *STEPS]))
    line.start()
    line.hear()

    assert "Keep him warm." in line.hear(YES)
    assert "Keep him warm." not in " ".join(line.hear() for _ in range(5))


def test_an_instruction_is_not_followed_by_a_second_step_in_one_turn():
    line = Line(procedure(then=[BREATHING, *STEPS]))
    line.start()
    line.hear()

    assert line.hear(YES) == "Keep him warm."


def test_an_instruction_may_be_followed_by_the_next_question():
    awake = {"ask": "Is he awake?", "again": "Does he answer?", "fact": "awake"}
    line = Line(procedure(then=[BREATHING, awake, *STEPS]))
    line.start()
    line.hear()

    assert line.hear(YES) == "Keep him warm. Is he awake?"


def test_a_branch_may_raise_urgency():
    hurt = {**BREATHING, "if_no": {"say": "Turn him on his side.", "urgency": "critical"}}
    line = Line(procedure(then=[hurt, *STEPS], urgency="urgent"))
    line.start()
    line.hear()
    line.hear(NO)

    assert line.guidance.urgency is Urgency.CRITICAL


def test_a_branch_of_a_count_is_taken_as_a_yes():
    people = {
        "ask": "How many are hurt?",
        "again": "Count them: how many?",
        "fact": "people",
        "is_yes_no": False,
        "if_yes": {"say": "Stay with the worst."},
    }
    line = Line(procedure(then=[people, *STEPS]))
    line.start()
    line.hear()

    assert "Stay with the worst." in line.hear(said(facts={"people": 3}))


# Switches


def test_an_answer_may_switch_to_a_worse_procedure_at_once():
    line = Line(procedure(then=[BREATHING, *STEPS]), procedure("cardiac_arrest"))
    line.start()
    line.hear()

    assert line.hear(NO) == "First of cardiac_arrest."
    assert line.situation.state.procedure == "cardiac_arrest"


def test_a_switch_waits_until_the_running_procedure_lets_go():
    shock = procedure("electrocution", then=[BREATHING, *STEPS], hold_until={"power_off": True})
    line = Line(shock, procedure("cardiac_arrest"))
    line.start("electrocution")
    line.hear()

    assert line.hear(NO) == "Not while the power is on."
    assert line.situation.state.procedure == "electrocution"
    assert line.hear(said(facts={"power_off": True})) == "First of cardiac_arrest."


def test_any_one_of_the_facts_it_holds_for_lets_go():
    holds = {"ongoing": False, "inside": False}
    water = procedure("drowning", then=[BREATHING, *STEPS], hold_until=holds)
    line = Line(water, procedure("cardiac_arrest"), facts={"inside": False})
    line.start("drowning")
    line.hear()

    assert line.hear(NO) == "First of cardiac_arrest."


def test_another_danger_is_never_held_back():
    line = Line(procedure("electrocution", hold_until={"power_off": True}), procedure("fire"))
    line.start("electrocution")

    assert not line.runner.is_held(line.situation, "fire")
    assert line.runner.is_held(line.situation, "cardiac_arrest")


def test_nobody_awake_gets_compressions():
    line = Line(procedure(then=[BREATHING, *STEPS]), procedure("cardiac_arrest"))
    line.facts["awake"] = True
    line.start()
    line.hear()
    line.hear(NO)

    assert line.situation.state.procedure == "bleeding"


def test_a_procedure_that_ran_is_not_begun_again():
    back = [{**BREATHING, "if_yes": {"switch": "bleeding"}, "if_no": None}, *STEPS]
    line = Line(procedure(then=[BREATHING, *STEPS]), procedure("cardiac_arrest", then=back))
    line.start()
    line.hear()
    line.hear(NO)
    line.facts["breathing"] = True
    line.hear()

    assert line.situation.state.procedure == "cardiac_arrest"
    assert line.texts.count("First of bleeding.") == 1


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


def test_a_reply_may_switch_even_while_the_procedure_holds():
    freed = {"id": "free", "when": ["he is out"], "say": ["Now."], "switch": "cardiac_arrest"}
    line = Line(
        procedure("drowning", replies=[freed], hold_until={"ongoing": False}),
        procedure("cardiac_arrest"),
    )
    line.start("drowning")

    assert line.hear(text="he is out") == "First of cardiac_arrest."


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


def test_a_burn_begins_no_procedure_while_the_fire_runs():
    guide = Guide(example_site(), example_library(), Handbook())
    situation = Situation(GuidanceState(), {}, "en", Urgency.CRITICAL, NOON)
    guide.plan(situation, fire(), "fire")

    assert not guide.may_start(situation, "burns")
    assert not guide.may_start(situation, "cardiac_arrest")
    situation.facts["escaped"] = True
    assert guide.may_start(situation, "cardiac_arrest")
