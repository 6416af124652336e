"""Sessions: when they are over, and what is kept of them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from aurora.accounts.secret import hash_of
from aurora.accounts.session import IDLE_FOR, LASTS, Visitor, browser_name, open_session

NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)
WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36"


def test_only_the_hash_of_the_secret_is_kept():
    secret, session = open_session("1", Visitor("10.0.0.7"), NOON)

    assert session.id == hash_of(secret)
    assert secret not in repr(session)


def test_a_session_ends_unused_or_old():
    _, session = open_session("1", Visitor("10.0.0.7"), NOON)
    used = replace(session, seen_at=NOON + LASTS - timedelta(seconds=1))

    assert not session.is_over(NOON + IDLE_FOR - timedelta(seconds=1))
    assert session.is_over(NOON + IDLE_FOR)
    assert used.is_over(NOON + LASTS)


def test_a_session_that_waits_for_its_second_step_waits_minutes():
    _, session = open_session("1", Visitor("10.0.0.7"), NOON, is_whole=False)

    assert session.is_over(NOON + timedelta(minutes=10))


@pytest.mark.parametrize(
    ("called", "name"),
    [
        (WINDOWS, "Chrome · Windows"),
        (f"{WINDOWS} Edg/140.0", "Edge · Windows"),
        ("Mozilla/5.0 (iPhone; like Mac OS X) Version/18.0 Safari/604.1", "Safari · iPhone"),
        (
            "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
            "Firefox · Linux",
        ),
        ("curl/8.9", "curl/8.9"),
        ("", ""),
    ],
)
def test_a_browser_is_named_so_that_its_owner_knows_it(called, name):
    assert browser_name(called) == name
