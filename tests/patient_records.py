"""Records that are given all the time they need: a busy machine's disk must not fail a test."""

import pytest

from aurora.records import conditions, phones, sql
from tests.waiting import PATIENT_S


@pytest.fixture(autouse=True)
def patient_records(monkeypatch: pytest.MonkeyPatch) -> None:
    """A line gives up on a disk after a second; a test that is about that sets its own limit."""
    monkeypatch.setattr(sql, "TURN_SECONDS", PATIENT_S)
    monkeypatch.setattr(conditions, "WITHIN_S", PATIENT_S)
    monkeypatch.setattr(phones, "WITHIN_S", PATIENT_S)
