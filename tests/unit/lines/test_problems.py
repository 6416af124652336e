"""A problem is said in English to programs, and whole in the reader's language at the console."""

import orjson

from aurora.console.words import words_in
from aurora.lines.problems import Problem, unprocessable

REFUSED = "The telephone network refused it (%(reason)s); dial yourself."


def test_a_problem_is_english_with_its_values_filled_in():
    problem = Problem(502, "Not rung", REFUSED, reason="busy")

    assert problem.detail == "The telephone network refused it (busy); dial yourself."
    assert orjson.loads(problem.response().body)["detail"] == problem.detail


def test_told_in_another_language_it_keeps_status_field_and_values():
    problem = unprocessable("Give a reason of at most %(most)s characters.", "reason", most=500)
    told = problem.told(words_in("es").gettext)

    assert told.detail == "Dé un motivo de 500 caracteres como máximo."
    assert (told.status, told.field) == (422, "reason")


def test_what_has_no_translation_and_no_values_stays_as_it_is():
    problem = Problem(422, "A field is wrong", "words: 100 % of them are missing.", "words")

    assert problem.told(words_in("de").gettext).detail == problem.detail
