"""Answers: links that cannot be forged, dated and bound to two ids; text messages read strictly."""

import string
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aurora.errors import LinkRefused
from aurora.escalation.acknowledgement import (
    CLOCKS_DIFFER_BY,
    VALID_FOR,
    Purpose,
    Tokens,
    make_link,
    read_key,
    read_link,
)
from aurora.escalation.incident import Answer
from tests.line import Clock

KEY = b"k" * 32
BASE = "https://line.example.com"


def token_of(tokens: Tokens, incident: str = "incident_1", contact: str = "medic") -> str:
    return make_link(tokens, BASE, incident, contact).removeprefix(f"{BASE}/ack/")


def test_a_link_leads_back_to_its_incident_and_contact():
    tokens = Tokens(KEY, Clock())

    assert read_link(tokens, token_of(tokens)) == ("incident_1", "medic")


def test_a_link_is_short_and_keeps_its_end_in_any_telephone():
    link = make_link(Tokens(KEY, Clock()), BASE, "incident_1", "medic")

    assert len(link) <= 90
    assert link[-1] in string.ascii_lowercase + string.digits


@given(st.data())
def test_a_link_changed_in_any_place_is_refused(data):
    tokens = Tokens(KEY, Clock())
    token = token_of(tokens)
    place = data.draw(st.integers(0, len(token) - 1))
    other = data.draw(st.sampled_from(string.ascii_letters + string.digits + "~._-%é"))
    changed = token[:place] + other + token[place + 1 :]

    if changed != token:
        with pytest.raises(LinkRefused, match="forged"):
            read_link(tokens, changed)


@given(st.text(max_size=80))
def test_no_text_is_taken_for_a_link(text):
    with pytest.raises(LinkRefused, match="forged"):
        read_link(Tokens(KEY, Clock()), text)


def test_another_lines_link_is_refused():
    with pytest.raises(LinkRefused, match="forged"):
        read_link(Tokens(KEY, Clock()), token_of(Tokens(b"o" * 32, Clock())))


def test_a_token_of_a_call_is_no_link():
    tokens = Tokens(KEY, Clock())

    with pytest.raises(LinkRefused, match="forged"):
        read_link(tokens, tokens.make(Purpose.CALL, "incident_1", "medic"))


def test_a_link_expires():
    clock = Clock()
    tokens = Tokens(KEY, clock)
    token = token_of(tokens)
    clock.now += VALID_FOR
    assert read_link(tokens, token)

    clock.advance(seconds=1)
    with pytest.raises(LinkRefused, match="expired"):
        read_link(tokens, token)


def test_clocks_of_two_machines_may_differ_a_little():
    ahead, behind = Clock(), Clock()
    ahead.now = behind.now + CLOCKS_DIFFER_BY
    token = token_of(Tokens(KEY, ahead))
    assert read_link(Tokens(KEY, behind), token)

    behind.now -= timedelta(minutes=1)
    with pytest.raises(LinkRefused, match="expired"):
        read_link(Tokens(KEY, behind), token)


def test_an_id_cannot_smuggle_in_another():
    with pytest.raises(ValueError, match="separates"):
        make_link(Tokens(KEY, Clock()), BASE, "incident_1~supervisor", "medic")


def test_keys():
    assert read_key("1") is Answer.ACCEPT
    assert read_key("2") is Answer.DECLINE
    assert read_key("3") is Answer.ARRIVED
    assert [read_key(digit) for digit in ["", "4", "9", "*", "#"]] == [None] * 5
