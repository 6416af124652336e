"""All procedures and phrases of a site, by language; loaded and cross-checked at start."""

from collections.abc import Iterator
from dataclasses import dataclass

from aurora.errors import SiteError
from aurora.guidance.phrases import Phrases
from aurora.guidance.procedure import Ask, Procedure, compiled
from aurora.guidance.remarks import Remark, Remarks, unknown_remarks, with_remarks
from aurora.site.load import SitePaths
from aurora.site.model import Site
from aurora.site.yaml_file import read_yaml

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


@dataclass(frozen=True)
class Library:
    """Procedures by id and language, phrases by language."""

    procedures: dict[tuple[str, str], Procedure]
    phrases: dict[str, Phrases]
    primary_language: str

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

    @property
    def drafts(self) -> list[Procedure]:
        """Procedures that nobody has approved yet."""
        return [p for p in self.procedures.values() if p.approval.state == "draft"]


DANGEROUS_PLACES = frozenset(
    {"explosion", "fire", "battery_fire", "hot_work", "flammable_gas", "toxic_gas", "chlorine"}
    | {"ammonia", "carbon_monoxide", "oxygen_deficient", "violence", "security_threat", "collapse"}
    | {"radiation", "pressure", "steam", "spill"}
)
"""Procedures about where the caller is. One may follow another at once; care for a casualty waits
until the caller is out, the power is off, or whatever else the running procedure holds for."""


def outranks(candidate: str, running: str) -> bool:
    """Whether `candidate` is worse than the running procedure; unknown ids are the mildest."""
    return _rank(candidate) < _rank(running)


def _rank(procedure_id: str) -> int:
    return PRECEDENCE.index(procedure_id) if procedure_id in PRECEDENCE else len(PRECEDENCE)


def load_library(paths: SitePaths, site: Site, primary_language: str) -> Library:
    """Return every procedure and phrase file; raises SiteError naming file and field."""
    procedures: dict[tuple[str, str], Procedure] = {}
    phrases: dict[str, Phrases] = {}
    problems: list[str] = []
    for language in site.languages:
        remarks: dict[str, Remark] = {}
        for path in paths.files(f"remarks/{language}.yaml"):
            remarks = read_yaml(path, Remarks).remarks
        for path in paths.files(f"procedures/{language}/*.yaml"):
            try:
                procedure = read_yaml(path, Procedure)
            except SiteError as error:
                problems.append(str(error))
                continue
            if (procedure.procedure, procedure.language) != (path.stem, language):
                problems.append(f"{path}: procedure and language must match the file's place")
            problems += unknown_remarks(procedure, remarks)
            procedures[procedure.procedure, language] = with_remarks(procedure, remarks)
        for path in paths.files(f"phrases/{language}.yaml"):
            phrases[language] = read_yaml(path, Phrases)
    if primary_language not in phrases:
        problems.append(f"phrases/{primary_language}.yaml: missing; the primary language needs it")
    problems += _dangling(procedures, site)
    problems += _disagreements(procedures)
    if problems:
        raise SiteError("\n".join(problems))
    return Library(procedures, phrases, primary_language)


def _dangling(procedures: dict[tuple[str, str], Procedure], site: Site) -> Iterator[str]:
    known = {procedure_id for procedure_id, _ in procedures}
    for procedure in procedures.values():
        for role in procedure.alert:
            if role not in site.roles:
                yield f"{procedure.reference}: alert: the site has no role {role!r}"
        for target in _switches(procedure):
            if target not in known:
                yield f"{procedure.reference}: switch: no procedure {target!r}"
        for general in procedure.called_for.instead_of if procedure.called_for else []:
            if general not in known:
                yield f"{procedure.reference}: called_for.instead_of: no procedure {general!r}"


def _disagreements(procedures: dict[tuple[str, str], Procedure]) -> Iterator[str]:
    """What a caller's language must not change: whom it alerts, how urgent it is, what it holds."""
    reference: dict[str, Procedure] = {}
    for procedure in procedures.values():
        first = reference.setdefault(procedure.procedure, procedure)
        for field in ("hazard", "urgency", "uses_exit", "equipment", "hold_until", "alert"):
            if getattr(first, field) != getattr(procedure, field):
                yield (
                    f"{procedure.reference}: {field}: differs from {first.reference}; make it equal"
                )


def _switches(procedure: Procedure) -> Iterator[str]:
    for reply in procedure.replies:
        if reply.switch:
            yield reply.switch
    for item in procedure.then:
        if isinstance(item, Ask):
            yield from (b.switch for b in (item.if_yes, item.if_no) if b and b.switch)
