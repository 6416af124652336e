"""A site's plan: outlines that can be drawn, places that are on it, and what is wrong said so."""

import pytest

from aurora.errors import SiteError
from aurora.site.load import load_site, locate
from aurora.site.plan import area, centre, edge_towards, is_inside, sides_cross
from tests.unit.site.test_site import WORKS

SQUARE = [(0.0, 0.0), (10.0, 0.0), (10.0, 10.0), (0.0, 10.0)]
BOW_TIE = [(0.0, 0.0), (10.0, 10.0), (10.0, 0.0), (0.0, 10.0)]
HORSESHOE = [(0.0, 0.0), (30.0, 0.0), (30.0, 30.0), (20.0, 30.0), (20.0, 10.0), (10.0, 10.0),
             (10.0, 30.0), (0.0, 30.0)]  # fmt: skip
DRAWN = WORKS.replace("zones:\n", "plan: {width: 100, height: 80}\nzones:\n", 1)


def complaints(tmp_path, content):
    (tmp_path / "site.yaml").write_text(content, encoding="utf-8")
    with pytest.raises(SiteError) as error:
        load_site(locate(tmp_path))
    return str(error.value).replace(f"{tmp_path}/", "").splitlines()


def outlined(points: str, content: str = DRAWN) -> str:
    return content.replace(
        "    description: press hall\n", f"    description: press hall\n    outline: {points}\n"
    )


def test_crossing_sides_are_seen_and_touching_neighbours_are_not():
    assert sides_cross(BOW_TIE)
    assert sides_cross([(0, 0), (10, 0), (10, 10), (5, 0), (0, 10)])
    assert not sides_cross(SQUARE)
    assert not sides_cross(HORSESHOE)


def test_the_centre_lies_inside_whatever_the_shape():
    assert centre(SQUARE) == (5, 5)
    assert is_inside(centre(HORSESHOE), HORSESHOE)
    assert area(SQUARE) == 100


def test_one_leaves_by_the_side_one_goes_to():
    assert edge_towards(SQUARE, (1, 0)) == pytest.approx((10, 5))
    assert edge_towards(SQUARE, (0, -1)) == pytest.approx((5, 0))


def test_a_site_with_a_plan_is_in_order(tmp_path):
    (tmp_path / "site.yaml").write_text(outlined("[[1, 1], [50, 1], [50, 40.5]]"))

    site = load_site(locate(tmp_path))

    assert site.zones[0].outline == [(1, 1), (50, 1), (50, 40.5)]


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (outlined("[[1, 1], [50, 1], [50, 40]]", WORKS),
         "site.yaml:1: plan: missing, and zones.a.outline is drawn on it; "
         "give its width and height in metres"),
        (outlined("[[1, 1], [101, 1], [50, 40]]"),
         "site.yaml:11: zones.a.outline: [101, 1] is outside the plan of 100 by 80; "
         "move it, or make the plan larger"),
        (outlined("[[0, 0], [9, 9], [9, 0], [0, 9]]"),
         "site.yaml:11: zones.a.outline: its sides cross; "
         "give its corners in order round the zone"),
        (outlined("[[0, 0], [5, 5], [9, 9]]"),
         "site.yaml:11: zones.a.outline: it has no inside; "
         "give corners that are not in one line"),
        (DRAWN.replace("- {id: a_north, name", "- {id: a_north, at: [5, 81], name"),
         "site.yaml:12: zones.a.exits.a_north.at: [5, 81] is outside the plan of 100 by 80; "
         "move it, or make the plan larger"),
        (DRAWN.replace("{id: yard, name", "{id: yard, at: [5, 90], name"),
         "site.yaml:21: muster_points.yard.at: [5, 90] is outside the plan of 100 by 80; "
         "move it, or make the plan larger"),
    ],
)  # fmt: skip
def test_what_cannot_be_drawn_is_named_with_file_line_field_and_fix(tmp_path, content, complaint):
    assert complaint in complaints(tmp_path, content)


@pytest.mark.parametrize(
    "points",
    ["[[1, 1], [2, 2]]", "[[-1, 0], [5, 5], [0, 9]]", "[[.nan, 0], [5, 5], [0, 9]]", "map"],
)
def test_what_is_no_outline_is_refused(tmp_path, points):
    assert complaints(tmp_path, outlined(points))
