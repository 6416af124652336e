"""Documents name what is there: files, commands, settings, decisions."""

import re
from pathlib import Path

import pytest
import typer

from aurora.cli import app
from aurora.records.metrics import Metrics
from aurora.settings import variables

TOP = Path(__file__).parents[2]
TESTS = TOP / "tests"
DECISIONS = TOP / "docs" / "decisions"
DOCUMENTS = [
    *(TOP / "README.md", TOP / "CONTRIBUTING.md", TOP / "evals" / "README.md"),
    *sorted(TOP.glob("docs/*.md")),
    *sorted(DECISIONS.glob("*.md")),
]
LIVING = [path for path in DOCUMENTS if not re.match(r"\d", path.name)]
"""All but decisions, which stand as they were made."""


def named(path: Path) -> str:
    return str(path.relative_to(TOP))


@pytest.mark.parametrize("document", DOCUMENTS, ids=named)
def test_every_link_and_picture_leads_somewhere(document: Path) -> None:
    links = re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", document.read_text("utf-8"))

    assert [link for link in links if not (document.parent / link).exists()] == []


def test_every_picture_that_is_kept_is_shown() -> None:
    text = "\n".join(path.read_text("utf-8") for path in DOCUMENTS)
    kept = [path.name for path in (TOP / "docs" / "images").iterdir()]

    assert [name for name in kept if f"images/{name}" not in text] == []


@pytest.mark.parametrize("document", LIVING, ids=named)
def test_every_file_and_folder_of_the_source_that_is_named_exists(document: Path) -> None:
    spelt = r"`((?:src/aurora|tests|evals|docs|deploy|training|benchmarks)/[\w./-]*)`"
    names = re.findall(spelt, document.read_text("utf-8"))

    assert [name for name in names if not (TOP / name).exists()] == []


@pytest.mark.parametrize("document", LIVING, ids=named)
def test_every_setting_that_is_named_is_one(document: Path) -> None:
    names = set(re.findall(r"\bAURORA_[A-Z_]+\b", document.read_text("utf-8")))

    assert names - variables() == set()


@pytest.mark.parametrize("document", LIVING, ids=named)
def test_every_command_that_is_named_is_one(document: Path) -> None:
    asked = re.findall(
        r"(?:`|bin/|^|aurora )aurora ([a-z][a-z -]*)", document.read_text("utf-8"), re.M
    )

    assert [words for words in asked if not is_command(words.split())] == []


def is_command(words: list[str]) -> bool:
    """Whether a command line begins with a command, and a group's with one of its own."""
    command = typer.main.get_command(app)
    inside = getattr(command, "commands", {}).get(words[0])
    groups = getattr(inside, "commands", None)
    return inside is not None and (groups is None or len(words) == 1 or words[1] in groups)


def test_every_make_target_that_is_named_is_one() -> None:
    text = "\n".join(path.read_text("utf-8") for path in LIVING)
    targets = set(re.findall(r"^([a-z-]+):", (TOP / "Makefile").read_text("utf-8"), re.M))

    assert set(re.findall(r"`make ([a-z-]+)", text)) - targets == set()


def test_every_test_that_security_rests_on_exists() -> None:
    named_tests = re.findall(
        r"`([\w/]*test_\w+(?:\.py)?)`", (TOP / "docs/security.md").read_text("utf-8")
    )
    files = {path.relative_to(TESTS).as_posix() for path in TESTS.rglob("test_*.py")}
    source = "\n".join((TESTS / name).read_text("utf-8") for name in files)
    gone = [
        name
        for name in named_tests
        if (name.endswith(".py") and not {name, f"integration/{name}"} & files)
        or (not name.endswith(".py") and f"def {name}(" not in source)
    ]

    assert named_tests
    assert gone == []


@pytest.mark.parametrize("path", [TOP / "docs/running.md", TOP / "deploy/alerts.yml"], ids=named)
def test_every_figure_that_is_watched_is_counted(path: Path) -> None:
    metrics = Metrics()
    metrics.watch_records(lambda: 0)
    counted = {family.name for family in metrics.registry.collect()}
    watched = set(re.findall(r"\baurora_[a-z_]+", path.read_text("utf-8")))
    asked = {re.sub(r"_(total|bucket|count|sum)$", "", name) for name in watched}

    assert asked
    assert asked - counted == set()


def test_the_index_names_every_decision_by_its_title() -> None:
    index = (DECISIONS / "README.md").read_text("utf-8")
    rows = {
        f"| {int(path.name[:4])} | [{title}]({path.name}) |"
        for path in DECISIONS.glob("0*.md")
        for title in [path.read_text("utf-8").partition("\n")[0].partition(". ")[2]]
    }

    missing = sorted(row for row in rows if row not in index)
    assert missing == [], "docs/decisions/README.md lacks these rows; name as well what they change"
