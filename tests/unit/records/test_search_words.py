"""A search as it is understood: words, words together, and zones by their names."""

import pytest

from aurora.records.search_words import LONGEST_WORD, MOST_WORDS_ASKED, Wanted, wanted, words_of

ZONES = {"b": ["Zone B", "gas line corridor", "gas line"], "f": ["loading dock", "Straße"]}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Fumée, PRÈS de l'atelier!", ["fumee", "pres", "de", "l", "atelier"]),
        ("Straße ﬁn Ⅳ", ["strasse", "fin", "iv"]),
        ("+1 (202) 555-0151", ["1", "202", "555", "0151"]),
        ("a_b zone-3", ["a", "b", "zone", "3"]),
        ("\0 \ud800 🔥", []),
        ("x" * 99, ["x" * LONGEST_WORD]),
    ],
)
def test_words_have_no_case_accents_or_signs(text, words):
    assert words_of(text) == words


def test_each_word_is_wanted_and_each_quoted_text_together():
    assert wanted('smoke "left side" of', ZONES) == [
        Wanted(("smoke",)), Wanted(("left", "side"), is_exact=True), Wanted(("of",))
    ]  # fmt: skip


def test_the_longest_name_of_a_zone_is_taken_for_the_zone():
    assert wanted("fire gas line corridor", ZONES) == [
        Wanted(("fire",)),
        Wanted(("gas", "line", "corridor"), is_exact=True, zone_ids=("b",)),
    ]
    assert wanted("strasse", ZONES) == [Wanted(("strasse",), zone_ids=("f",))]


def test_short_words_are_not_beginnings():
    assert not Wanted(("le",)).is_beginning
    assert Wanted(("leak",)).is_beginning
    assert not Wanted(("leak",), is_exact=True).is_beginning


def test_nothing_and_too_much_are_both_bounded():
    assert wanted(' "" " ', ZONES) == []
    assert len(wanted(" ".join(f"w{n}" for n in range(50)), ZONES)) == MOST_WORDS_ASKED
