"""The shipped sets are well-formed, and their scores mean what they say."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from aurora.levels import Hazard, Urgency
from aurora.rehearsal.scenarios import read_scenarios
from evals.measures import Share, by_slice, score_urgency
from evals.replies import score_scenarios

EVALS = Path(__file__).parents[3] / "evals"
SPOKEN = {"en", "es", "fr", "de"}


@pytest.fixture(scope="module")
def utterances() -> list[dict[str, Any]]:
    lines = (EVALS / "utterances.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines]


def test_every_utterance_is_labelled_in_the_words_triage_uses(
    utterances: list[dict[str, Any]],
) -> None:
    assert len({item["id"] for item in utterances}) == len(utterances)
    for item in utterances:
        assert item["accept"][0] == item["urgency"], item
        assert set(item["accept"]) <= set(Urgency), item
        assert item["hazard"] in set(Hazard), item
        assert item["lang"] in SPOKEN, item
        assert item["style"] in ("clean", "asr"), item


def test_the_shipped_scenarios_can_be_rehearsed() -> None:
    scenarios = read_scenarios(EVALS / "scenarios.yaml")
    assert {scenario.lang for scenario in scenarios} == SPOKEN


def test_perfect_ratings_score_full_marks(utterances: list[dict[str, Any]]) -> None:
    for items in by_slice(utterances).values():
        score = score_urgency(items, {item["id"]: item for item in items})
        assert score.strict.rate == score.lenient.rate == score.macro_f1 == 1.0
        assert score.critical_lost.hits == score.under.hits == score.over.hits == 0


def test_no_rating_at_all_is_the_worst_rating(utterances: list[dict[str, Any]]) -> None:
    score = score_urgency(utterances, {})
    assert score.critical_lost.rate == score.under.rate == 1.0
    assert score.strict.hits == score.over.hits == 0


def test_an_accepted_neighbour_is_neither_over_nor_under() -> None:
    gold = {"id": 1, "urgency": "urgent", "accept": ["urgent", "critical"], "hazard": "chemical"}
    score = score_urgency([gold], {1: {"urgency": "critical"}})
    assert (score.strict.hits, score.lenient.hits, score.over.hits, score.under.hits) == (
        0,
        1,
        0,
        0,
    )


def test_a_share_of_few_has_a_wide_interval() -> None:
    low, high = Share(4, 4).interval or (0, 0)
    assert 0.5 < low < 0.52
    assert high == pytest.approx(1.0)
    assert Share(0, 0).rate is None


def score_one(turn: dict[str, Any], reply: dict[str, Any]) -> list[str]:
    file = {"scenarios": [{"id": "s", "turns": [turn]}]}
    return score_scenarios(file, {("s", 0): reply}).failures


@pytest.mark.parametrize(
    ("turn", "reply", "holds"),
    [
        ({"never": ["touch him"]}, {"reply": "Touch him."}, False),
        ({"never": ["touch him"]}, {"reply": "Do not touch him."}, True),
        ({"never": ["touch him"]}, {"reply": "No lifts. Touch him."}, False),
        ({"must_any": [["out", "away"], ["alarm"]]}, {"reply": "Get AWAY. Pull the alarm."}, True),
        ({"must_any": [["out"], ["alarm"]]}, {"reply": "Get out."}, False),
        ({"must_any": [["out"]], "event": "hangup"}, {"reply": ""}, True),
        ({"min_urgency": "urgent"}, {"urgency": "critical"}, True),
        ({"min_urgency": "urgent"}, {}, False),
        ({"max_urgency": "assistive"}, {"urgency": "normal"}, True),
        ({"max_urgency": "assistive"}, {}, False),
        ({"reply_lang": "de"}, {"reply": "Verlassen Sie das Gebäude und bleiben Sie da."}, True),
        ({"reply_lang": "de"}, {"reply": "Leave the building and stay there."}, False),
        ({"escalate": ["medical"]}, {"escalated": ["medical", "control_room"]}, True),
        ({"escalate": ["medical"]}, {"escalated": []}, False),
    ],
)
def test_a_check_holds_or_fails(turn: dict[str, Any], reply: dict[str, Any], holds: bool) -> None:
    assert (score_one(turn, reply) == []) is holds


def test_falling_urgency_is_seen() -> None:
    file = yaml.safe_load("scenarios: [{id: s, turns: [{caller: a}, {no_downgrade: true}]}]")
    replies = {("s", 0): {"urgency": "critical"}, ("s", 1): {"urgency": "urgent"}}
    score = score_scenarios(file, replies)
    assert score.failed == {"no_downgrade": 1}
    assert score.passed == 0
