"""Codes of the second step: in time, once, and however they are typed."""

from datetime import UTC, datetime, timedelta

import pyotp
import pytest

from aurora.accounts.second_step import new_key, new_recovery_codes, recovery_code, step_of

NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)
KEY = new_key()
CODE = pyotp.TOTP(KEY).at(NOON)


@pytest.mark.parametrize("seconds", [-30, 0, 29, 30])
def test_a_code_holds_while_its_clock_may_be_off(seconds):
    assert step_of(KEY, CODE, NOON + timedelta(seconds=seconds), 0) is not None


@pytest.mark.parametrize("seconds", [-61, 60, 3600])
def test_an_old_or_early_code_is_wrong(seconds):
    assert step_of(KEY, CODE, NOON + timedelta(seconds=seconds), 0) is None


def test_a_code_is_never_taken_twice_nor_one_before_it():
    step = step_of(KEY, CODE, NOON, 0)
    before = pyotp.TOTP(KEY).at(NOON - timedelta(seconds=30))

    assert step is not None
    assert step_of(KEY, CODE, NOON, step) is None
    assert step_of(KEY, before, NOON, step) is None


def test_a_code_may_be_typed_with_a_space():
    assert step_of(KEY, f"{CODE[:3]} {CODE[3:]}", NOON, 0) is not None


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "１２３４５６"])
def test_what_is_no_code_is_wrong(code):
    assert step_of(KEY, code, NOON, 0) is None


def test_recovery_codes_are_many_different_and_taken_however_they_are_typed():
    codes = new_recovery_codes()

    assert len(set(codes)) == 10
    assert all(recovery_code(one.upper().replace("-", "  ")) == one for one in codes)
