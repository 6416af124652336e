"""What a page of the history is asked for: days of the site, clear refusals, addresses to share."""

from datetime import UTC, datetime

import pytest
from starlette.datastructures import QueryParams

from aurora.console.history.asked import read_asked
from aurora.lines.problems import Problem
from tests.line import example_site

SITE = example_site()


def test_days_begin_and_end_at_the_sites_midnight():
    asked = read_asked(QueryParams("from=2026-11-01&until=2026-11-02&urgency=&zone="))
    madrid = SITE.model_copy(update={"timezone": "Europe/Madrid"})

    filters = asked.filters(madrid)

    assert filters.since == datetime(2026, 10, 31, 23, tzinfo=UTC)
    assert filters.until == datetime(2026, 11, 2, 23, tzinfo=UTC)
    assert filters.urgency is None


@pytest.mark.parametrize(
    ("query", "field"),
    [("from=soon", "from"), ("urgency=mild", "urgency"), ("before=-1", "before"),
     ("before=99999999999999999999", "before"), ("q=" + "x" * 201, "q"),
     ("answer=maybe", "answer")],
)  # fmt: skip
def test_what_is_wrong_is_named(query, field):
    with pytest.raises(Problem) as refused:
        read_asked(QueryParams(query))
    assert (refused.value.status, refused.value.field) == (422, field)


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_the_ends_of_the_calendar_are_no_bounds(day):
    filters = read_asked(QueryParams(f"from={day}&until={day}")).filters(SITE)

    assert (filters.since, filters.until) == (None, None)


def test_an_address_asks_the_same_again():
    asked = read_asked(QueryParams("q=smoke+%26+fire&drill=no&before=7"))

    assert asked.address("/x") == "/x?q=smoke+%26+fire&drill=no"
    assert asked.address("/x", after=9).endswith("&after=9")
    assert asked.has_filters
    assert read_asked(QueryParams("")).address("/x") == "/x"
