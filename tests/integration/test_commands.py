"""The command line on a whole site and its handbook, read from and written to the disk."""

import subprocess
import sys
from pathlib import Path

import pytest

from aurora import __version__, cli
from tests.command_line import Run, own_site, shell
from tests.line import example_library

KILN = "# Kiln manual\n\n## Firing\n\nOpen the damper before you light the kiln.\n"


@pytest.fixture(autouse=True)
def run(monkeypatch, capsys, tmp_path) -> Run:
    return shell(monkeypatch, capsys, tmp_path)


def test_the_packaged_site_is_in_order(run):
    status, out, err = run("site", "check")

    assert (status, err) == (0, "")
    assert "Example Works is in order: 6 zones, 10 contacts, " in out
    assert f"{len(example_library().procedures)} procedures" in out


def test_a_sites_own_directory_or_file_is_checked(run, tmp_path):
    directory = own_site(tmp_path, "name: Example Works", "name: Our Works")

    assert "Our Works is in order" in run("site", "check", directory)[1]
    assert "Our Works is in order" in run("site", "check", directory / "site.yaml")[1]


def test_a_broken_procedure_of_a_site_ends_with_one_and_its_file(run, tmp_path):
    own_site(tmp_path)
    folder = tmp_path / "procedures" / "en"
    folder.mkdir(parents=True)
    (folder / "fire.yaml").write_text("procedure: fire\n")
    status, _, err = run("site", "check", tmp_path)

    assert status == 1
    assert f"{folder / 'fire.yaml'}:1: first_line: missing; add it" in err


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


def test_the_module_is_the_command_line_too():
    command = [sys.executable, "-m", "aurora", "--version"]
    source = Path(cli.__file__).parents[1]
    said = subprocess.run(command, check=True, capture_output=True, text=True, cwd=source)

    assert said.stdout.strip() == __version__
