"""Two people at once: whoever acts on what they have not seen is told who was first."""

from datetime import UTC, datetime

import pytest

from aurora.accounts.acts import Act, check_seen
from aurora.errors import Overtaken

ACTS = [Act("zone", "Ann", datetime(2026, 3, 2, 12, tzinfo=UTC))]


def test_whoever_has_not_seen_the_last_act_is_told_who_was_first() -> None:
    with pytest.raises(Overtaken) as overtaken:
        check_seen(ACTS, 0)

    assert {"zone", "Ann", ACTS[0].at} <= set(vars(overtaken.value).values())


@pytest.mark.parametrize("seen", [1, None])
def test_whoever_has_seen_all_or_shows_no_page_may_act(seen: int | None) -> None:
    check_seen(ACTS, seen)
    check_seen([], 0)
