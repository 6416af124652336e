"""The procedures as rows: what is in force in each language, and what is under way."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from aurora.guidance.library import PRECEDENCE, Library
from aurora.guidance.procedure import Procedure
from aurora.review.versions import OPEN, Kind, State, Step, of_version, state_of


@dataclass(frozen=True, slots=True)
class Cell:
    """One procedure in one language."""

    key: str
    procedure: Procedure
    open_id: str | None = None
    """The version that is under way."""
    open_state: State | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One procedure in all languages."""

    id: str
    title: str
    """In the reader's language, where it has one."""
    urgency: str
    cells: Mapping[str, Cell]


def open_versions(steps: Sequence[Step]) -> dict[str, tuple[str, State]]:
    """Return by key the version that is under way, and how it stands."""
    ids = {step.version_id: step.key for step in steps if step.version_id}
    found = {}
    for version_id, key in ids.items():
        state = state_of(of_version(steps, version_id))
        if state in OPEN:
            found[key] = (version_id, state)
    return found


def rows_of(
    library: Library, steps: Iterable[Step], language: str, sought: str = "", state: str = ""
) -> list[Row]:
    """Return the procedures, worst first.

    sought: words of a title, a first line or an id. state: approved, draft, or review for what
    waits for a second person.
    """
    under_way = open_versions([step for step in steps if step.kind is Kind.PROCEDURE])
    rows = []
    for procedure_id in _ordered(library):
        cells = {}
        for (name, spoken), procedure in library.procedures.items():
            if name == procedure_id:
                key = f"{name}.{spoken}"
                cells[spoken] = Cell(key, procedure, *under_way.get(key, (None, None)))
        shown = library.procedure(procedure_id, library.primary_language)
        own = cells[language].procedure if language in cells else shown
        if own is not None and _is_meant(cells, sought, state):
            rows.append(Row(procedure_id, own.title, own.urgency.value, cells))
    return rows


def _ordered(library: Library) -> list[str]:
    known = {name for name, _ in library.procedures}
    return [*(name for name in PRECEDENCE if name in known), *sorted(known - set(PRECEDENCE))]


def _is_meant(cells: Mapping[str, Cell], sought: str, state: str) -> bool:
    words = sought.casefold()
    texts = [
        text.casefold()
        for cell in cells.values()
        for text in (cell.procedure.title, cell.procedure.first_line, cell.key)
    ]
    is_found = not words or any(words in text for text in texts)
    if state == "review":
        return is_found and any(cell.open_state is State.IN_REVIEW for cell in cells.values())
    if state == "draft":
        return is_found and any(not cell.procedure.is_approved for cell in cells.values())
    if state == "approved":
        return is_found and all(cell.procedure.is_approved for cell in cells.values())
    return is_found
