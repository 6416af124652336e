"""The sentences of a procedure as fields, and back into the file they came from."""

import pytest

from aurora.console.procedures.sentences import groups_of, with_sentences
from aurora.guidance.procedure import Procedure
from aurora.site.load import DEFAULT_SITE
from aurora.site.yaml_file import parse_yaml

PROCEDURES = sorted((DEFAULT_SITE / "procedures").glob("*/*.yaml"))


@pytest.mark.parametrize(
    "path", PROCEDURES[::7], ids=lambda path: f"{path.parent.name}-{path.stem}"
)
def test_a_form_sent_back_unchanged_changes_nothing(path):
    text = path.read_text()
    form = {one.name: one.value for group in groups_of(text) for one in group.fields}

    assert with_sentences(text, form) == text


def test_a_new_first_line_is_the_only_thing_that_changes():
    text = (DEFAULT_SITE / "procedures/fr/fire.yaml").read_text()
    words = 'Sortez : "tout de suite" # et l\'alarme.'
    changed = with_sentences(text, {"first_line": words})

    assert parse_yaml(changed, "fire.fr", Procedure).first_line == words
    old, new = text.splitlines(), changed.splitlines()
    assert sum(a != b for a, b in zip(old, new, strict=True)) == 1


def test_what_only_the_file_may_change_is_no_field():
    text = (DEFAULT_SITE / "procedures/en/fire.yaml").read_text()
    names = {one.name for group in groups_of(text) for one in group.fields}

    assert "first_line" in names
    assert names.isdisjoint({"urgency", "hazard", "version", "procedure", "approval/state"})
    assert with_sentences(text, {"urgency": "assistive"}) == text
