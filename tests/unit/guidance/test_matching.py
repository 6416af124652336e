"""Which reply a caller's words call for: by the letter, else by meaning."""

import numpy as np
import pytest

from aurora.guidance.cues import Cue
from aurora.guidance.matching import Matcher
from aurora.guidance.procedure import Procedure, Reply

DIRECTIONS = {"may i stop": 0, "can i have a rest": 0, "shall i lift him": 1, "it is raining": 2}


class Meaning:
    """Three meanings, each a direction of its own."""

    def of(self, sentences):
        return np.array([vector(sentence) for sentence in sentences])


def vector(sentence: str) -> np.ndarray:
    return np.eye(3, dtype=np.float32)[DIRECTIONS[sentence]]


def a_reply(name: str, heard: list[str], when: list[str]) -> Reply:
    return Reply(id=name, heard=heard, when=when, say=["No."])


@pytest.fixture
def procedure() -> Procedure:
    replies = [
        a_reply("stop", ["may i stop"], [r"\bgive up\b"]),
        a_reply("lift", ["shall i lift him"], [r"\blift\b"]),
    ]
    return Procedure.model_construct(
        procedure="fall", language="en", version=1, replies=replies, comfort=[]
    )


def names(replies: list[Reply]) -> list[str]:
    return [reply.id for reply in replies]


def test_other_words_with_the_meaning_of_an_example_are_found(procedure):
    found = Matcher(Meaning()).find(procedure, "can i have a rest", vector("can i have a rest"))

    assert names(found) == ["stop"]


def test_words_that_mean_something_else_find_nothing(procedure):
    assert Matcher(Meaning()).find(procedure, "it is raining", vector("it is raining")) == []


def test_the_letter_goes_before_the_meaning(procedure):
    near = 0.9 * vector("may i stop")
    found = Matcher(Meaning()).find(procedure, "lift him may i stop", near)

    assert names(found) == ["lift", "stop"]


def test_a_meaning_beyond_doubt_goes_before_the_letter(procedure):
    found = Matcher(Meaning()).find(procedure, "lift him may i stop", vector("may i stop"))

    assert names(found) == ["stop", "lift"]


def test_in_a_report_only_a_meaning_beyond_doubt_counts(procedure):
    near = 0.9 * vector("may i stop")

    assert Matcher(Meaning()).find(procedure, "may i stop now", near, is_report=True) == []


def test_a_reply_that_changes_the_course_goes_before_any_meaning(procedure):
    turning = Reply(id="worse", when=[r"\bblue\b"], say=["Push."], switch="cardiac_arrest")
    procedure = procedure.model_copy(update={"replies": [*procedure.replies, turning]})

    found = Matcher(Meaning()).find(procedure, "may i stop he is blue", vector("may i stop"))

    assert names(found) == ["worse", "stop"]


def test_two_words_are_too_few_to_have_a_meaning(procedure):
    assert Matcher(Meaning()).find(procedure, "may stop", vector("may i stop")) == []


def test_without_a_meaning_the_letter_decides_alone(procedure):
    matcher = Matcher()

    assert matcher.find(procedure, "can i have a rest", None) == []
    assert names(matcher.find(procedure, "i give up", None)) == ["stop"]


def with_replies(procedure: Procedure, *replies: Reply) -> Procedure:
    return procedure.model_copy(update={"replies": list(replies)})


BACK = Reply(id="back", when=[r"\bagain\b"], stated={"breathing": True}, say=["On the side."])
STOPPED = Reply(id="stopped", stated={"breathing": False}, goes_first=True, say=["Push again."])


def test_a_fact_in_the_words_calls_for_its_answer_before_anything_else(procedure):
    other = a_reply("rest", ["may i stop"], [r"\bagain\b"])
    both = with_replies(procedure, other, STOPPED)
    words = "he stopped breathing again"
    found = Matcher(Meaning()).find(both, words, vector("may i stop"), stated={"breathing": False})

    assert names(found)[0] == "stopped"


def test_words_that_state_the_opposite_never_get_an_answer(procedure):
    found = Matcher().find(
        with_replies(procedure, BACK, STOPPED), "not again", None, stated={"breathing": False}
    )

    assert names(found) == ["stopped"]


def test_an_answer_that_needs_a_cue_is_not_found_by_meaning_alone(procedure):
    needy = a_reply("lift", ["shall i lift him"], [r"\blift\b"]).model_copy(
        update={"needs": Cue.SHUT_IN}
    )
    one, meant = with_replies(procedure, needy), vector("shall i lift him")
    matcher = Matcher(Meaning())

    assert matcher.find(one, "may i raise him", meant) == []
    assert names(matcher.find(one, "may i raise him", meant, cues=frozenset({Cue.SHUT_IN})))
    assert names(matcher.find(one, "may i lift him", None)) == ["lift"]
