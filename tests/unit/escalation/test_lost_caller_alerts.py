"""What people are told of a caller who is missing, is searched for, and is heard again."""

from dataclasses import replace

import pytest

from aurora.escalation.alert import compose
from aurora.escalation.brief import AlertKind
from aurora.escalation.gsm import units
from aurora.escalation.happening import absorb, news
from aurora.escalation.incident import CallFacts, Lost
from aurora.escalation.news import News, NewsKind
from aurora.escalation.policy import make_plan
from aurora.escalation.wording import wording
from aurora.site.model import LANGUAGES
from tests.incidents import call, incident
from tests.line import NOON, example_site

HERE = call()
GONE = replace(HERE, lost=Lost.HUNG_UP, losses=1)
SEARCHED = replace(GONE, is_searched=True)


def kinds(before: CallFacts, after: CallFacts) -> list[NewsKind]:
    return [one.kind for one in news(incident(before), after)]


def test_going_missing_search_and_being_heard_again_are_news_once():
    assert kinds(HERE, GONE) == [NewsKind.LOST]
    assert kinds(GONE, GONE) == []
    assert kinds(GONE, SEARCHED) == [NewsKind.SEARCH]
    assert kinds(SEARCHED, SEARCHED) == []
    assert kinds(SEARCHED, replace(HERE, losses=1)) == [NewsKind.FOUND]


def test_lost_a_second_time_is_news_even_when_nobody_heard_that_they_were_found():
    assert kinds(GONE, replace(GONE, losses=2)) == [NewsKind.LOST]


def text(after: CallFacts, kind: AlertKind, language: str = "en", channel: str = "voice") -> str:
    made = incident(HERE)
    told = absorb(made, after)
    plan = make_plan(example_site(), made, NOON)
    page = replace(plan.steps[0].pages[0], language=language)
    alert = compose(example_site(), made, page, page.routes[0], "x", now=NOON, kind=kind, news=told)
    return getattr(alert.texts, channel)


def test_a_lost_caller_heads_a_message_of_its_own_and_says_where():
    said = text(GONE, AlertKind.LOST_CALLER)

    assert "CALLER LOST. CRITICAL. Fire." in said
    assert "Caller last known: Zone A." in said


def test_whoever_is_paged_later_hears_of_it_in_the_page():
    assert "SEARCH" in text(SEARCHED, AlertKind.PAGE)


def test_an_unknown_place_is_said_to_be_unknown_and_own_words_are_called_so():
    nowhere = replace(GONE, zone_id=None, place_said="by the big tank")

    assert "Where the caller was is not known." in text(
        replace(GONE, zone_id=None), AlertKind.LOST_CALLER
    )
    assert 'in their words: "by the big tank"' in text(nowhere, AlertKind.LOST_CALLER)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("how", list(Lost))
def test_it_is_native_and_fits_a_text_message(language, how):
    words = wording(language)
    after = replace(SEARCHED, lost=how)
    short = text(after, AlertKind.LOST_CALLER, language, "short")

    assert words.caller_lost in short
    assert "Zone" in short or "Zona" in short
    assert units(short) <= 306
    assert News(NewsKind.LOST, "first", how.value) in absorb(incident(HERE), after)
