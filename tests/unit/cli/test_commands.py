"""The command line: what a person mistypes is told plainly, and the exit status is right."""

import numpy as np
import pytest
from typer.testing import CliRunner

from aurora import __version__, cli
from aurora.speech.wav import write_wav
from tests.command_line import Run, own_site, shell


@pytest.fixture(autouse=True)
def run(monkeypatch, capsys, tmp_path) -> Run:
    return shell(monkeypatch, capsys, tmp_path)


def test_the_version_is_printed_alone(run):
    assert run("--version") == (0, f"{__version__}\n", "")


def test_without_a_command_the_help_names_them_all():
    shown = CliRunner().invoke(cli.app, []).output

    for command in ("serve", "call", "simulate", "triage", "rehearse", "site", "handbook"):
        assert command in shown


def test_every_command_has_help():
    for command in (
        *(["serve"], ["call"], ["simulate"], ["triage"], ["rehearse"], ["site"]),
        ["site", "check"],
    ):
        result = CliRunner().invoke(cli.app, [*command, "--help"])

        assert result.exit_code == 0, command
        assert "Usage" in result.output


@pytest.mark.parametrize("port", ["0", "65536", "http", "-1", "5000.5"])
@pytest.mark.parametrize("command", [["serve"], ["call", "help"]])
def test_a_port_that_cannot_be_is_refused_by_name(run, command, port):
    status, out, err = run(*command, "--port", port)

    assert (status, out) == (2, "")
    assert "--port" in err


def test_an_unknown_command_is_refused(run):
    status, _, err = run("answer")

    assert status == 2
    assert "answer" in err


def test_a_call_needs_words(run):
    status, _, err = run("call")

    assert status == 2
    assert "words" in err.lower()


@pytest.mark.parametrize("command", [["call", "--wav"], ["simulate"]])
def test_a_recording_that_is_not_there_is_named(run, tmp_path, command):
    status, out, err = run(*command, tmp_path / "none.wav")

    assert (status, out) == (1, "")
    assert "none.wav: cannot be read" in err


def test_another_machine_is_not_called_by_the_dozen(run, tmp_path):
    write_wav(tmp_path / "tone.wav", np.full(8000, 1000, np.int16))
    status, _, err = run("simulate", tmp_path / "tone.wav", "--host", "line.example.com")

    assert status == 1
    assert "only a line on this machine" in err


@pytest.mark.parametrize(
    ("option", "value"),
    [("--calls", "0"), ("--calls", "201"), ("--line", "gather"), ("--loss", "101")],
)
def test_a_simulation_that_cannot_be_is_refused_by_name(run, option, value):
    status, _, err = run("simulate", "folder", option, value)

    assert status == 2
    assert option in err


def test_a_broken_site_ends_with_one_and_each_problem_on_a_line(run, tmp_path):
    own_site(tmp_path, "muster_point: east_lawn", "muster_point: moon")
    status, out, err = run("site", "check", tmp_path)

    assert (status, out) == (1, "")
    lines = err.splitlines()
    assert len(lines) == 2
    for line, zone in zip(lines, "be", strict=True):
        assert f"{tmp_path / 'site.yaml'}:" in line
        assert f"zones.{zone}.muster_point: no muster point 'moon'; add it" in line


@pytest.mark.parametrize("name", ["nowhere", "nowhere/site.yaml"])
def test_a_site_that_is_not_there_is_named(run, tmp_path, name):
    status, out, err = run("site", "check", tmp_path / name)

    assert (status, out) == (1, "")
    assert str(tmp_path / name) in err
    assert "Traceback" not in err


def test_a_missing_file_of_scenarios_is_named(run, tmp_path):
    status, out, err = run("rehearse", tmp_path / "none.yaml")

    assert (status, out) == (1, "")
    assert err.startswith(f"aurora: {tmp_path / 'none.yaml'}: cannot be read")


def test_a_missing_file_of_utterances_is_named(run, tmp_path):
    status, out, err = run("triage", tmp_path / "none.jsonl")

    assert (status, out) == (1, "")
    assert err.startswith(f"aurora: {tmp_path / 'none.jsonl'}: cannot be read")


@pytest.mark.parametrize("command", [["serve"], ["rehearse"], ["triage"]])
def test_a_wrong_setting_is_named_before_anything_starts(run, monkeypatch, tmp_path, command):
    (tmp_path / "s.yaml").write_text(
        "scenarios:\n  - {id: one, lang: en, turns: [{caller: hello, expect: {}}]}\n"
    )
    monkeypatch.setenv("GATHER_TIMEOUT", "soon")
    files = [tmp_path / "s.yaml"] if command == ["rehearse"] else []
    status, out, err = run(*command, *files)

    assert (status, out) == (1, "")
    assert err.startswith("aurora: GATHER_TIMEOUT: ")


def test_one_title_is_for_one_file(run, tmp_path):
    status, _, err = run("handbook", "add", tmp_path / "kiln.md", tmp_path / "b.md", "--title", "K")

    assert status == 1
    assert "--title: give one file at a time" in err


def test_square_brackets_in_a_message_are_shown_as_they_are(run, tmp_path):
    status, _, err = run("site", "check", tmp_path / "[red]plant")

    assert status == 1
    assert "[red]plant" in err
