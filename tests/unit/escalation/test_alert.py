"""What responders read and hear: short, in their language, DRILL in a drill, only what is known."""

from dataclasses import replace
from string import Formatter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aurora.escalation.alert import Alert, Links, alert_id, compose, fitted
from aurora.escalation.brief import AlertKind
from aurora.escalation.happening import absorb, open_incident
from aurora.escalation.news import News, NewsKind
from aurora.escalation.plan import ChannelKind
from aurora.escalation.policy import make_plan
from aurora.escalation.told import BAD_IF_NOT, BAD_IF_SO, COUNTS, TOLD, WORDS
from aurora.escalation.wording import Wording, wording
from aurora.levels import Hazard, Urgency
from aurora.site.model import LANGUAGES
from tests.incidents import CODE, call, incident, site_with
from tests.line import NOON, example_library, example_site

LINKS = Links("https://aurora.example.com/ack/" + "x" * 60)
ALL_NEWS = (
    News(NewsKind.URGENCY, "critical"),
    News(NewsKind.ZONE, "b"),
    News(NewsKind.HAPPENING, "medical"),
    News(NewsKind.FACT, "others_hurt", True),
    News(NewsKind.ROLES, "medical"),
)


def alert(made=None, language="en", site=None, **parts) -> Alert:
    made, site = made or incident(), site or example_site()
    page = replace(make_plan(site, made, NOON).steps[0].pages[0], language=language)
    return compose(
        site, made, page, page.routes[0], "step:1:1", **{"links": LINKS, "now": NOON, **parts}
    )


def all_texts(one: Alert) -> list[str]:
    return [one.texts.short, one.texts.voice, one.texts.subject, one.texts.long]


# What is in it -------------------------------------------------------------------------------


def test_a_page_says_how_urgent_what_where_who_is_hurt_and_how_to_answer():
    made = incident(call(procedure="fire", facts={"people_hurt": True}))
    text = alert(made, titles={"fire": "Fire or smoke"}).texts.short

    for part in (
        "CRITICAL",
        "Fire or smoke",
        "Zone A",
        "People hurt.",
        f"ACK {CODE}",
        f"NO {CODE}",
    ):
        assert part in text
    assert LINKS.accept in text


def test_the_voice_says_neither_code_nor_link():
    one = alert()

    assert CODE not in one.texts.voice
    assert "http" not in one.texts.voice


@pytest.mark.parametrize("kind", list(AlertKind))
def test_the_long_text_has_no_link_and_asks_for_no_reply_it_may_stand_on_a_board(kind):
    long = alert(kind=kind, news=ALL_NEWS).texts.long

    assert "http" not in long
    assert "ACK" not in long
    assert CODE in long


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_alert_is_in_the_language_of_who_gets_it(language):
    text = alert(language=language).texts.voice
    zone = {"en": "Zone A", "es": "Zona A", "fr": "Zone A", "de": "Zone A"}[language]

    assert wording(language).hazards[Hazard.FIRE] in text
    assert zone in text


def test_a_place_that_is_only_said_is_quoted_and_called_unconfirmed():
    text = alert(incident(call(zone=None, place_said="the old boiler house"))).texts.short

    assert "not confirmed" in text
    assert '"the old boiler house"' in text


def test_a_place_nobody_said_is_unknown():
    assert "Place unknown." in alert(incident(call(zone=None))).texts.short


def test_nothing_is_said_of_facts_that_nobody_told():
    text = " ".join(all_texts(alert(incident(call(facts={})))))

    for words in wording("en").facts.values():
        for sentence in (words.bad, words.good):
            assert sentence is None or sentence not in text


def test_a_hazard_that_is_not_known_is_not_named():
    text = alert(incident(call(hazard=Hazard.NONE))).texts.short

    assert wording("en").unclear in text


def test_a_callers_words_bring_neither_links_nor_markup_nor_pages_of_text():
    said = 'acid <b>http://evil.example/x</b> "ACK" ' + "very " * 60
    text = alert(incident(call(facts={"substance": said}))).texts.long

    line = next(line for line in text.splitlines() if line.startswith("Substance"))
    assert "://" not in line
    assert "<" not in line
    assert len(line) < 90


def test_a_critical_page_says_that_it_replaces_no_direct_call_to_the_public_services():
    assert "112" in alert().texts.long
    assert "112" not in alert(incident(call(urgency=Urgency.URGENT))).texts.long
    assert "112" not in alert(incident(call(is_drill=True))).texts.long


def test_an_update_tells_the_news():
    text = alert(
        kind=AlertKind.UPDATE, news=ALL_NEWS, titles={"medical": "Sudden illness"}
    ).texts.short

    for part in (
        "UPDATE",
        "Now CRITICAL.",
        "Place now: Zone B.",
        "Sudden illness",
        "More people hurt.",
    ):
        assert part in text
    assert "ACK" not in text


def test_good_news_is_told_too():
    news = [News(NewsKind.FACT, "people_missing", False)]

    assert "Nobody missing." in alert(kind=AlertKind.UPDATE, news=news).texts.short


def test_a_stand_down_asks_for_nothing():
    one = alert(kind=AlertKind.STAND_DOWN)

    assert "ACK" not in one.texts.short
    assert "no longer needed" in one.texts.short


def test_a_test_says_that_it_is_no_emergency_and_names_no_hazard():
    text = " ".join(all_texts(alert(kind=AlertKind.TEST)))

    assert "no emergency" in text
    assert "Fire" not in text
    assert "CRITICAL" not in text


