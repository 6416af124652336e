"""The chain of the audit trail: what is changed, taken out or put in shows."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from aurora.accounts.audit import BEGINNING, Entry, Link, chained, check

NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)


def chain(count: int) -> list[Link]:
    links: list[Link] = []
    previous = BEGINNING
    for number in range(1, count + 1):
        entry = Entry(f"e{number}", NOON, "Ada", "1", "admin", "::1", "sign_in", "1", {"by": "x"})
        links.append(chained(entry, number, previous))
        previous = links[-1].hash
    return links


def test_a_whole_chain_is_whole():
    links = chain(3)
    checked = check(links, links[1].hash)

    assert (checked.count, checked.head) == (3, links[2].hash)
    assert checked.broken_at is None
    assert checked.has_known


@pytest.mark.parametrize(
    "change",
    [
        {"id": "e9"},
        {"at": NOON + timedelta(microseconds=1)},
        {"who": "Bo"},
        {"account_id": "2"},
        {"role": "viewer"},
        {"address": "::2"},
        {"act": "sign_out"},
        {"subject": "2"},
        {"details": {"by": "y"}},
    ],
    ids=str,
)
def test_a_change_of_anything_shows(change):
    links = chain(3)
    links[1] = replace(links[1], entry=replace(links[1].entry, **change))

    assert check(links).broken_at == 2


def test_a_row_that_was_taken_out_or_put_in_shows():
    links = chain(4)

    assert check([links[0], *links[2:]]).broken_at == 2
    assert check([links[0], links[0], *links[1:]]).broken_at == 2
    assert check(links[1:]).broken_at == 1


def test_an_end_that_was_cut_off_shows_to_whoever_noted_it():
    links = chain(4)
    checked = check(links[:3], links[3].hash)

    assert checked.broken_at is None
    assert not checked.has_known


def test_the_zone_in_which_a_time_is_read_back_changes_nothing():
    links = chain(1)
    elsewhere = links[0].entry.at.astimezone(timezone(timedelta(hours=5)))

    assert check([replace(links[0], entry=replace(links[0].entry, at=elsewhere))]).count == 1
