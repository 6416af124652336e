"""The commands for a site whose admins cannot sign in, over a real database."""

import re
import sqlite3

import pytest
from typer.testing import CliRunner

from aurora.cli import app
from aurora.errors import AccountRefused
from tests.application import set_environment


@pytest.fixture
def aurora(monkeypatch, tmp_path):
    set_environment(monkeypatch, tmp_path, {})

    def run(*words: str) -> tuple[int, str]:
        result = CliRunner().invoke(app, words)
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result.exit_code, result.stdout

    return run


def test_a_locked_out_site_gets_a_new_admin_and_sees_its_accounts(aurora):
    _, added = aurora("users", "add", "Ada Lovelace", "--role", "admin")
    _, listed = aurora("users", "list")

    assert re.search(r"http://127.0.0.1:5000/console/password/[\w-]{40,}", added)
    assert re.search(r"Ada Lovelace +admin +link not used", listed)


def test_a_reset_replaces_the_link_before_it(aurora):
    _, first = aurora("users", "add", "Ada")
    _, second = aurora("users", "reset", "ada", "--second-step")

    assert first.split()[-1] != second.split()[-1]


def test_a_disabled_account_gets_no_link_that_would_open_nothing(aurora):
    aurora("users", "add", "Bo", "--role", "admin")
    aurora("users", "add", "Ada")
    aurora("users", "disable", "Ada")
    with pytest.raises(AccountRefused, match="users enable"):
        aurora("users", "reset", "Ada")
    aurora("users", "enable", "Ada")

    assert aurora("users", "reset", "Ada")[0] == 0


def test_the_last_admin_is_not_disabled_by_mistake(aurora):
    aurora("users", "add", "Ada", "--role", "admin")
    with pytest.raises(AccountRefused):
        aurora("users", "disable", "Ada")
    aurora("users", "add", "Bo", "--role", "admin")

    assert aurora("users", "disable", "Ada")[0] == 0
    assert "disabled" in aurora("users", "list")[1]
    assert aurora("users", "enable", "Ada")[0] == 0


def test_an_unknown_name_is_said_to_be_none(aurora):
    with pytest.raises(AccountRefused, match="no such account"):
        aurora("users", "reset", "Nobody")


def test_the_trail_tells_a_changed_row_a_removed_one_and_a_lost_end(aurora, tmp_path):
    for name in ("Ada", "Bo", "Cy"):
        aurora("users", "add", name, "--role", "admin")
    code, whole = aurora("audit", "check")
    head = re.search(r"[0-9a-f]{64}", whole).group()
    assert (code, "3 rows" in whole) == (0, True)
    assert aurora("audit", "check", "--known", head)[0] == 0

    database = sqlite3.connect(tmp_path / "aurora.db")
    with pytest.raises(sqlite3.IntegrityError, match="only grows"):
        database.execute("DELETE FROM audit WHERE number = 3")
    database.execute("DROP TRIGGER audit_only_grows_delete")
    database.execute("DROP TRIGGER audit_only_grows_update")
    database.execute("DELETE FROM audit WHERE number = 3")
    database.commit()
    # What is left follows on itself; only the hash noted elsewhere shows that the end is gone.
    assert aurora("audit", "check")[0] == 0
    assert aurora("audit", "check", "--known", head)[0] == 1

    database.execute("UPDATE audit SET who = 'somebody else' WHERE number = 1")
    database.commit()
    database.close()
    code, broken = aurora("audit", "check")
    assert (code, "row 1 " in broken) == (1, True)
