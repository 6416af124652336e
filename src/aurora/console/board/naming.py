"""What the site's things are called in the reader's language: zones, hazards, roles, steps."""

import re
from collections.abc import Mapping

from aurora.conversation.call import Call
from aurora.escalation.brief import fact_sentences
from aurora.escalation.happening import VAGUE
from aurora.escalation.incident import Incident
from aurora.escalation.wording import wording
from aurora.guidance.library import Library
from aurora.guidance.procedure import Procedure, Step
from aurora.guidance.state import GuidanceState
from aurora.levels import Hazard
from aurora.site.model import Language, Site, spoken
from aurora.triage.assessment import Fact


class Naming:
    """One language's."""

    def __init__(self, language: Language, site: Site, library: Library) -> None:
        self._language = language
        self._site = site
        self._library = library
        self._words = wording(language)

    def zone(self, zone_id: str | None) -> str | None:
        zone = self._site.zone(zone_id)
        return spoken(zone.name, self._language) if zone is not None else None

    def role(self, role: str) -> str:
        """As a label: without the article that it is spoken with."""
        name = self._site.roles.get(role, role)
        return _labelled(spoken(name, self._language))

    def contact(self, contact_id: str) -> str:
        known = (one.name for one in self._site.contacts if one.id == contact_id)
        return next(known, contact_id)

    def phone(self, contact_id: str) -> str | None:
        """The number of a contact, as the site has it."""
        return next((one.phone for one in self._site.contacts if one.id == contact_id), None)

    def procedure(self, call: Call) -> Procedure | None:
        """The procedure a call runs, in the reader's language as far as there is one."""
        return self._library.procedure(call.guidance.procedure, self._language)

    def happening(self, name: str) -> str:
        """Of a procedure or a hazard."""
        procedure = self._library.procedure(name, self._language)
        if procedure is not None:
            return procedure.title.rstrip(".")
        known = name in list(Hazard)
        return self._words.hazards.get(Hazard(name), self._words.unclear) if known else name

    def happenings(self, incident: Incident) -> list[str]:
        """What an incident is, first what made it most urgent."""
        named = [self.happening(one) for one in incident.happenings]
        return list(dict.fromkeys(named)) or [self.hazard(incident.hazard)]

    def hazard(self, hazard: Hazard) -> str:
        return self._words.hazards.get(hazard, self._words.unclear)

    def matter(self, call: Call) -> str | None:
        """What a call is about; None while nothing is wrong."""
        procedure = call.guidance.procedure
        if procedure is not None and not (procedure in VAGUE and call.hazard is not Hazard.NONE):
            return self.happening(procedure)
        return None if call.hazard is Hazard.NONE else self.hazard(call.hazard)

    def step(self, call: Call) -> tuple[int, int, str] | None:
        """The step reached, how many there are, and its words; None before the first."""
        procedure = self.procedure(call)
        number = _last_given(call.guidance)
        if procedure is None or number is None or number >= len(procedure.then):
            return None
        item = procedure.then[number]
        words = item.do if isinstance(item, Step) else item.ask
        return number + 1, len(procedure.then), words

    def facts(self, facts: Mapping[str, Fact], *, only_bad: bool = False) -> list[str]:
        return fact_sentences(facts.items(), self._words, only_bad=only_bad)


def _last_given(state: GuidanceState) -> int | None:
    return int(state.last_instruction) if state.last_instruction else None


def _labelled(name: str) -> str:
    """ "the site medic" as "Site medic"."""
    plain = re.sub(r"^(?:the|an?|el|la|los|las|le|les|der|die|das|den)\s+|^l['’]", "", name)
    return plain[:1].upper() + plain[1:]
