"""The index is made anew by a command, but never under a line that is running."""

from typer.testing import CliRunner

from aurora.cli import app
from aurora.records.sql import SqlRecords
from tests.application import set_environment


async def test_a_line_that_is_running_keeps_its_database_to_itself(monkeypatch, tmp_path):
    set_environment(monkeypatch, tmp_path, {})
    line = await SqlRecords.open(None, tmp_path)
    refused = CliRunner().invoke(app, ["record", "reindex"])
    await line.close()

    assert (refused.exit_code, "stop that first" in refused.stdout) == (1, True)


def test_with_the_line_stopped_it_is_made_anew(monkeypatch, tmp_path):
    set_environment(monkeypatch, tmp_path, {})
    for _ in range(2):  # without a database, and with one
        done = CliRunner().invoke(app, ["record", "reindex"])
        assert (done.exit_code, done.stdout) == (0, "0 calls are found by their words again\n")
