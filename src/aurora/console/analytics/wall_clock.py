"""Tell for tens of thousands of quarters of an hour what the site's clocks showed; pure."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from aurora.records.gathered import QUARTER_S

EPOCH = date(1970, 1, 1)
DAY_S = 86_400


class WallClock:
    """A zone's offset is asked for once a day, but on days on which the clocks are changed."""

    def __init__(self, zone: ZoneInfo) -> None:
        self.zone = zone
        self._offsets: dict[int, int | None] = {}
        """By UTC day since 1970; None on days that have two."""

    def hour_of(self, quarter: int) -> int:
        """Return the hour on the wall, counted from 1970, of a quarter of an hour since then."""
        at_s = quarter * QUARTER_S
        day = at_s // DAY_S
        if day not in self._offsets:
            first, last = self._offset(day * DAY_S), self._offset((day + 1) * DAY_S)
            self._offsets[day] = first if first == last else None
        offset = self._offsets[day]
        if offset is None:
            offset = self._offset(at_s)
        return (at_s + offset) // 3600

    def _offset(self, at_s: int) -> int:
        there = datetime.fromtimestamp(at_s, UTC).astimezone(self.zone).utcoffset()
        return int(there.total_seconds()) if there is not None else 0
