"""Everything of a site has a place on the map, drawn or not."""

import pytest

from aurora.console.map.drawing import Drawing, fitted, of_site, problems
from aurora.console.map.layout import layout
from aurora.site.plan import Plan, is_inside
from tests.line import example_site

SITE = example_site()


def undrawn():
    zones = [
        zone.model_copy(
            update={
                "outline": None,
                "exits": [way.model_copy(update={"at": None}) for way in zone.exits],
            }
        )
        for zone in SITE.zones
    ]
    points = [point.model_copy(update={"at": None}) for point in SITE.muster_points]
    return SITE.model_copy(update={"plan": None, "zones": zones, "muster_points": points})


def test_what_the_site_draws_is_where_it_says():
    placed = layout(SITE, of_site(SITE))

    assert placed.laid_out == []
    assert placed.outlines["a"][0] == (130, 120)
    assert placed.exits["a/a_north"] == (260, 120)
    assert placed.muster_points["west_yard"] == (60, 520)


def test_a_site_that_draws_nothing_is_laid_out_without_overlap():
    site = undrawn()
    placed = layout(site, of_site(site))

    assert placed.laid_out == [zone.id for zone in site.zones]
    assert set(placed.muster_points) == {point.id for point in site.muster_points}
    for zone in site.zones:
        others = [placed.outlines[other.id] for other in site.zones if other is not zone]
        assert is_inside(placed.centres[zone.id], placed.outlines[zone.id])
        assert not any(is_inside(placed.centres[zone.id], other) for other in others)
    for points in (*placed.outlines.values(), list(placed.muster_points.values())):
        assert all(placed.plan.has(point) for point in points)


def test_an_exit_that_is_not_drawn_is_on_the_side_that_it_faces():
    site = undrawn()
    placed = layout(site, of_site(site))

    left, right = (f(x for x, _ in placed.outlines["b"]) for f in (min, max))
    assert placed.exits["b/b_west"][0] == pytest.approx(left)
    assert placed.exits["b/b_east"][0] == pytest.approx(right)


def test_a_plan_turned_round_turns_the_exits_with_it():
    site = undrawn()
    outline = [(10, 10), (90, 10), (90, 60), (10, 60)]
    turned = Drawing(plan=Plan(width=100, height=100, north=180), outlines={"b": outline})

    placed = layout(site, turned)

    assert placed.exits["b/b_west"][0] == pytest.approx(90)


def test_a_drawing_is_checked_against_the_site_and_its_sheet():
    plan = Plan(width=100, height=100)
    wrong = Drawing(
        plan=plan,
        outlines={"a": [(0, 0), (50, 50), (50, 0), (0, 50)], "x": [(1, 1), (2, 1), (2, 2)]},
        exits={"a/nowhere": (1, 1), "b/b_east": (101, 5)},
        muster_points={"../../etc": (1, 1)},
    )

    found = "\n".join(problems(wrong, SITE))

    assert "outlines.x: the site has no such place" in found
    assert "exits.a/nowhere: the site has no such place" in found
    assert "muster_points.../../etc: the site has no such place" in found
    assert "outlines.a: its sides cross" in found
    assert "exits.b/b_east: [101, 5] is outside the plan of 100 by 100" in found
    assert list(problems(fitted(of_site(SITE), SITE), SITE)) == []
