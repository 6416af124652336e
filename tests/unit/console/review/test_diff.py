"""Two texts side by side: every change is shown, and nothing that is equal far from one."""

from aurora.console.review.diff import side_by_side

TEXT = "\n".join(f"line {number}" for number in range(30))


def test_equal_texts_have_no_rows():
    assert side_by_side(TEXT, TEXT) == []


def test_a_changed_line_stands_beside_what_it_was_with_three_lines_around_it():
    rows = side_by_side(TEXT, TEXT.replace("line 15", "line fifteen"))

    changed = [row for row in rows if row.mark == "changed"]
    assert [(row.before, row.after) for row in changed] == [((16, "line 15"), (16, "line fifteen"))]
    assert [row.mark for row in rows].count("same") == 6
    assert [row.folded for row in rows if row.mark == "fold"] == [12, 11]


def test_added_and_removed_lines_keep_the_numbers_of_their_own_side():
    rows = side_by_side("a\nb\nc", "a\nc\nd")

    assert [(row.mark, row.before, row.after) for row in rows] == [
        ("same", (1, "a"), (1, "a")),
        ("removed", (2, "b"), None),
        ("same", (3, "c"), (2, "c")),
        ("added", None, (3, "d")),
    ]
