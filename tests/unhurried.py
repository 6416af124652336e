"""What holds where whole lines run: a busy machine has all the time it needs, and reads its
certificates once."""

from collections.abc import Iterator
from functools import cache

import httpcore2
import pytest

from aurora.conversation import operators
from aurora.records import conditions, phones, sql
from aurora.rehearsal import rung_phones
from tests.waiting import PATIENT_S


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """A line gives up on a disk after a second, and Twilio on a line after some more.

    A test that is about that sets its own limit.
    """
    monkeypatch.setattr(rung_phones, "ANSWER_WITHIN_S", PATIENT_S)
    monkeypatch.setattr(operators, "NEWEST_WITHIN_S", PATIENT_S)
    monkeypatch.setattr(sql, "TURN_SECONDS", PATIENT_S)
    monkeypatch.setattr(conditions, "WITHIN_S", PATIENT_S)
    monkeypatch.setattr(phones, "WITHIN_S", PATIENT_S)


@pytest.fixture(scope="session", autouse=True)
def certificates() -> Iterator[None]:
    """Every client reads them anew, for a twentieth of a second: a test has three or four."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(httpcore2, "default_ssl_context", cache(httpcore2.default_ssl_context))
        yield
