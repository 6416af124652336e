"""A key of the second step is read by its own account, on its own line, and by nobody else."""

import pytest

from aurora.accounts.second_step import new_key
from aurora.accounts.second_step_seal import SecondStepSeal
from aurora.errors import SealBroken

SEAL = SecondStepSeal(b"the signing key of this line")
KEY = new_key()


def test_what_is_sealed_comes_back_and_says_nothing():
    kept = SEAL.sealed("ada", KEY)

    assert SEAL.opened("ada", kept) == KEY
    assert KEY not in kept
    assert kept != SEAL.sealed("ada", KEY)


@pytest.mark.parametrize(
    ("account", "change", "signing_key"),
    [
        ("ada", lambda kept: kept, b"another signing key, as of another line"),
        ("eve", lambda kept: kept, b"the signing key of this line"),
        ("ada", lambda kept: kept[:-4] + "AAA=", b"the signing key of this line"),
        ("ada", lambda kept: "v1.", b"the signing key of this line"),
        ("ada", lambda kept: "v1.ü", b"the signing key of this line"),
        ("ada", lambda kept: KEY, b"the signing key of this line"),
    ],
    ids=["other line", "other account", "changed", "empty", "no base 64", "never sealed"],
)
def test_nothing_else_opens_it_and_the_way_out_is_named(account, change, signing_key):
    kept = change(SEAL.sealed("ada", KEY))

    with pytest.raises(SealBroken, match="aurora users reset"):
        SecondStepSeal(signing_key).opened(account, kept)
