"""A site's sections as forms: sent back as they came they change nothing."""

from typing import Any

import pytest

from aurora.console.site.forms import SECTIONS, Field, items_of, section_from, shown
from aurora.console.site.problems import problems_in
from aurora.errors import SiteError
from aurora.site.load import DEFAULT_SITE
from aurora.site.model import Site
from aurora.site.yaml_file import parse_yaml, plain_yaml

TEXT = (DEFAULT_SITE / "site.yaml").read_text()


def form_of(key: str, data: dict[str, Any]) -> dict[str, list[str]]:
    """What a browser sends of a section's form."""
    section, pairs = SECTIONS[key], {}

    def put(where: str, fields: tuple[Field, ...], item: dict[str, Any]) -> None:
        pairs[f"{where}/here"] = ["1"]
        for field in fields:
            name, value = f"{where}/{field.name}", shown(field, item.get(field.name))
            if field.kind in ("local", "names"):
                pairs.update({f"{name}/{language}": [words] for language, words in value.items()})
            elif field.kind == "rows":
                for at, row in enumerate(value):
                    put(f"{name}/{at}", field.rows, row)
            elif field.kind == "many":
                pairs[name] = value
            elif field.kind == "flag":
                pairs.update({name: ["yes"]} if value else {})
            else:
                pairs[name] = [value]

    for at, item in enumerate(items_of(section, data)):
        put(f"{key}/{at}", section.fields, item)
    return pairs


@pytest.mark.parametrize("key", list(SECTIONS))
def test_a_form_sent_back_as_it_came_changes_nothing(key):
    data = plain_yaml(TEXT, "site.yaml")

    assert section_from(SECTIONS[key], data, form_of(key, data)) == data[key]


def test_an_item_is_removed_another_added_and_a_blank_one_is_no_item():
    data = plain_yaml(TEXT, "site.yaml")
    pairs = form_of("contacts", data)
    count = len(data["contacts"])
    pairs["contacts/1/remove"] = ["yes"]
    pairs[f"contacts/{count}/id"] = ["cy"]
    pairs[f"contacts/{count}/name"] = ["Cy"]
    pairs[f"contacts/{count}/roles"] = ["medical"]
    pairs[f"contacts/{count}/channels"] = ["sms\nvoice +12025550188"]
    pairs[f"contacts/{count + 1}/id"] = [""]
    made = section_from(SECTIONS["contacts"], data, pairs)

    assert [one["id"] for one in made] == [
        *(one["id"] for one in data["contacts"] if one["id"] != "duty_supervisor"),
        "cy",
    ]
    assert made[-1] == {
        "id": "cy",
        "name": "Cy",
        "roles": ["medical"],
        "channels": ["sms", {"kind": "voice", "address": "+12025550188"}],
    }


def test_what_the_form_does_not_show_stays_with_its_item():
    data = plain_yaml(TEXT, "site.yaml")
    pairs = form_of("zones", data)
    pairs["zones/0/name/en"] = ["Hall A"]
    made = section_from(SECTIONS["zones"], data, pairs)

    assert made[0]["name"]["en"] == "Hall A"
    assert made[0]["hazards"] == data["zones"][0]["hazards"]


def test_a_problem_is_shown_at_the_item_that_it_names():
    text = TEXT.replace('phone: "+12025550102"', 'phone: "12"').replace(
        "muster_point: east_lawn\n    valves", "muster_point: nowhere\n    valves"
    )
    with pytest.raises(SiteError) as caught:
        parse_yaml(text, "site.yaml", Site)
    found = problems_in(str(caught.value).splitlines())

    assert any(one.is_of("contacts", 2, "safety_officer") for one in found)
    assert not any(one.is_of("contacts", 1, "duty_supervisor") for one in found)
