"""The walk of the call tree from the command line: it ends, and what was found is not lost."""

from collections.abc import Callable
from typing import Any

import httpx2
import pytest

from aurora.cli.escalation import BEGINS_WITHIN_S, REPORTED_WITHIN_S, LineRefused, walk_tree
from tests.virtual_time import virtually

URL = "http://line.example/api/escalation/tests"
ASKED = {"by": "Ann Officer", "roles": [], "wait_s": 30.0}
RUNNING = httpx2.Response(200, json={"ended_at": None})
REPORT = {"ended_at": "2026-11-26T12:00:00+00:00", "people": [], "is_passed": True}


def walked(looked_at: Callable[[int], httpx2.Response]) -> tuple[dict[str, Any], int]:
    """Walk through a line that takes the test; looked_at: its answer to each look, or its fault.

    Return the report, and how often it was looked for.
    """
    looks = 0

    def answer(request: httpx2.Request) -> httpx2.Response:
        nonlocal looks
        if request.method == "POST":
            return httpx2.Response(202, json={"id": "test_1"})
        looks += 1
        return looked_at(looks)

    found: dict[str, Any] = {}

    async def work() -> None:
        async with httpx2.AsyncClient(transport=httpx2.MockTransport(answer)) as client:
            found.update(await walk_tree(client, URL, ASKED))

    virtually(work())
    return found, looks


def test_a_line_that_is_away_for_a_while_still_gives_its_report():
    def restarted(look: int) -> httpx2.Response:
        if 2 <= look < 20:
            raise httpx2.ConnectError("connection refused")
        if 20 <= look < 25:
            return httpx2.Response(503, json={"detail": "the record cannot be read"})
        return httpx2.Response(200, json=REPORT) if look == 30 else RUNNING

    assert walked(restarted) == (REPORT, 30)


def test_a_test_that_has_not_begun_yet_is_waited_for():
    def late(look: int) -> httpx2.Response:
        return httpx2.Response(404) if look < 10 else httpx2.Response(200, json=REPORT)

    assert walked(late) == (REPORT, 10)


def test_a_test_that_never_begins_is_said_to_have_not():
    looks = []

    def never(look: int) -> httpx2.Response:
        looks.append(look)
        return httpx2.Response(404)

    with pytest.raises(LineRefused, match="test_1: the test has not begun"):
        walked(never)
    assert len(looks) <= BEGINS_WITHIN_S + 1


@pytest.mark.parametrize("is_away", [True, False])
def test_a_test_without_an_end_is_not_waited_for_for_ever(is_away):
    looks = []

    def endless(look: int) -> httpx2.Response:
        looks.append(look)
        if is_away:
            raise httpx2.ConnectError("connection refused")
        return RUNNING

    with pytest.raises(LineRefused, match=f"its report will be at {URL}/test_1"):
        walked(endless)
    assert len(looks) <= ASKED["wait_s"] + REPORTED_WITHIN_S


def test_a_refusal_ends_it_at_once():
    with pytest.raises(LineRefused, match="answered 401"):
        walked(lambda look: httpx2.Response(401, text="A token is needed"))
