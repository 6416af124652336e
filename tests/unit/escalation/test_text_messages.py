"""Text messages as composed: answerable, in the GSM alphabet, in two parts, in any language."""

from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aurora.escalation.alert import SMS_UNITS, SMS_UNITS_IN_ANOTHER_SCRIPT, Links, compose, fitted
from aurora.escalation.brief import AlertKind
from aurora.escalation.gsm import is_gsm, segments, units
from aurora.escalation.happening import open_incident
from aurora.escalation.incident import CallFacts
from aurora.escalation.plan import ChannelKind, Page, Route
from aurora.levels import Hazard, Urgency
from aurora.site.model import LANGUAGES
from tests.alerts import CODE, LINK, MEDIC
from tests.line import NOON, example_site

CALL = CallFacts(
    "call_1",
    NOON,
    Urgency.CRITICAL,
    Hazard.GAS_LEAK,
    "b",
    facts={"breathing": False, "severe_bleeding": True, "trapped": True, "people": 3},
    caller="+12025550151",
)
ASKING = (AlertKind.PAGE, AlertKind.REMINDER, AlertKind.TEST)


def text_of(
    language: str = "en",
    kind: AlertKind = AlertKind.PAGE,
    *,
    call: CallFacts = CALL,
    is_desk: bool = False,
) -> str:
    incident = open_incident("incident_1", CODE, call)
    route = Route(ChannelKind.SMS, MEDIC)
    page = Page("medic", "Site medic", "medical", language, (route,), is_desk=is_desk)
    links = Links(LINK)
    alert = compose(
        example_site(), incident, page, route, "step:1:1", now=NOON, kind=kind, links=links
    )
    return alert.texts.short


@pytest.mark.parametrize(
    ("language", "kind", "is_desk"), list(product(LANGUAGES, AlertKind, [True, False]))
)
def test_every_message_is_two_parts_at_most_in_the_gsm_alphabet(language, kind, is_desk):
    text = text_of(language, kind, is_desk=is_desk)

    assert is_gsm(text)
    assert segments(text) <= 2
    assert len(text) <= 320


@pytest.mark.parametrize(("language", "kind"), list(product(LANGUAGES, ASKING)))
def test_what_asks_for_an_answer_gives_both_replies_and_the_link(language, kind):
    text = text_of(language, kind)

    assert f"ACK {CODE}" in text
    assert f"NO {CODE}" in text
    assert text.endswith(LINK)


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_comes_and_who_acts_from_a_desk_are_asked_different_things(language):
    assert text_of(language) != text_of(language, is_desk=True)


@pytest.mark.parametrize("kind", [AlertKind.UPDATE, AlertKind.STAND_DOWN])
def test_what_only_tells_asks_for_no_answer(kind):
    text = text_of(kind=kind)

    assert CODE in text
    assert "ACK" not in text
    assert LINK not in text


@pytest.mark.parametrize(("language", "kind"), list(product(LANGUAGES, AlertKind)))
def test_a_drill_says_so_at_once(language, kind):
    assert "DRILL" in text_of(language, kind, call=replace(CALL, is_drill=True))[:90]


@given(st.text(max_size=60), st.lists(st.text(max_size=80), max_size=8))
def test_whatever_is_said_the_way_to_answer_stays_whole(head, middle):
    text = fitted(head, middle, [f"Reply ACK {CODE}", LINK])

    limit = SMS_UNITS if is_gsm(text) else SMS_UNITS_IN_ANOTHER_SCRIPT
    assert text.endswith(f" Reply ACK {CODE} {LINK}")
    assert units(text) <= limit


def test_a_head_that_is_too_long_loses_the_link_first_and_then_its_end():
    text = fitted("gas " * 100, ["Two hurt."], [f"Reply ACK {CODE}", LINK])

    assert text.endswith(f"... Reply ACK {CODE}")
    assert units(text) <= SMS_UNITS


def test_another_script_is_dearer_not_wrong():
    text = fitted("Пожар в зоне B", ["Двое пострадавших."] * 20, [f"Reply ACK {CODE}", LINK])

    assert "Пожар в зоне B" in text
    assert segments(text) <= 4
