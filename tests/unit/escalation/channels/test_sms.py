"""Text messages of alerts: short, in the GSM alphabet, answerable, marked in a drill."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aurora.escalation.alert import AlertKind, Links, Texts
from aurora.escalation.channels.gsm import is_gsm, segments, units
from aurora.escalation.channels.sms import MOST_UNITS, shortened, text_message
from aurora.site.model import LANGUAGES
from tests.alerts import BRIEF, CODE, LINK, alert


def texts(short: str) -> Texts:
    return Texts(short, short, short, short)


def test_a_page_has_the_brief_the_code_both_replies_and_the_link():
    body = text_message(alert())

    assert body.startswith(BRIEF)
    assert f"ACK {CODE}" in body
    assert f"NO {CODE}" in body
    assert body.endswith(LINK)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("is_desk", [True, False])
@pytest.mark.parametrize("kind", [AlertKind.PAGE, AlertKind.REMINDER, AlertKind.TEST])
def test_every_language_fits_two_parts_in_the_gsm_alphabet(language, is_desk, kind):
    brief = "Fuga de gas en el almacén: à l’œuvre, größer – trois blessés. " * 5

    body = text_message(alert(language=language, is_desk=is_desk, kind=kind, texts=texts(brief)))

    assert is_gsm(body)
    assert segments(body) == 2
    assert len(body) <= 320
    assert f"ACK {CODE}" in body
    assert f"NO {CODE}" in body
    assert body.endswith(LINK)
    assert "..." in body


def test_only_the_brief_is_shortened_and_at_a_word():
    body = text_message(alert(texts=texts("one two three " * 30)))

    brief = body.partition("...")[0]
    assert set(brief.split()) == {"one", "two", "three"}


@given(st.text(max_size=500), st.sampled_from(LANGUAGES))
def test_whatever_the_brief_says_the_way_to_answer_is_whole(brief, language):
    body = text_message(alert(language=language, texts=texts(brief)))

    assert f"ACK {CODE}" in body
    assert body.endswith(f" {LINK}")
    assert not is_gsm(body) or units(body) <= MOST_UNITS + units("...")


def test_a_drill_says_so_and_says_it_once():
    assert text_message(alert(is_drill=True)).startswith("DRILL. CRITICAL")
    said = text_message(alert(is_drill=True, texts=texts("DRILL gas leak")))
    assert said.count("DRILL") == 1


def test_a_stand_down_asks_for_no_answer():
    body = text_message(alert(kind=AlertKind.STAND_DOWN))

    assert body == BRIEF


def test_an_update_gives_the_link_but_asks_for_no_new_answer():
    body = text_message(alert(kind=AlertKind.UPDATE))

    assert body == f"{BRIEF} {LINK}"


def test_a_line_that_nobody_can_reply_to_promises_no_reply():
    assert text_message(alert(links=None), is_answerable=False) == BRIEF


def test_a_name_in_another_script_makes_the_message_dearer_not_wrong():
    body = text_message(
        alert(texts=texts("Пожар в зоне B. " * 20), links=Links("https://l.example/a"))
    )

    assert "Пожар" in body
    assert segments(body) <= 4
    assert f"ACK {CODE}" in body


def test_a_text_that_fits_is_left_alone():
    assert shortened("gas leak", 8) == "gas leak"
    assert shortened("gas leak", 7) == "gas..."
