"""Parts of a text change, and nothing else of it: comments, quotes and order stay."""

import pytest

from aurora.errors import SiteError
from aurora.site.load import DEFAULT_SITE
from aurora.site.yaml_file import plain_yaml
from aurora.site.yaml_text import require_plain, with_order, with_scalars, with_section

TEXT = """\
# The plant.
name: Works
contacts:  # those we call
  - {id: ana, name: Ana, phone: "+12025550100"}
  # nights
  - {id: bo, name: 'Bo'}
zones:
  - id: a
    name: {en: Zone A, de: Zone A}
    exits:
      - {id: north, name: the north door}  # broad
      - {id: south, name: the south door}
    muster_point: yard

  - id: b
    name: Zone B
# The end.
"""


def changed(key: str, change) -> str:
    data = plain_yaml(TEXT, "text")
    after = plain_yaml(TEXT, "text")[key]
    change(after)
    text = with_section(TEXT, key, data[key], after)
    assert plain_yaml(text, "text")[key] == after
    return text


def lines_that_differ(text: str) -> list[str]:
    return [line for line in text.splitlines() if line not in TEXT.splitlines()]


def test_one_changed_word_changes_one_line():
    text = changed("contacts", lambda all_: all_[1].update(name="Bob"))

    assert lines_that_differ(text) == ["  - {id: bo, name: Bob}"]
    assert "# nights" in text


def test_a_change_deep_inside_leaves_its_neighbours_as_they_are():
    text = changed("zones", lambda all_: all_[0]["exits"][0].update(name="the gate"))

    assert lines_that_differ(text) == ["      - {id: north, name: the gate}  # broad"]


def test_what_is_added_comes_after_what_there_was():
    text = changed("contacts", lambda all_: all_.append({"id": "cy", "name": "Cy"}))

    assert text.index("id: bo") < text.index("- {id: cy, name: Cy}") < text.index("zones:")
    assert len(lines_that_differ(text)) == 1


def test_what_is_removed_takes_its_line_with_it():
    text = changed("zones", lambda all_: all_[0]["exits"].pop(1))

    assert len(text.splitlines()) == len(TEXT.splitlines()) - 1
    assert lines_that_differ(text) == []


def test_a_field_comes_and_goes():
    def change(all_):
        del all_[0]["muster_point"]
        all_[1]["aed"] = "by the door"

    text = changed("zones", change)
    assert "muster_point" not in text
    assert "# The end." in text


def test_a_whole_item_is_removed_and_another_order_is_written_anew():
    assert "Zone A" not in changed("zones", lambda all_: all_.pop(0))
    changed("contacts", lambda all_: all_.reverse())
    changed("contacts", lambda all_: all_.clear())


def test_a_section_that_was_not_there_is_put_at_the_end():
    text = with_section(TEXT, "rosters", None, [{"id": "r", "role": "fire"}])

    assert text.endswith("rosters:\n  - {id: r, role: fire}\n")


def test_the_packaged_site_keeps_all_but_one_line_of_itself():
    before = (DEFAULT_SITE / "site.yaml").read_text()
    data, after = plain_yaml(before, "site"), plain_yaml(before, "site")["contacts"]
    after[2]["phone"] = "+12025550199"
    text = with_section(before, "contacts", data["contacts"], after)

    old, new = before.splitlines(), text.splitlines()
    assert len(old) == len(new)
    assert sum(a != b for a, b in zip(old, new, strict=True)) == 1


def test_a_sentence_is_replaced_whatever_is_in_it():
    words = "Say: \"out\" # now, {all} of 'you'\n- é"
    text = with_scalars(TEXT, {("contacts", 1, "name"): words})

    assert plain_yaml(text, "text")["contacts"][1]["name"] == words


def test_a_sentence_that_is_not_there_is_refused():
    with pytest.raises(SiteError, match=r"contacts\.9\.name"):
        with_scalars(TEXT, {("contacts", 9, "name"): "x"})


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("a: &x [1]\nb: [*x, *x]\n", "write it out"),
        ("[" * 200_000, "deep"),
        ("a: " + "{b: " * 5_000, "deep"),
        ("a: [", "not valid YAML"),
    ],
)
def test_a_text_that_would_not_end_when_read_is_refused(text, reason):
    with pytest.raises(SiteError, match=reason):
        require_plain(text)


STEPS = """\
then:
  # First of all.
  - do: "One."
    again: "Once more: one."
  - ask: "Two?"  # really
    if_yes:
      say: "Yes."

  - do: "Three."
# What follows.
never: []
"""


def test_items_change_places_whole_with_the_comments_above_them():
    text = with_order(STEPS, "then", [1, 2, 0])
    before, after = plain_yaml(STEPS, "text"), plain_yaml(text, "text")
    assert after["then"] == [before["then"][1], before["then"][2], before["then"][0]]
    assert sorted(text.splitlines()) == sorted(STEPS.splitlines())
    assert text.index("# First of all.") < text.index('- do: "One."') < text.index("# What")
    assert text.index("Three") < text.index("# First of all.")


@pytest.mark.parametrize("order", [[0, 1], [0, 1, 1], [0, 1, 2, 3]])
def test_items_that_are_not_all_there_are_not_put_in_order(order):
    with pytest.raises(SiteError, match="reload"):
        with_order(STEPS, "then", order)
    with pytest.raises(SiteError, match="reload"):
        with_order(STEPS, "elsewhere", order)


def test_a_word_taken_out_of_a_list_takes_its_line_alone():
    text = "alert:\n  - fire\n  - medical  # by night too\n  - gate\n"
    after = with_section(text, "alert", ["fire", "medical", "gate"], ["medical", "gate", "desk"])
    assert after == "alert:\n  - medical  # by night too\n  - gate\n  - desk\n"
