"""Read the procedures and phrases of a site, lay approved texts over them, and cross-check all."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from aurora.errors import SiteError
from aurora.guidance.holds import question_of
from aurora.guidance.library import Library, TextKey
from aurora.guidance.phrases import Phrases
from aurora.guidance.procedure import Approval, Ask, Procedure
from aurora.guidance.remarks import Remark, Remarks, unknown_remarks, with_remarks
from aurora.site.load import SitePaths
from aurora.site.model import Site
from aurora.site.yaml_file import parse_yaml, read_text, read_yaml

AGREED = ("hazard", "urgency", "uses_exit", "equipment", "hold_until", "alert")
"""What a caller's language must not change: whom a procedure alerts, how urgent it is, what it
holds."""


@dataclass(frozen=True, slots=True)
class Text:
    """A procedure as somebody wrote it at the console."""

    procedure: str
    language: str
    content: str
    approval: Approval | None = None
    """Of the person who approved it; what the text says of itself does not count."""
    is_in_force: bool = True
    """False for one that was, and that calls under way may have begun."""

    @property
    def key(self) -> TextKey:
        return self.procedure, self.language


def text_of(key: str, content: str) -> Text:
    """Return a text by the key that the console knows it by: "fire.en"."""
    procedure, language = key.split(".")
    return Text(procedure, language, content)


def load_library(paths: SitePaths, site: Site, primary_language: str) -> Library:
    """Return every procedure and phrase file; raises SiteError naming file and field."""
    procedures: dict[TextKey, Procedure] = {}
    phrases: dict[str, Phrases] = {}
    digests: dict[str, str] = {}
    problems: list[str] = []
    remarks: dict[str, Mapping[str, Remark]] = {}
    for language in site.languages:
        remarks[language] = {}
        for path in paths.files(f"remarks/{language}.yaml"):
            remarks[language] = read_yaml(path, Remarks).remarks
        for path in paths.files(f"procedures/{language}/*.yaml"):
            try:
                text = read_text(path)
                procedure = parse_yaml(text, str(path), Procedure)
            except SiteError as error:
                problems.append(str(error))
                continue
            if (procedure.procedure, procedure.language) != (path.stem, language):
                problems.append(f"{path}: procedure and language must match the file's place")
            problems += unknown_remarks(procedure, remarks[language])
            procedures[procedure.procedure, language] = with_remarks(procedure, remarks[language])
            digests[procedure.reference] = digest_of(text)
        for path in paths.files(f"phrases/{language}.yaml"):
            phrases[language] = read_yaml(path, Phrases)
    if primary_language not in phrases:
        problems.append(f"phrases/{primary_language}.yaml: missing; the primary language needs it")
    problems += cross_problems(procedures, site)
    if problems:
        raise SiteError("\n".join(problems))
    return Library(procedures, phrases, primary_language, remarks, digests)


def amended(
    base: Library, texts: Iterable[Text], site: Site, known: dict[Text, Procedure] | None = None
) -> Library:
    """Return the library with these texts over its own; raises SiteError naming text and field.

    known: texts that were read before; those read now are added.
    """
    known = {} if known is None else known
    procedures, digests = dict(base.procedures), dict(base.digests)
    earlier = {one.reference: one for one in base.procedures.values()}
    problems: list[str] = []
    for text in texts:
        try:
            procedure = known.get(text) or known.setdefault(text, read_procedure(text, base))
        except SiteError as error:
            problems.append(str(error))
            continue
        earlier[procedure.reference] = procedure
        digests[procedure.reference] = digest_of(text.content)
        if text.is_in_force:
            procedures[text.key] = procedure
    problems += cross_problems(procedures, site)
    if problems:
        raise SiteError("\n".join(problems))
    return replace(base, procedures=procedures, digests=digests, earlier=earlier)


def read_procedure(text: Text, base: Library) -> Procedure:
    """Return one text as a procedure with the shared remarks; raises SiteError."""
    name = f"{text.procedure}.{text.language}"
    procedure = parse_yaml(text.content, name, Procedure)
    if (procedure.procedure, procedure.language) != text.key:
        raise SiteError(
            f"{name}:1: procedure: this is the text of {text.procedure} in {text.language}; "
            "leave procedure and language as they are"
        )
    remarks = base.remarks.get(text.language, {})
    if problems := list(unknown_remarks(procedure, remarks)):
        raise SiteError("\n".join(problems))
    approval = text.approval or Approval(state="draft")
    return with_remarks(procedure.model_copy(update={"approval": approval}), remarks)


def digest_of(content: str) -> str:
    """Return the SHA-256 by which a text is known on the record."""
    return hashlib.sha256(content.encode()).hexdigest()


def cross_problems(procedures: Mapping[TextKey, Procedure], site: Site) -> Iterator[str]:
    """Yield what does not fit between procedures, or between one and the site."""
    yield from _dangling(procedures, site)
    yield from _disagreements(procedures)
    yield from _unending(procedures)


def _dangling(procedures: Mapping[TextKey, Procedure], site: Site) -> Iterator[str]:
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


def _disagreements(procedures: Mapping[TextKey, Procedure]) -> Iterator[str]:
    reference: dict[str, Procedure] = {}
    for procedure in procedures.values():
        first = reference.setdefault(procedure.procedure, procedure)
        for field in AGREED:
            if getattr(first, field) != getattr(procedure, field):
                yield (
                    f"{procedure.reference}: {field}: differs from {first.reference}; make it equal"
                )


def _unending(procedures: Mapping[TextKey, Procedure]) -> Iterator[str]:
    for procedure in procedures.values():
        if procedure.hold_until and question_of(procedure) is None:
            facts = " or ".join(procedure.hold_until)
            yield (
                f"{procedure.reference}: hold_until: no question finds out {facts}, so what waits "
                "for it would wait for ever; add one to then that yes or no answers"
            )


def _switches(procedure: Procedure) -> Iterator[str]:
    for reply in procedure.replies:
        if reply.switch:
            yield reply.switch
    for item in procedure.then:
        if isinstance(item, Ask):
            yield from (b.switch for b in (item.if_yes, item.if_no) if b and b.switch)
