"""How soon a console that went silent is taken for gone."""

from aurora.console.handoff.ear import GONE_AFTER_S, WATCH_EVERY_S


def test_a_console_that_went_silent_is_gone_within_two_seconds():
    assert GONE_AFTER_S + WATCH_EVERY_S < 2.0
