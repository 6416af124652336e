"""What a turn shows for the figures: refused sentences, questions answered or not."""

from typing import Any

from aurora.conversation.record import Entry, Message
from aurora.records.findings import findings_of
from tests.integration.records.made import AT, a_call


def found(*messages: Message, recent: str = "") -> list[tuple[str, str, str]]:
    call = a_call()
    call.recent_words = [recent] if recent else []
    return [
        (row["kind"], row["subject"], row["text"]) for row in findings_of(Entry(call, messages))
    ]


def heard(words: str) -> Message:
    return Message("user", words, AT, "normal")


def spoken(**details: Any) -> Message:
    return Message("assistant", "…", AT, "normal", details)


def test_a_question_is_counted_with_the_passage_that_answered_it():
    passage = "handbook.en@9679:battery-charging-1"

    assert found(heard("how do I charge"), spoken(sources=[passage, "phrases.en@1:x"])) == [
        ("answered", passage, "how do I charge")
    ]


def test_a_question_without_an_answer_is_a_gap():
    assert found(heard("why"), spoken(sources=["phrases.en@1:cannot_answer"])) == [
        ("unanswered", "", "why")
    ]


def test_words_kept_before_the_model_was_asked_are_known_all_the_same():
    unsure = spoken(sources=["phrases.en@1:cannot_answer"])

    assert found(unsure, recent="what is that hum") == [("unanswered", "", "what is that hum")]


def test_every_refused_sentence_counts_by_its_reason():
    refusals = [{"sentence": "Close valve 9.", "reason": "name"}, {"reason": "number"}]

    assert found(spoken(refusals=refusals)) == [
        ("refused", "name", "Close valve 9."), ("refused", "number", "")
    ]  # fmt: skip


def test_details_of_another_shape_break_nothing():
    for details in ({"refusals": 3}, {"refusals": [None, 1]}, {"sources": "x"}, {"sources": None}):
        assert found(heard("x"), spoken(**details)) == []
