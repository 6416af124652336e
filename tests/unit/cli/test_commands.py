"""The command line: what a person mistypes is told plainly, and the exit status is right."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from aurora import __version__, cli
from aurora.site.load import DEFAULT_SITE
from aurora.speech.wav import write_wav
from tests.application import set_environment
from tests.line import example_library


@pytest.fixture(autouse=True)
def _only_these_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    set_environment(monkeypatch, tmp_path, {})
    # Rich breaks lines at the terminal's width, which no test should depend on.
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("TERM", "dumb")


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    """Run `aurora` as the shell does; return exit status, standard output and standard error."""

    def run(*arguments: str | Path) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["aurora", *map(str, arguments)])
        with pytest.raises(SystemExit) as exit_:
            cli.main()
        captured = capsys.readouterr()
        return int(exit_.value.code or 0), captured.out, captured.err

    return run


def own_site(directory: Path, old: str = "", new: str = "") -> Path:
    """A copy of the packaged site.yaml, in English alone, with one change."""
    text = (DEFAULT_SITE / "site.yaml").read_text(encoding="utf-8")
    text = text.replace("\nlanguages: [en, es, fr, de]", "\nlanguages: [en]").replace(old, new)
    (directory / "site.yaml").write_text(text, encoding="utf-8")
    return directory


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


def test_the_packaged_site_is_in_order(run):
    status, out, err = run("site", "check")

    assert (status, err) == (0, "")
    assert "Example Works is in order: 6 zones, 10 contacts, " in out
    assert f"{len(example_library().procedures)} procedures" in out


def test_a_sites_own_directory_or_file_is_checked(run, tmp_path):
    directory = own_site(tmp_path, "name: Example Works", "name: Our Works")

    assert "Our Works is in order" in run("site", "check", directory)[1]
    assert "Our Works is in order" in run("site", "check", directory / "site.yaml")[1]


def test_a_broken_site_ends_with_one_and_each_problem_on_a_line(run, tmp_path):
    own_site(tmp_path, "muster_point: east_lawn", "muster_point: moon")
    status, out, err = run("site", "check", tmp_path)

    assert (status, out) == (1, "")
    lines = err.splitlines()
    assert len(lines) == 2
    for line, zone in zip(lines, "be", strict=True):
        assert f"{tmp_path / 'site.yaml'}:" in line
        assert f"zones.{zone}.muster_point: no muster point 'moon'; add it" in line


def test_a_broken_procedure_of_a_site_ends_with_one_and_its_file(run, tmp_path):
    own_site(tmp_path)
    folder = tmp_path / "procedures" / "en"
    folder.mkdir(parents=True)
    (folder / "fire.yaml").write_text("procedure: fire\n")
    status, _, err = run("site", "check", tmp_path)

    assert status == 1
    assert f"{folder / 'fire.yaml'}:1: first_line: missing; add it" in err


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


# The handbook

KILN = "# Kiln manual\n\n## Firing\n\nOpen the damper before you light the kiln.\n"


def test_a_document_is_added_found_listed_and_removed(run, tmp_path):
    (tmp_path / "kiln.md").write_text(KILN)
    status, out, err = run("handbook", "add", tmp_path / "kiln.md")
    document_id = out.partition(":")[0]

    assert (status, err) == (0, "")
    assert out == f"{document_id}: Kiln manual (passages: 1, language: en)\n"
    assert "Open the damper" in run("handbook", "search", "when do I open the damper")[1]
    listed = run("handbook", "list")[1]
    assert "Kiln manual" in listed
    assert "Lockout and tagout" in listed
    assert run("handbook", "remove", document_id)[0] == 0
    assert "Kiln manual" not in run("handbook", "list")[1]
    assert run("handbook", "search", "when do I open the damper")[0] == 1


def test_one_bad_file_is_named_and_the_others_are_added(run, tmp_path):
    (tmp_path / "kiln.md").write_text(KILN)
    (tmp_path / "scan.pdf").write_bytes(b"no pdf")
    status, out, err = run("handbook", "add", tmp_path / "scan.pdf", tmp_path / "kiln.md")

    assert status == 1
    assert "Kiln manual" in out
    assert err.startswith(f"aurora: {tmp_path / 'scan.pdf'}: not a PDF")


def test_the_same_file_twice_is_refused(run, tmp_path):
    (tmp_path / "kiln.md").write_text(KILN)
    run("handbook", "add", tmp_path / "kiln.md")
    status, _, err = run("handbook", "add", tmp_path / "kiln.md", "--title", "Another")

    assert status == 1
    assert "already in the handbook as kiln-manual-" in err


def test_a_document_in_a_language_the_line_does_not_speak_is_said_to_answer_nobody(
    run, monkeypatch, tmp_path
):
    own_site(tmp_path)
    monkeypatch.setenv("AURORA_SITE", str(tmp_path))
    (tmp_path / "ofen.md").write_text("# Ofen\n\nDie Klappe ist zu öffnen und dann zu sichern.\n")
    status, out, _ = run("handbook", "add", tmp_path / "ofen.md")

    assert status == 0
    assert "nobody is answered in de on this line" in out


def test_one_title_is_for_one_file(run, tmp_path):
    (tmp_path / "kiln.md").write_text(KILN)
    status, _, err = run("handbook", "add", tmp_path / "kiln.md", tmp_path / "b.md", "--title", "K")

    assert status == 1
    assert "--title: give one file at a time" in err


@pytest.mark.parametrize(
    ("name", "words"),
    [("lockout-and-tagout", "comes with the site"), ("nothing", "no uploaded document")],
)
def test_only_what_was_added_can_be_removed(run, name, words):
    status, _, err = run("handbook", "remove", name)

    assert status == 1
    assert words in err


def test_a_sites_own_broken_handbook_is_named(run, tmp_path):
    own_site(tmp_path)
    folder = tmp_path / "handbook" / "en"
    folder.mkdir(parents=True)
    (folder / "kiln.md").write_text("# \n")
    status, _, err = run("site", "check", tmp_path)

    assert status == 1
    assert f"{folder / 'kiln.md'}: holds no text" in err


def test_square_brackets_in_a_message_are_shown_as_they_are(run, tmp_path):
    status, _, err = run("site", "check", tmp_path / "[red]plant")

    assert status == 1
    assert "[red]plant" in err


def test_the_module_is_the_command_line_too():
    command = [sys.executable, "-m", "aurora", "--version"]
    source = Path(cli.__file__).parents[1]
    said = subprocess.run(command, check=True, capture_output=True, text=True, cwd=source)

    assert said.stdout.strip() == __version__
