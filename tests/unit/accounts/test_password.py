"""Passwords: which are refused, and hashes that tell nobody anything."""

import pytest

from aurora.accounts.password import Passwords, check_password
from aurora.errors import AccountRefused


@pytest.mark.parametrize(
    "password", ["short", "x" * 201, "aaaaaaaaaaaaa", "abababababab", "i am ADA lovelace", ""]
)
def test_a_password_that_is_soon_guessed_is_refused(password):
    with pytest.raises(AccountRefused) as refused:
        check_password(password, "Ada Lovelace")

    assert refused.value.field == "password"


@pytest.mark.parametrize(
    "password", ["three dry valves", "ж" * 5 + "абвгдеё", "🔥🚒🧯🚪🏃🧯🚒🔥🚪🏃📣🔔"]
)
def test_words_in_any_script_are_a_password(password):
    check_password(password, "Ada Lovelace")


async def test_a_hash_fits_its_password_alone_and_nobodys_fits_none():
    passwords = Passwords()
    kept = await passwords.hashed("three dry valves")

    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert await passwords.is_right(kept, "three dry valves")
    assert not await passwords.is_right(kept, "three wet valves")
    assert not await passwords.is_right(None, "nobody's")
    assert not await passwords.is_right("not a hash", "three dry valves")
