"""The signing key: made once, private, the same for all who start at once."""

import stat
from concurrent.futures import ThreadPoolExecutor

import pytest

from aurora.errors import RecordsError
from aurora.records.signing_key import FILE, KEY_BYTES, signing_key


def test_a_key_is_made_once_and_kept(tmp_path):
    first = signing_key(tmp_path / "data")

    assert len(first) == KEY_BYTES
    assert signing_key(tmp_path / "data") == first


def test_only_this_account_may_read_it(tmp_path):
    signing_key(tmp_path)

    assert stat.S_IMODE((tmp_path / FILE).stat().st_mode) == 0o600


def test_many_that_start_at_once_get_the_same_key_and_leave_nothing_behind(tmp_path):
    with ThreadPoolExecutor(16) as pool:
        keys = set(pool.map(lambda _: signing_key(tmp_path), range(64)))

    assert len(keys) == 1
    assert [path.name for path in tmp_path.iterdir()] == [FILE]


@pytest.mark.parametrize("content", ["", "nonsense", "ab" * 8, "é"])
def test_a_broken_key_stops_the_start_and_says_how_to_mend_it(tmp_path, content):
    (tmp_path / FILE).write_text(content, encoding="utf-8")

    with pytest.raises(RecordsError, match=r"signing\.key"):
        signing_key(tmp_path)
