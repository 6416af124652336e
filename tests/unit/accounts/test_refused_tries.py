"""What strangers try is added up: by network, for a while, and never without bound."""

from datetime import UTC, datetime, timedelta

import pytest

from aurora.accounts.network import network_of
from aurora.accounts.refused_tries import (
    ELSEWHERE,
    MOST_NAMES,
    MOST_NETWORKS,
    AddedUp,
    RefusedTries,
)
from aurora.accounts.slowing import WITHIN

NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("10.0.0.7", "10.0.0.7"),
        ("::ffff:10.0.0.7", "10.0.0.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
        ("testclient", "testclient"),
    ],
)
def test_an_ipv6_address_counts_as_its_network(address, network):
    assert network_of(address) == network


def test_the_first_try_of_a_name_stands_for_itself_and_the_others_are_added_up():
    tries = RefusedTries()
    told = [tries.is_news("10.0.0.7", "Ada", NOON) for _ in range(4)]

    assert told == [True, False, False, False]
    assert tries.take_ended(NOON + WITHIN - timedelta(seconds=1)) == []
    assert tries.take_ended(NOON + WITHIN) == [AddedUp("10.0.0.7", NOON, 3, ["Ada"])]
    assert tries.take_ended(NOON + WITHIN) == []
    assert tries.is_news("10.0.0.7", "Ada", NOON + WITHIN)


def test_a_single_try_has_nothing_to_add():
    tries = RefusedTries()
    tries.is_news("10.0.0.7", "Ada", NOON)

    assert tries.take_ended(NOON + WITHIN) == []


def test_whoever_makes_up_names_is_told_of_a_few_times_and_then_added_up():
    tries = RefusedTries()
    told = [tries.is_news("10.0.0.7", f"Nobody {n}", NOON) for n in range(1_000)]
    [others] = tries.take_ended(NOON + WITHIN)

    assert (told.count(True), others.count) == (MOST_NAMES, 1_000 - MOST_NAMES)


def test_a_crowd_of_addresses_is_added_up_in_one():
    tries = RefusedTries()
    told = [tries.is_news(f"10.0.{n // 256}.{n % 256}", "Ada", NOON) for n in range(1_000)]

    assert told.count(True) == MOST_NETWORKS + 1
    [others] = tries.take_ended(NOON + WITHIN)
    assert (others.network, others.count) == (ELSEWHERE, 1_000 - MOST_NETWORKS - 1)
