"""Names as they stand on the record."""

import pytest

from aurora.accounts.account import checked_name, name_key
from aurora.errors import AccountRefused


def test_a_name_is_kept_as_it_is_written_but_for_spaces():
    assert checked_name("  Ada   Lovelace ") == "Ada Lovelace"
    assert checked_name("Zoe\u0308") == "Zoë"


@pytest.mark.parametrize("name", ["", "   ", "x" * 81, "Ada\u202eevil", "Ada\x00", "Ada\u200bB"])
def test_a_name_that_hides_something_is_refused(name):
    with pytest.raises(AccountRefused):
        checked_name(name)


def test_spellings_that_read_alike_are_one_name():
    assert name_key("ADA  Lovelace") == name_key("ada lovelace") == name_key("Ａda lovelace")
