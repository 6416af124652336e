import json
import math
from collections import Counter
from dataclasses import dataclass

import pytest

from evals.misheard import bare, relabelled, why_refused, word_errors
from evals.recognised import hear_all, keep, sample
from evals.seeking import sought

SAID = "Smoke in zone A, and it's 12,000 degrees!"


def line(number=1, **fields):
    labels = {"lang": "en", "urgency": "normal", "style": "clean", "group": "g", "split": "test"}
    return {"id": f"L{number}", "text": "one two three four five six", **labels, **fields}


@dataclass
class Transcript:
    text: str
    logprob: float = -0.3
    no_speech: float = 0.0


def test_bare_text_has_no_punctuation_but_what_stands_inside_a_word():
    assert bare(SAID) == "smoke in zone a and it's 12000 degrees"


def test_word_errors_count_wrong_missing_and_added_words():
    assert word_errors("smoke in zone a", "smoking in zone a") == 0.25
    assert word_errors("smoke in zone a", "smoke zone") == 0.5
    assert word_errors("smoke in zone a", "there's smoke in zone a") == 0.25


@pytest.mark.parametrize(
    ("heard", "why"),
    [
        ("", "empty"),
        ("smoke in zone a and its 12000 degrees", "same"),
        ("thank you for watching", "invented"),
        ("smoke in " * 12, "loop"),
        ("look at the sea over there my friend", "another sentence"),
        ("they're smoking zone a and it's 12000 degrees", None),
    ],
)
def test_a_transcript_of_no_use_is_refused(heard, why):
    assert why_refused(bare(SAID), heard.strip(), no_speech=0.1) == why


def test_what_the_line_would_take_for_silence_is_refused():
    assert why_refused("smoke in zone a", "smoke in zone b", no_speech=0.7) == "no speech"


def test_a_recognised_line_keeps_its_labels_group_and_split():
    changed = relabelled(line(), "one too three")
    assert changed == line() | {
        "id": "L1-r",
        "text": "one too three",
        "style": "asr",
        "source": "L1",
    }


def test_the_dangerous_are_drawn_twice_as_often():
    lines = [
        line(number, urgency=("critical", "normal")[number % 2], text="a b c d e f")
        for number in range(4_000)
    ]
    drawn = Counter(taken["urgency"] for taken in sample(lines, {"en": 300}, seed=3))
    assert math.isclose(drawn["critical"] / 300, 2 / 3, abs_tol=0.08)


def test_only_clean_lines_of_a_fitting_length_are_drawn_and_the_same_for_a_seed():
    lines = [line(1), line(2, style="asr"), line(3, text="too short"), line(4, text="w " * 23)]
    assert [taken["id"] for taken in sample(lines, {"en": 9}, seed=1)] == ["L1"]
    many = [line(number) for number in range(50)]
    assert sample(many, {"en": 9}, seed=1) == sample(many[::-1], {"en": 9}, seed=1)


def test_a_lost_sentence_is_heard_again_in_less_noise():
    asked = []

    def listen(snr_db):
        asked.append(snr_db)
        return Transcript("one too three four five six" if snr_db > 10 else "no no no")

    row = sought(line(), listen, 3.0)
    assert asked == [3.0, 19.0]
    assert row["refused"] is None
    assert row["errors_first"] == 1.0


def test_an_unchanged_sentence_is_heard_again_in_more_noise():
    asked = []

    def listen(snr_db):
        asked.append(snr_db)
        return Transcript("one two three four five six")

    assert sought(line(), listen, 12.0)["refused"] == "same"
    assert asked == [12.0, 4.0]


def test_a_run_goes_on_where_one_cut_short_in_a_line_stopped(tmp_path):
    path = tmp_path / "heard.jsonl"
    path.write_text('{"source": "L1"}\n{"source": "L2", "sai', "utf-8")
    lines = [line(number) for number in (1, 2, 3)]
    hear_all(lines, path, lambda heard, chance: {"source": heard["id"]}, 1, math.inf)
    rows = [json.loads(row) for row in path.read_text("utf-8").splitlines()]
    assert [row["source"] for row in rows] == ["L1", "L2", "L3"]


def test_the_same_line_meets_the_same_chance_whatever_was_heard_before(tmp_path):
    def hear(heard, chance):
        return {"source": heard["id"], "lot": chance.random()}

    lines = [line(1), line(2)]
    hear_all(lines, tmp_path / "all", hear, 1, math.inf)
    hear_all(lines[1:], tmp_path / "one", hear, 1, math.inf)
    assert (tmp_path / "all").read_text("utf-8").endswith((tmp_path / "one").read_text("utf-8"))


def test_a_run_stops_when_its_time_is_up(tmp_path):
    hear_all([line()], tmp_path / "heard", lambda *_: pytest.fail("heard"), 1, -math.inf)


def test_what_the_checks_or_the_reader_refused_is_not_kept():
    heard = [
        {"source": f"L{number}", "refused": refused, "line": {"id": f"L{number}-r"}}
        for number, refused in ((1, None), (2, "empty"), (3, None), (4, None))
    ]
    assert keep(heard, {"L3", "L4-r"}) == [{"id": "L1-r"}]
