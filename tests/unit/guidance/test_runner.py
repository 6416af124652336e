"""A procedure run over a call: one step or question a turn, and no words twice."""

from aurora.guidance.guide import Guide
from aurora.guidance.handbook.handbook import Handbook
from aurora.guidance.holds import is_held
from aurora.guidance.spoken import Situation
from aurora.guidance.state import GuidanceState
from aurora.levels import Urgency
from aurora.triage.assessment import Intent
from tests.line import NO, NOON, YES, example_library, example_site, fire, said
from tests.unit.guidance.line import BREATHING, STEPS, Line, procedure


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
    shock = procedure("electrocution", hold_until={"power_off": True})
    situation = Line(shock).situation

    assert not is_held(situation, shock, "fire")
    assert is_held(situation, shock, "cardiac_arrest")


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


def test_a_burn_begins_no_procedure_while_the_fire_runs():
    guide = Guide(example_site(), example_library(), Handbook())
    situation = Situation(GuidanceState(), {}, "en", Urgency.CRITICAL, NOON)
    guide.plan(situation, fire(), "fire")

    assert not guide.may_start(situation, "burns")
    assert not guide.may_start(situation, "cardiac_arrest")
    situation.facts["escaped"] = True
    assert guide.may_start(situation, "cardiac_arrest")
