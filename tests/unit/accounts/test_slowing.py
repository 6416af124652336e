"""How long tries wait: growing, bounded, and counted where strangers cannot reach."""

from dataclasses import replace

import pytest

from aurora.accounts.session import Visitor
from aurora.accounts.slowing import Count, password_counts

VISITOR = Visitor("10.0.0.7")


@pytest.mark.parametrize(
    ("wrong", "wait_s"),
    [(0, 0.0), (4, 0.0), (5, 0.5), (6, 1.0), (9, 8.0), (10, 10.0), (9999, 10.0)],
)
def test_the_wait_doubles_up_to_its_longest(wrong, wait_s):
    assert Count("name", 5, 10.0).wait_s(wrong) == wait_s


def test_two_spellings_of_a_name_count_together():
    assert password_counts("Ada", "1", VISITOR) == password_counts(" ADA ", "1", VISITOR)


def test_a_known_browser_counts_apart_from_name_and_address():
    known = replace(VISITOR, device="d", known_to=("1",))
    theirs = {count.key for count in password_counts("Ada", "1", known)}

    assert theirs.isdisjoint(count.key for count in password_counts("Ada", "1", VISITOR))


def test_a_browser_known_to_one_account_is_a_stranger_to_another():
    known = replace(VISITOR, device="d", known_to=("1",))

    assert password_counts("Bo", "2", known) == password_counts("Bo", "2", VISITOR)
