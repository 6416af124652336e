"""Which machine's file counts: what is new goes everywhere, and what is gone stays gone."""

import pytest

from aurora.records.kept_files import KeptFile
from aurora.records.shared_shelf import GONE, Turn, turn_of


def there(sha256: str | None, *known: str) -> KeptFile:
    return KeptFile("kiln.json", 1, sha256, frozenset(known) | ({sha256} if sha256 else set()))


@pytest.mark.parametrize(
    ("here", "met", "elsewhere", "turn"),
    [
        (None, None, None, Turn.NONE),
        ("a", None, None, Turn.GIVE),
        ("a", "a", None, Turn.GIVE),
        ("a", None, there("a"), Turn.NONE),
        ("a", "a", there("a"), Turn.NONE),
        (None, "a", there(None, "a"), Turn.NONE),
        (None, None, there("a"), Turn.TAKE),
        ("a", "a", there("b", "a"), Turn.TAKE),
        ("a", "a", there(None, "a"), Turn.TAKE),
        (None, "a", there("a"), Turn.GIVE),
        ("b", "a", there("a"), Turn.GIVE),
        ("b", "a", there("c", "a"), Turn.TAKE),
        (None, "a", there("b", "a"), Turn.TAKE),
        ("a", None, there(None, "a"), Turn.TAKE),
        ("b", None, there(None, "a"), Turn.GIVE),
        ("a", GONE, there(None, "a"), Turn.GIVE),
        (None, GONE, there("a"), Turn.TAKE),
        ("b", None, there("a"), Turn.TAKE),
    ],
    ids=[
        "nowhere",
        "added here",
        "the others' database is new",
        "the same, never met",
        "the same",
        "removed on both",
        "added there",
        "changed there",
        "removed there",
        "removed here",
        "changed here",
        "changed on both",
        "removed here, changed there",
        "removed there while this machine was off and knew no meeting",
        "added here anew after it was removed there",
        "added here as it was before it was removed",
        "added there as it was before it was removed",
        "added on both",
    ],
)
def test_who_gives_and_who_takes(here, met, elsewhere, turn):
    assert turn_of(here, met, elsewhere) is turn
