"""What changes come to at a moment: the newest holds, and each expires."""

from datetime import timedelta

from aurora.conditions.board import Board
from aurora.conditions.change import (
    Change,
    drill_announced,
    drill_cancelled,
    exit_change,
    wind_change,
)
from tests.line import NOON, example_site

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


def board(*changes: Change) -> Board:
    made = Board()
    made.replace(changes)
    return made


def test_the_wind_is_forgotten_after_an_hour_unless_renewed():
    once = board(wind_change(270, "Ann", NOON))
    renewed = board(wind_change(270, "Ann", NOON), wind_change(280, "Bo", NOON + 30 * MINUTE))

    assert once.at(NOON + 59 * MINUTE).wind is not None
    assert once.at(NOON + HOUR).wind is None
    wind = renewed.at(NOON + 80 * MINUTE).wind
    assert wind is not None
    assert wind.degrees == 280


def test_a_blocked_exit_is_open_again_after_four_hours_or_when_cleared():
    zone = example_site().zones[1]
    shut = exit_change("b", "b_east", is_blocked=True, by="call_1", reason="", now=NOON)
    opened = exit_change("b", "b_east", is_blocked=False, by="Ann", reason="", now=NOON + MINUTE)

    def open_exits(made: Board, after: timedelta) -> list[str]:
        return [way.id for way in made.at(NOON + after).open_exits(zone)]

    assert open_exits(board(shut), 4 * HOUR - MINUTE) == ["b_west"]
    assert open_exits(board(shut), 4 * HOUR) == ["b_east", "b_west"]
    assert open_exits(board(opened, shut), 2 * MINUTE) == ["b_east", "b_west"]


def test_a_drill_runs_between_its_times_in_its_zone_unless_cancelled():
    drill = drill_announced("Ann", "yearly", NOON, NOON + HOUR, "b", NOON - HOUR)
    whole_site = drill_announced("Ann", "yearly", NOON, NOON + HOUR, None, NOON - HOUR)
    cancelled = drill_cancelled(drill.key, "Bo", NOON + HOUR, NOON - MINUTE)

    def runs(made: Board, after: timedelta, zone: str | None = "b") -> bool:
        return made.at(NOON + after).running_drill(zone, NOON + after) is not None

    assert not runs(board(drill), -MINUTE)
    assert runs(board(drill), MINUTE)
    assert not runs(board(drill), HOUR)
    assert not runs(board(drill), MINUTE, "c")
    assert not runs(board(drill), MINUTE, None)
    assert runs(board(whole_site), MINUTE, None)
    assert not runs(board(drill, cancelled), MINUTE)
