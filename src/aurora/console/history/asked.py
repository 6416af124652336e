"""What a page of the history is asked for in its address, and as what the records understand it."""

from datetime import date, datetime, time, timedelta
from typing import Annotated, Any, Literal
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from starlette.datastructures import QueryParams

from aurora.levels import Hazard, Urgency
from aurora.lines.problems import unprocessable
from aurora.records.indexed import AnswerState
from aurora.records.search import Filters
from aurora.records.search_words import wanted
from aurora.site.model import Language, Site

LONGEST_SEARCH = 200
MOST_NUMBER = 2**31 - 1


def _blank_is_none(value: Any) -> Any:
    return None if isinstance(value, str) and not value.strip() else value


Name = Annotated[Annotated[str, Field(max_length=60)] | None, BeforeValidator(_blank_is_none)]


class HistoryAsked(BaseModel):
    """A search with its filters; empty fields leave them open."""

    model_config = ConfigDict(extra="ignore", frozen=True, populate_by_name=True)

    q: Annotated[str, Field(max_length=LONGEST_SEARCH)] = ""
    since: Annotated[date | None, BeforeValidator(_blank_is_none)] = Field(None, alias="from")
    until: Annotated[date | None, BeforeValidator(_blank_is_none)] = None
    urgency: Annotated[Urgency | None, BeforeValidator(_blank_is_none)] = None
    hazard: Annotated[Hazard | None, BeforeValidator(_blank_is_none)] = None
    zone: Name = None
    language: Annotated[Language | None, BeforeValidator(_blank_is_none)] = None
    line: Name = None
    drill: Annotated[Literal["yes", "no"] | None, BeforeValidator(_blank_is_none)] = None
    answer: Annotated[AnswerState | None, BeforeValidator(_blank_is_none)] = None
    before: Annotated[int | None, Field(ge=0, le=MOST_NUMBER)] = None
    after: Annotated[int | None, Field(ge=0, le=MOST_NUMBER)] = None

    def filters(self, site: Site) -> Filters:
        """Return the filters; days begin and end at the site's midnight."""
        zone = ZoneInfo(site.timezone)
        return Filters(
            wanted=wanted(self.q, zone_names(site)),
            since=_midnight(self.since, zone),
            until=_midnight(_day_after(self.until), zone),
            urgency=self.urgency,
            hazard=self.hazard,
            zone=self.zone,
            language=self.language,
            line=self.line,
            is_drill=None if self.drill is None else self.drill == "yes",
            answer=self.answer,
        )

    @property
    def has_filters(self) -> bool:
        """Whether anything beside words narrows what is found."""
        return bool(self.fields.keys() - {"q"})

    def address(self, path: str, **changes: object) -> str:
        """Return the address that asks the same at another place or page."""
        fields = self.fields | {name: value for name, value in changes.items() if value}
        return f"{path}?{urlencode(fields)}" if fields else path

    @property
    def fields(self) -> dict[str, Any]:
        """What is asked, by its names in the address."""
        chosen = self.model_dump(mode="json", by_alias=True, exclude={"before", "after"})
        return {name: value for name, value in chosen.items() if value}


def read_asked(query: QueryParams) -> HistoryAsked:
    """Return what the address asks; raises Problem 422 naming the field that is wrong."""
    try:
        return HistoryAsked.model_validate(dict(query))
    except ValidationError as error:
        problem = error.errors()[0]
        field = str(problem["loc"][0])
        why = problem["msg"]
        raise unprocessable(f"{field}: {why}.", field) from error


def zone_names(site: Site) -> dict[str, list[str]]:
    """Return every name of each zone in every language, by its id."""
    names: dict[str, list[str]] = {}
    for zone in site.zones:
        texts = [zone.name] if isinstance(zone.name, str) else list(zone.name.values())
        aliases = [alias for language in zone.aliases.values() for alias in language]
        names[zone.id] = [*texts, *aliases]
    return names


def _day_after(day: date | None) -> date | None:
    return None if day is None or day == date.max else day + timedelta(days=1)


def _midnight(day: date | None, zone: ZoneInfo) -> datetime | None:
    # Years at either end have no time in some zones.
    if day is None or not 1970 <= day.year <= 9000:
        return None
    return datetime.combine(day, time.min, tzinfo=zone)