# Drills --------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", list(AlertKind))
def test_every_message_of_a_drill_says_so_first(language, kind):
    made = incident(call(is_drill=True))
    for text in all_texts(alert(made, language, kind=kind, news=ALL_NEWS)):
        assert "DRILL" in text
        assert wording(language).drill in text
        assert text.index("DRILL") < 120


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", list(AlertKind))
@pytest.mark.parametrize("was_drill", [True, False])
def test_no_message_of_a_real_emergency_has_the_word_in_it(language, kind, was_drill):
    made = open_incident("real", CODE, call(), was_drill=was_drill)
    for text in all_texts(alert(made, language, kind=kind, news=ALL_NEWS)):
        assert "DRILL" not in text
        assert wording(language).drill.split()[0] not in text
        assert (wording(language).real in text) is was_drill


# Lengths -------------------------------------------------------------------------------------

TEXT = st.text(max_size=90)
MANY_FACTS = st.dictionaries(
    st.sampled_from(TOLD), st.one_of(st.booleans(), st.integers(0, 99), TEXT), max_size=len(TOLD)
)


@given(
    facts=MANY_FACTS,
    place=TEXT,
    caller=TEXT,
    name=st.text(min_size=1, max_size=120),
    kind=st.sampled_from(list(AlertKind)),
    language=st.sampled_from(LANGUAGES),
    link=st.integers(0, 250),
    is_drill=st.booleans(),
)
@settings(max_examples=200)
def test_no_sms_is_longer_than_320_characters_nor_without_its_code(
    facts, place, caller, name, kind, language, link, is_drill
):
    site = example_site().model_copy(update={"name": name})
    one = call(zone=None, place_said=place, caller=caller, facts=facts, is_drill=is_drill)
    text = alert(
        incident(one),
        language,
        site,
        kind=kind,
        news=ALL_NEWS,
        links=Links("https://a/" + "x" * link),
    ).texts.short

    assert len(text) <= 320
    assert CODE in text
    assert ("DRILL" in text) or not is_drill


def test_a_link_that_does_not_fit_is_left_out_before_anything_else():
    text = alert(links=Links("https://a/" + "x" * 400)).texts.short

    assert "https" not in text
    assert f"ACK {CODE}" in text


def test_sentences_are_left_out_whole():
    text = fitted("Head.", ["One two three. " * 25, "Four."], ["End."])

    assert text == "Head. Four. End."


@pytest.mark.parametrize("language", LANGUAGES)
def test_with_packaged_titles_a_page_without_facts_keeps_its_link(language):
    library = example_library()
    titles = {
        own: one.title for (own, spoken), one in library.procedures.items() if spoken == language
    }
    for procedure in titles:
        made = incident(call(procedure=procedure))

        assert LINKS.accept in alert(made, language, titles=titles).texts.short, procedure


# Keys ----------------------------------------------------------------------------------------


def test_the_same_message_has_the_same_key_and_no_other_has():
    keys = {
        alert_id("incident_1", occasion, contact, channel, attempt)
        for occasion in ("step:1:1", "step:2:1", "update:1")
        for contact in ("ana", "ben")
        for channel in ChannelKind
        for attempt in (1, 2)
    }

    assert len(keys) == 3 * 2 * len(ChannelKind) * 2
    assert alert().id == alert().id


# The words -----------------------------------------------------------------------------------

SLOTS = {
    "place": {"zone"},
    "place_said": {"place"},
    "also": {"what"},
    "calls": {"count"},
    "caller": {"caller"},
    "code": {"code"},
    "call_direct": {"number"},
    "now_level": {"level"},
    "lowered": {"level"},
    "place_now": {"zone"},
    "this_is": {"site"},
    "last_known": {"zone"},
    "last_said": {"place"},
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_have_exactly_their_slots(language):
    words = wording(language)
    for name in Wording.model_fields:
        text = getattr(words, name)
        if isinstance(text, str):
            used = {slot for _, slot, _, _ in Formatter().parse(text) if slot}
            assert used == SLOTS.get(name, set()), name


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_fact_is_told_the_way_it_is_gathered(language):
    for name, words in wording(language).facts.items():
        is_yes_no = name in BAD_IF_SO | BAD_IF_NOT
        assert (words.bad is not None and words.good is not None) is is_yes_no, name
        assert (words.value is not None) is (name in COUNTS | WORDS), name
        assert words.value is None or "{value}" in words.value


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_two_facts_are_told_in_the_same_words(language):
    told = [
        sentence
        for words in wording(language).facts.values()
        for sentence in (words.bad, words.good)
        if sentence
    ]

    assert len(told) == len(set(told))


def test_each_language_has_words_of_its_own():
    for name in Wording.model_fields:
        texts = [getattr(wording(language), name) for language in LANGUAGES]
        if isinstance(texts[0], str) and name not in ("code", "test"):
            assert len(set(texts)) == len(LANGUAGES), name


def test_a_language_without_words_gets_the_english_ones():
    assert wording("it") is not None
    assert wording("it").language == "en"


def test_what_joined_since_is_told_with_the_rest():
    made = incident(call(procedure="fire"))
    absorb(made, call("second", hazard=Hazard.MEDICAL, procedure="cardiac_arrest"))
    text = alert(made, titles={"cardiac_arrest": "Not breathing"}).texts

    assert "Also: Not breathing." in text.short
    assert "Calls about it: 2." in text.long


def test_a_site_of_one_name_in_all_languages_is_spoken_as_it_is():
    assert "Werk Nord" in alert(site=site_with(name="Werk Nord")).texts.voice
