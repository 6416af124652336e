"""What happened in a call, in words: everything is told, by its own name if need be."""

from typing import Any

import pytest

from aurora.console.board.naming import Naming
from aurora.console.call.telling import PLAIN, Told, tell
from aurora.console.words import CONSOLE_LANGUAGES, words_in
from aurora.conversation.record import Event
from aurora.conversation.timing import TIMED
from aurora.site.model import Language
from tests.line import NOON, example_library, example_site


def told(kind: str, language: Language = "en", **details: Any) -> Told | None:
    naming = Naming(language, example_site(), example_library())
    return tell(Event(kind, NOON, details), words_in(language).gettext, naming)


def text(kind: str, language: Language = "en", **details: Any) -> str:
    one = told(kind, language, **details)
    assert one is not None
    return one.text


def test_a_lowering_names_who_from_what_to_what_and_why() -> None:
    details = {"from": "critical", "to": "normal", "by": "Ann", "reason": "a barbecue"}
    expected = "Ann lowered it from critical to normal: a barbecue"
    assert text("urgency_lowered", **details) == expected
    german = "Ann hat sie von kritisch auf normal gesenkt: a barbecue"
    assert text("urgency_lowered", "de", **details) == german


def test_a_rise_by_an_operator_names_them() -> None:
    details = {"from": "normal", "to": "critical", "source": "operator"}
    assert "Ann raised it" in text("urgency_rose", **details, by="Ann", reason="camera 4")
    assert "(rules)" in text("urgency_rose", **details | {"source": "rules"})


def test_alerts_name_people_and_who_was_not_reached() -> None:
    assert text("alerted", sent=["medic"], failed=[]) == "Alerted: Site medic"
    assert text("alerted", sent=[], failed=["medic"]) == "Not reached: Site medic"
    both = text("alerted", sent=["medic"], failed=["gate"])
    assert both == "Alerted: Site medic. Not reached: Gatehouse"


def test_an_answer_says_whether_they_come_and_who_entered_it() -> None:
    answered = {"contact": "medic", "answer": "accept", "source": "sms"}
    assert text("alert_answered", **answered) == "Site medic accepted (by text message)"
    assert text("alert_answered", **answered, by="Ann") == "Ann entered: Site medic accepted"
    declined = answered | {"answer": "decline"}
    assert text("alert_answered", **declined) == "Site medic cannot come (by text message)"


def test_a_changed_zone_is_named_as_the_site_names_it() -> None:
    details = {"from": None, "to": "b", "by": "Ann"}
    assert text("zone_set", **details) == "Ann changed the zone from unknown to Zone B"


def test_what_has_no_words_is_told_by_its_own_name() -> None:
    assert text("something_new", detail=1) == "something new"


def test_times_are_told_beside_the_words_they_belong_to() -> None:
    assert told(TIMED) is None


@pytest.mark.parametrize("language", CONSOLE_LANGUAGES)
@pytest.mark.parametrize("kind", sorted(PLAIN))
def test_an_old_record_that_says_less_is_told_all_the_same(kind: str, language: Language) -> None:
    assert text(kind, language)
