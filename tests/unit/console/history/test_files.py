"""Exported files: no cell is a formula, whatever a caller said, and names are safe."""

import csv
from datetime import UTC, datetime
from io import StringIO

import pytest

from aurora.console.history.files import COLUMNS, cell, csv_rows, csv_text, file_name
from aurora.conversation.call import Call, CallPlace
from aurora.records.indexed import AnswerState
from aurora.records.search import ExportedCall


@pytest.mark.parametrize(
    "words",
    ["=1+1", '=HYPERLINK("http://evil.example")', "+1", "-2", "@SUM(A1)", "\t=1", "\r=1", " =1",
     "＝1+1", "\n=cmd|' /C calc'!A0"],
)  # fmt: skip
def test_nothing_a_caller_says_becomes_a_formula(words):
    assert cell(words) == f"'{words}"


@pytest.mark.parametrize(
    ("words", "written"),
    [
        ("here;=1+1", "here;'=1+1"),
        (";=cmd|' /C calc'!A0", ";'=cmd|' /C calc'!A0"),
        ("here; \t@SUM(1)", "here;' \t@SUM(1)"),
        ("here\n=1+1", "here\n'=1+1"),
        ("a=b; c-d", "a=b; c-d"),
    ],
)
def test_a_spreadsheet_that_splits_at_semicolons_finds_no_formula_either(words, written):
    assert cell(words) == written


def test_numbers_times_and_plain_words_stay_as_they_are():
    assert [cell(value) for value in (3, 2.5, None, True, "smoke = bad", "2026-11-26")] == [
        "3", "2.5", "", "yes", "smoke = bad", "2026-11-26"
    ]  # fmt: skip


def test_a_row_has_every_column_and_survives_quotes_and_lines():
    call = Call("call_1", "api", "plant", 'worker "x"', "en", datetime(2026, 11, 26, tzinfo=UTC))
    call.place = CallPlace(said='=zone\n"A", really')
    exported = ExportedCall(1, call, AnswerState.WAITING, 2.0, None)

    written = csv_text([COLUMNS, *csv_rows([exported])], is_first=True)

    [row] = csv.DictReader(StringIO(written.removeprefix("\ufeff")))
    assert row["place_said"] == '\'=zone\n"A", really'
    assert row["worker_id"] == 'worker "x"'
    assert (row["answer"], row["alerted_after_s"], row["accepted_after_s"]) == (
        "waiting",
        "2.0",
        "",
    )
    assert set(row) == set(COLUMNS)


def test_a_file_is_named_safely_whatever_the_call_is_called():
    assert file_name('../../etc/x"\r\n', "pdf") == "aurora_______etc_x___.pdf"
