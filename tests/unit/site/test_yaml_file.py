"""A YAML file that is wrong is refused with its name, line, field and fix."""

import re
from pathlib import Path

import pytest
from pydantic import BaseModel, ConfigDict

from aurora.errors import SiteError
from aurora.site.yaml_file import read_yaml


class Valve(BaseModel):
    model_config = ConfigDict(extra="forbid")

    id: str
    turns: int
    name: str | dict[str, str] = ""


class Plant(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str
    valves: list[Valve] = []
    is_manned: bool = False
    words: list[str] = []


@pytest.fixture
def read(tmp_path: Path):
    path = tmp_path / "plant.yaml"

    def read(content: str | bytes) -> Plant:
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return read_yaml(path, Plant)

    return read


def complaint(read, content: str | bytes) -> str:
    """The error's lines, without the directory."""
    with pytest.raises(SiteError) as error:
        read(content)
    return re.sub(r"(?m)^/.*?/(?=plant\.yaml)", "", str(error.value))


def test_a_right_file_becomes_the_model(read):
    plant = read("name: Works\nvalves:\n  - {id: v1, turns: 3}\n")

    assert plant.valves == [Valve(id="v1", turns=3)]


def test_a_missing_field_is_named_at_the_item_that_lacks_it(read):
    assert complaint(read, "name: Works\nvalves:\n  - id: v1\n    turns: 1\n  - id: v2\n") == (
        "plant.yaml:5: valves.1.turns: missing; add it"
    )


def test_an_unknown_field_is_named_at_its_own_line(read):
    assert complaint(read, "name: Works\nvalves:\n  - id: v1\n    turns: 1\n    colour: red\n") == (
        "plant.yaml:5: valves.0.colour: no such field; check the spelling or remove it"
    )


def test_a_wrong_type_is_named_at_its_own_line(read):
    [line] = complaint(read, "name: Works\n\nvalves:\n  - id: v1\n    turns: many\n").splitlines()

    assert line.startswith("plant.yaml:5: valves.0.turns: ")
    assert "integer" in line


def test_a_value_of_no_allowed_kind_names_the_field_and_not_the_union(read):
    lines = complaint(read, "name: Works\nvalves:\n  - {id: v1, turns: 1, name: 7}\n").splitlines()

    assert lines
    assert all(line.startswith("plant.yaml:3: valves.0.name: ") for line in lines)


def test_a_list_where_a_mapping_belongs_is_refused(read):
    assert complaint(read, "- Works\n").startswith("plant.yaml:1: ")


@pytest.mark.parametrize("content", ["", "# nothing yet\n", "null\n"])
def test_an_empty_file_is_refused(read, content):
    assert complaint(read, content).startswith("plant.yaml:1: ")


def test_every_problem_has_a_line_of_its_own(read):
    lines = complaint(read, "nam: Works\nvalves:\n  - turns: 1\n").splitlines()

    assert lines == [
        "plant.yaml:1: name: missing; add it",
        "plant.yaml:3: valves.0.id: missing; add it",
        "plant.yaml:1: nam: no such field; check the spelling or remove it",
    ]


def test_a_key_given_twice_is_refused_at_the_second(read):
    assert complaint(read, "name: Works\nwords: []\nname: Other\n") == (
        "plant.yaml:3: not valid YAML: key 'name' is given twice; keep one"
    )


def test_a_key_given_twice_inside_is_refused_too(read):
    assert "plant.yaml:3:" in complaint(read, "name: Works\nvalves:\n  - {id: a, id: b, turns: 1}")


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("name: Works\nvalves: [\n", 3),
        ("name: Works\n\tvalves: []\n", 2),
        ("name: 'Works\n", 2),
        ("name: Works\nwords: [*unknown]\n", 2),
        ("name: Works\nwords: !!python/object/apply:os.system [ls]\n", 2),
        ("name: Works\n---\nname: Other\n", 2),
        ("name: Works\n? [a, b]\n: c\n", 2),
        ("name: Works\n? {a: b}\n: c\n", 2),
        ("name: Wor\u00e9ks\nwords: [a\x07]\n", 2),
        ("name: !!int many\n", 1),
    ],
)
def test_bad_yaml_is_refused_at_its_line(read, content, line):
    assert complaint(read, content).startswith(f"plant.yaml:{line}: ")


def test_text_in_another_encoding_is_refused_with_the_way_to_mend_it(read):
    assert complaint(read, "name: Fábrica\n".encode("latin-1")) == (
        "plant.yaml: not UTF-8 (byte 7); save it as UTF-8"
    )


def test_a_byte_order_mark_is_no_error(read):
    assert read("\ufeffname: Works\n").name == "Works"


def test_a_missing_file_is_refused_with_its_path(tmp_path):
    with pytest.raises(SiteError, match=r"none\.yaml: cannot be read .*check the path"):
        read_yaml(tmp_path / "none.yaml", Plant)


def test_a_directory_in_place_of_the_file_is_refused(tmp_path):
    with pytest.raises(SiteError, match="cannot be read"):
        read_yaml(tmp_path, Plant)


def test_on_off_yes_no_and_dates_are_words_and_only_true_and_false_are_not(read):
    plant = read("name: Works\nwords: [on, off, yes, no, y, n, 2026-13-45]\nis_manned: true\n")

    assert plant.words == ["on", "off", "yes", "no", "y", "n", "2026-13-45"]
    assert plant.is_manned is True
