"""All procedures and phrases of a site, by language; reading the files is `load`'s."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from aurora.guidance.phrases import Phrases
from aurora.guidance.procedure import Procedure, compiled
from aurora.guidance.remarks import Remark
from aurora.guidance.state import GuidanceState

PRECEDENCE = (
    "cardiac_arrest",
    "choking",
    "explosion",
    "fire",
    "battery_fire",
    "hot_work",
    "flammable_gas",
    "toxic_gas",
    "chlorine",
    "ammonia",
    "carbon_monoxide",
    "oxygen_deficient",
    "violence",
    "security_threat",
    "collapse",
    "radiation",
    "electrocution",
    "arc_flash",
    "confined_space",
    "drowning",
    "caught_in_machine",
    "bleeding",
    "crush",
    "vehicle",
    "crane",
    "suspension",
    "fall",
    "allergic_reaction",
    "chest_pain",
    "stroke",
    "seizure",
    "heat",
    "hydraulic_injection",
    "self_harm",
    "pressure",
    "steam",
    "medical",
    "burns",
    "chemical_splash",
    "spill",
    "shelter",
    "injury",
    "missing_person",
    "muster",
    "severe_weather",
    "lift",
    "utility_loss",
    "unsafe_condition",
    "minor_injury",
    "emergency",
)
"""Worst first: a procedure gives way only to one before it, so a burn never stops an evacuation."""


TextKey = tuple[str, str]
"""A procedure's id and its language."""


@dataclass
class Library:
    """Procedures by id and language, phrases by language.

    What is in force is replaced as a whole, between turns; a call goes on with the texts that it
    began (`running`), whatever is approved meanwhile.
    """

    procedures: Mapping[TextKey, Procedure]
    phrases: Mapping[str, Phrases]
    primary_language: str
    remarks: Mapping[str, Mapping[str, Remark]] = field(default_factory=dict)
    """By language; written out in every procedure already."""
    digests: Mapping[str, str] = field(default_factory=dict)
    """SHA-256 of each text, by reference."""
    earlier: Mapping[str, Procedure] = field(default_factory=dict)
    """Texts that were in force, by reference: calls under way may have begun one."""

    def procedure(self, procedure_id: str | None, language: str) -> Procedure | None:
        """Return the procedure in this language, else in the primary one, else None.

        A draft gives way to the primary language's text where that one is approved.
        procedure_id: None where no procedure runs.
        """
        if procedure_id is None:
            return None
        own = self.procedures.get((procedure_id, language))
        primary = self.procedures.get((procedure_id, self.primary_language))
        if own is None or primary is None:
            return own or primary
        return primary if primary.is_approved and not own.is_approved else own

    def titles(self, language: str) -> dict[str, str]:
        """Return what every procedure is called in this language, else in the primary one."""
        ids = dict.fromkeys(procedure_id for procedure_id, _ in self.procedures)
        found = {one: self.procedure(one, language) for one in ids}
        return {one: procedure.title for one, procedure in found.items() if procedure}

    def running(self, state: GuidanceState, language: str) -> Procedure | None:
        """Return the text of the running procedure that this call began, else the one in force."""
        in_force = self.procedure(state.procedure, language)
        begun = state.texts.get(text_key(state.procedure or "", language))
        if in_force is None or begun is None or in_force.reference == begun:
            return in_force
        return self.earlier.get(begun, in_force)

    def put_in_force(self, other: "Library") -> None:
        """Take over the texts of another library, for every procedure that begins from now on."""
        # What calls may have begun is there before what replaces it.
        self.earlier, self.digests = other.earlier, other.digests
        self.procedures = other.procedures

    def particular(
        self, procedure_id: str, text: str, language: str, *, is_guess: bool = False
    ) -> str:
        """Return the procedure that these words call for in place of a general one, or that one.

        text: the caller's words, lower case and without accents.
        is_guess: no words named `procedure_id`, so that any that are named go before it.
        """
        for name in PRECEDENCE:
            procedure = self.procedures.get((name, language))
            called_for = procedure.called_for if procedure else None
            if (
                called_for is not None
                and (is_guess or procedure_id in called_for.instead_of)
                and any(compiled(pattern).search(text) for pattern in called_for.when)
            ):
                return name
        return procedure_id

    def phrases_in(self, language: str) -> Phrases:
        """Return the phrases of this language, else of the primary one."""
        return self.phrases.get(language) or self.phrases[self.primary_language]

    def digest(self, procedure: Procedure) -> str | None:
        """Return the SHA-256 of a procedure's text, for the record."""
        return self.digests.get(procedure.reference)

    @property
    def drafts(self) -> list[Procedure]:
        """Procedures that nobody has approved yet."""
        return [p for p in self.procedures.values() if p.approval.state == "draft"]


def text_key(procedure_id: str, language: str) -> str:
    """Return the name under which a call keeps which text of a procedure it began."""
    return f"{procedure_id}:{language}"


def note_text(
    state: GuidanceState, procedure: Procedure, language: str, *, anew: bool = False
) -> None:
    """Keep with the call which text of a procedure it hears; one that began stays, but `anew`."""
    key = text_key(procedure.procedure, language)
    if anew or key not in state.texts:
        state.texts[key] = procedure.reference


THREATS = frozenset({"violence", "security_threat"})
"""Procedures in which somebody is the danger: it is over once they fled, and whoever is in one may
have to stay silent."""
DANGEROUS_PLACES = THREATS | frozenset(
    {"explosion", "fire", "battery_fire", "hot_work", "flammable_gas", "toxic_gas", "chlorine"}
    | {"ammonia", "carbon_monoxide", "oxygen_deficient", "collapse"}
    | {"radiation", "pressure", "steam", "spill"}
)
"""Procedures about where the caller is. One may follow another at once; care for a casualty waits
until the caller is out, the power is off, or whatever else the running procedure holds for."""


def outranks(candidate: str, running: str) -> bool:
    """Whether `candidate` is worse than the running procedure; unknown ids are the mildest."""
    return _rank(candidate) < _rank(running)


def _rank(procedure_id: str) -> int:
    return PRECEDENCE.index(procedure_id) if procedure_id in PRECEDENCE else len(PRECEDENCE)
