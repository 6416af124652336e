"""`aurora` as the shell runs it, and a site of one's own to run it on."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from aurora import cli
from aurora.site.load import DEFAULT_SITE
from tests.application import set_environment

Run = Callable[..., tuple[int, str, str]]
"""Runs `aurora` with these words; returns exit status, standard output and standard error."""


def shell(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], directory: Path
) -> Run:
    """A shell in `directory` in which nothing is set."""
    set_environment(monkeypatch, directory, {})
    # Rich breaks lines at the terminal's width, which no test should depend on.
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("TERM", "dumb")

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
