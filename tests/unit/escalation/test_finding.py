"""How soon a lost caller is rung back; the way it goes is tried with real telephones' stand-ins."""

from aurora.escalation.finding import ANSWERS_WITHIN_S, BETWEEN_TRIES_S, COMES_BACK_WITHIN_S, TRIES


def test_a_lost_caller_is_rung_back_within_five_seconds_and_searched_for_within_three_minutes():
    assert COMES_BACK_WITHIN_S <= 5.0
    assert COMES_BACK_WITHIN_S + TRIES * (ANSWERS_WITHIN_S + BETWEEN_TRIES_S) <= 180.0
