"""Where wind comes from, and which exits lead into it."""

import pytest

from aurora.conditions.wind import degrees_of, not_downwind, point_of, upwind
from aurora.site.model import Exit


def way(faces: str | None) -> Exit:
    return Exit(id=faces or "unknown", name="a door", faces=faces)  # type: ignore[arg-type]


NORTH, EAST, SOUTH, WEST, SOMEWHERE = map(way, ["north", "east", "south", "west", None])


@pytest.mark.parametrize(
    ("said", "degrees"),
    [
        *(("W", 270), ("wsw", 247.5), ("west", 270), ("North-West", 315), ("northwest", 315)),
        *(("north_east", 45), (0, 0), (360, 0), ("90", 90), (12.5, 12.5)),
    ],
)
def test_compass_points_and_degrees_are_understood(said, degrees):
    assert degrees_of(said) == degrees


@pytest.mark.parametrize("said", ["", "up", "361", -1, "nan", "westerly", True])
def test_what_is_no_direction_is_refused(said):
    with pytest.raises(ValueError, match="compass point"):
        degrees_of(said)


def test_degrees_are_spoken_as_the_nearest_point():
    assert [point_of(d) for d in (0, 22, 23, 359, 270)] == [
        *("north", "north", "north_east", "north", "west"),
    ]


def test_exits_into_the_wind_come_straightest_first():
    assert upwind([NORTH, SOUTH, WEST], 280) == [WEST, NORTH]


def test_an_exit_across_the_wind_or_of_unknown_direction_is_not_upwind():
    assert upwind([NORTH, SOMEWHERE], 270) == []


def test_a_downwind_exit_is_left_only_where_there_is_no_other():
    assert not_downwind([EAST, SOMEWHERE], 270) == [SOMEWHERE]
    assert not_downwind([EAST, SOUTH], 270) == [SOUTH]
    assert not_downwind([EAST], 270) == [EAST]
