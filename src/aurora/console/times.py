"""Times and numbers as the reader's language writes them, in the site's time zone."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from babel import dates, numbers, units

from aurora.site.model import Language

LOCALES: dict[Language, str] = {"en": "en_GB"}
"""A control room counts to 24 hours; its English is read on any continent."""


class Times:
    """Formats for one language and one time zone."""

    def __init__(self, language: Language, timezone: str) -> None:
        self._locale = LOCALES.get(language, language)
        self._zone = ZoneInfo(timezone)

    def clock(self, at: datetime) -> str:
        """14:03:27."""
        return dates.format_time(at, "medium", tzinfo=self._zone, locale=self._locale)

    def moment(self, at: datetime) -> str:
        """26 Nov 2026, 14:03:27."""
        return dates.format_datetime(at, "medium", tzinfo=self._zone, locale=self._locale)

    def day(self, at: datetime) -> str:
        """26 Nov 2026."""
        return dates.format_date(at.astimezone(self._zone), "medium", locale=self._locale)

    def short_day(self, written: str) -> str:
        """26 Nov, of 2026-11-26."""
        day = date.fromisoformat(written)
        return dates.format_skeleton("MMMd", day, locale=self._locale)

    def number(self, value: float) -> str:
        """1,234.5."""
        return numbers.format_decimal(value, locale=self._locale)

    def lasting(self, seconds: float) -> str:
        """2 min 5 s, in the shortest spelling."""
        minutes, rest = divmod(round(seconds), 60)
        parts = [(minutes, "minute")] if minutes else []
        parts += [(rest, "second")] if rest or not minutes else []
        return " ".join(
            units.format_unit(count, f"duration-{unit}", "short", locale=self._locale)
            for count, unit in parts
        )
