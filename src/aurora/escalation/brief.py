"""The sentences of an alert in a responder's language, from what is known and nothing else."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from aurora.escalation.happening import VAGUE
from aurora.escalation.incident import CallFacts, Incident, Lost
from aurora.escalation.news import ABOUT_CALLERS, News, NewsKind
from aurora.escalation.told import TOLD, is_bad
from aurora.escalation.wording import Wording, wording
from aurora.levels import Hazard, Urgency
from aurora.site.model import Site, spoken
from aurora.triage.assessment import Fact

QUOTE_LIMIT = 60
"""Characters of a caller's own words."""


class AlertKind(StrEnum):
    PAGE = "page"
    UPDATE = "update"
    REMINDER = "reminder"
    LOST_CALLER = "lost_caller"
    STAND_DOWN = "stand_down"
    TEST = "test"


def asking(incident: Incident) -> AlertKind:
    """Return what people are asked to answer of an incident: a page, or a test."""
    return AlertKind.TEST if incident.is_test else AlertKind.PAGE


@dataclass(frozen=True)
class Brief:
    """What one message says, sentence by sentence."""

    site: Site
    incident: Incident
    language: str
    kind: AlertKind
    news: Sequence[News]
    titles: Mapping[str, str]

    @property
    def words(self) -> Wording:
        return wording(self.language)

    def this_is(self) -> str:
        return self.words.this_is.format(site=self.site.name)

    def head(self) -> str:
        """Drill or not, what kind of message, how urgent, what."""
        words, incident = self.words, self.incident
        marks = []
        if incident.is_drill:
            marks.append(words.drill)
        elif incident.was_drill:
            marks.append(words.real)
        if self.kind is AlertKind.TEST:
            return ". ".join([*marks, words.test]) + "."
        kinds = {
            AlertKind.UPDATE: words.update,
            AlertKind.REMINDER: words.reminder,
            AlertKind.LOST_CALLER: words.caller_lost,
            AlertKind.STAND_DOWN: words.stand_down,
        }
        if self.kind in kinds:
            marks.append(kinds[self.kind])
        if self.kind is not AlertKind.STAND_DOWN:
            marks.append(words.levels[incident.urgency])
        return ". ".join([*marks, self._what(next(iter(incident.happenings), None))]) + "."

    def body(self, *, is_spoken: bool = False) -> list[str]:
        """The sentences of the message, the most pressing first."""
        words = self.words
        if self.kind is AlertKind.TEST:
            return [self.head(), words.test_only]
        if self.kind is AlertKind.STAND_DOWN:
            return [self.head(), self._place(), words.not_needed]
        if self.kind in (AlertKind.UPDATE, AlertKind.LOST_CALLER):
            place = [] if self._tells_place() else [self._place()]
            return [self.head(), *self._news(), *place]
        is_reminder = self.kind is AlertKind.REMINDER
        lines = [self.head(), *([words.you_accepted] if is_reminder else []), self._place()]
        lines += self._missing()
        others = [self._what(one) for one in self.incident.happenings[1:]]
        if others:
            lines.append(words.also.format(what=", ".join(others)))
        lines += self._facts(self.incident.facts.items(), only_bad=True)
        if self._is_for_the_public_services():
            lines.append(words.call_direct.format(number=self.site.emergency_number))
        return lines if is_spoken else [*lines, *self._callers()]

    def background(self) -> list[str]:
        """What only a long message has room for."""
        words, incident = self.words, self.incident
        if self.kind in (AlertKind.TEST, AlertKind.STAND_DOWN):
            return []
        good = {name: value for name, value in incident.facts.items() if not is_bad(name, value)}
        lines = self._facts(good.items())
        if self.kind in (AlertKind.UPDATE, AlertKind.LOST_CALLER):
            lines = [*self._facts(incident.facts.items()), *self._callers()]
        if incident.facts:
            lines.append(words.reported)
        if len(incident.calls) > 1:
            lines.append(words.calls.format(count=len(incident.calls)))
        return lines

    def _callers(self) -> list[str]:
        callers = [call.caller for call in self.incident.calls.values() if call.caller]
        return [self.words.caller.format(caller=_quoted(callers[0]))] if callers else []

    def _is_for_the_public_services(self) -> bool:
        return self.incident.urgency is Urgency.CRITICAL and not self.incident.is_drill

    def _what(self, name: str | None) -> str:
        """A procedure's title, a hazard's name, or that it is not clear."""
        if name is not None and name in self.titles:
            return self.titles[name].rstrip(".")
        hazard = Hazard(name) if name in list(Hazard) else self.incident.hazard
        return self.words.hazards.get(hazard, self.words.unclear)

    def _place(self) -> str:
        zone = self.site.zone(self.incident.zone_id)
        if zone is not None:
            return self.words.place.format(zone=spoken(zone.name, self.language))
        if said := _quoted(self.incident.place_said or ""):
            return self.words.place_said.format(place=said)
        return self.words.place_unknown

    def _tells_place(self) -> bool:
        """Whether the news says where; of a lost caller where they were last."""
        kinds = (NewsKind.ZONE, NewsKind.LOST, NewsKind.SEARCH)
        return any(one.kind in kinds for one in self.news)

    def _missing(self) -> list[str]:
        """What whoever is paged now must know of callers who are missing."""
        lines = []
        for call in self.incident.calls.values():
            if call.lost is not None:
                first = self.words.search if call.is_searched else self.words.lost[call.lost]
                lines += [first, self._last_place(call)]
        return lines

    def _last_place(self, call: CallFacts) -> str:
        zone = self.site.zone(call.zone_id)
        if zone is not None:
            return self.words.last_known.format(zone=spoken(zone.name, self.language))
        if said := _quoted(call.place_said or ""):
            return self.words.last_said.format(place=said)
        return self.words.last_unknown

    def _news(self) -> Iterator[str]:
        words = self.words
        for one in self.news:
            if one.kind is NewsKind.URGENCY:
                yield words.now_level.format(level=words.levels[Urgency(one.name)])
            elif one.kind is NewsKind.LOWERED:
                yield words.lowered.format(level=words.levels[Urgency(one.name)])
            elif one.kind is NewsKind.ZONE and (zone := self.site.zone(one.name)):
                yield words.place_now.format(zone=spoken(zone.name, self.language))
            elif one.kind is NewsKind.HAPPENING and one.name not in VAGUE:
                yield words.also.format(what=self._what(one.name))
            elif one.kind in ABOUT_CALLERS:
                yield from self._of_a_caller(one)
            elif one.kind is NewsKind.FACT and one.value is not None:
                yield from self._facts([(one.name, one.value)])

    def _of_a_caller(self, one: News) -> Iterator[str]:
        call = self.incident.calls.get(one.name)
        if one.kind is NewsKind.FOUND:
            yield self.words.found
            return
        is_search = one.kind is NewsKind.SEARCH
        yield self.words.search if is_search else self.words.lost[Lost(str(one.value))]
        if call is not None:
            yield self._last_place(call)

    def _facts(self, facts: Iterable[tuple[str, Fact]], *, only_bad: bool = False) -> list[str]:
        return fact_sentences(facts, self.words, only_bad=only_bad)


def fact_sentences(
    facts: Iterable[tuple[str, Fact]], words: Wording, *, only_bad: bool = False
) -> list[str]:
    """Sentences for facts, the most pressing first; a fact without words stays unsaid."""
    found = []
    for name, value in sorted(facts, key=lambda fact: _rank(fact[0])):
        if name not in TOLD or (only_bad and not is_bad(name, value)):
            continue
        own = words.facts[name]
        if isinstance(value, bool):
            text = own.bad if is_bad(name, value) else own.good
        else:
            said = _quoted(str(value))
            text = own.value.format(value=said) if own.value and said else None
        if text:
            found.append(text)
    return list(dict.fromkeys(found))


def _rank(name: str) -> int:
    return TOLD.index(name) if name in TOLD else len(TOLD)


def _quoted(said: str) -> str:
    """A caller's words as plain words: no markup, no addresses, not too many."""
    plain = re.sub(r"\s+", " ", re.sub(r"[^\w\s.,'+()-]|://|www\.", " ", said)).strip()
    return plain if len(plain) <= QUOTE_LIMIT else plain[: QUOTE_LIMIT - 1].rstrip() + "…"
