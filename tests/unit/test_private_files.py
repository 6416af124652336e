"""A file is put in place whole, by however many at once, and nothing is left of what failed."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from aurora.private_files import put_in_place
from aurora.records.machine import FILE, machine_id


def test_a_file_that_two_write_at_once_is_one_of_theirs_whole(tmp_path: Path) -> None:
    path = tmp_path / "views" / "total.json"
    contents = [str(number).encode() * 100_000 for number in range(2)]
    with ThreadPoolExecutor(2) as threads:
        writing = [
            threads.submit(put_in_place, path, content) for content in contents for _ in range(20)
        ]
    for one in writing:
        one.result()

    assert path.read_bytes() in contents
    assert [one.name for one in path.parent.iterdir()] == ["total.json"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_of_what_could_not_be_put_in_place_no_draft_is_left(tmp_path: Path) -> None:
    path = tmp_path / "audit.head"
    path.mkdir()

    with pytest.raises(OSError, match="audit"):
        put_in_place(path, b"42")
    assert [*tmp_path.iterdir()] == [path]


def test_the_first_of_several_is_kept_where_it_has_to_be(tmp_path: Path) -> None:
    for content in (b"first", b"second"):
        put_in_place(tmp_path / "key", content, keeps_first=True)

    assert (tmp_path / "key").read_bytes() == b"first"


def test_a_machine_whose_name_was_lost_in_a_power_cut_starts_under_another(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"")

    name = machine_id(tmp_path)
    assert name.startswith("machine-")
    assert machine_id(tmp_path) == name
