"""Draw one call's record as a PDF: any script its font has, a bounded number of pages.

Plain work without a loop: whoever asks runs it in a thread.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib.enums import TA_LEFT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import (
    Flowable,
    Paragraph,
    SimpleDocTemplate,
    Spacer,
    Table,
    TableStyle,
)

from aurora.console.history.record_view import AnswerRow, IncidentView, RecordView
from aurora.console.history.timeline import Moment
from aurora.console.terms import INCIDENT_STATES, URGENCIES
from aurora.console.times import Times

FONTS = Path(__file__).parents[1] / "fonts"
REGULAR, BOLD = "DejaVuSans", "DejaVuSans-Bold"
MOST_MOMENTS = 600
"""Some sixty pages; the rest of an endless call is in the JSON, and the PDF says so."""
MOST_CHARS = 4_000
MOST_ALERTS = 300
GREY, INK = "#565d66", "#1b1f23"
URGENCY_COLOURS = {"critical": "#b3121d", "urgent": "#8a4b00"}

_BODY = ParagraphStyle(
    "body", fontName=REGULAR, fontSize=9, leading=12.5, textColor=INK, alignment=TA_LEFT
)
_SMALL = ParagraphStyle("small", parent=_BODY, fontSize=7, leading=9.5, textColor=GREY)
_TITLE = ParagraphStyle("title", parent=_BODY, fontName=BOLD, fontSize=16, leading=20)
_HEADING = ParagraphStyle(
    "heading", parent=_BODY, fontName=BOLD, fontSize=11, leading=15, spaceBefore=10, spaceAfter=3
)
_GRID = TableStyle(
    [
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LEFTPADDING", (0, 0), (-1, -1), 0),
        ("TOPPADDING", (0, 0), (-1, -1), 2),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
        ("LINEBELOW", (0, 0), (-1, -1), 0.25, "#d6d8d4"),
    ]
)


@dataclass(frozen=True, slots=True)
class Reader:
    """In whose language the record is written."""

    words: Callable[[str], str]
    times: Times
    site_name: str
    time_zone: str
    made_by: str
    made_at: datetime
    version: str


def draw(record: RecordView, reader: Reader) -> bytes:
    """Return the PDF."""
    _fonts()
    out = BytesIO()
    title = f"{reader.words('Record of a call')} {record.call.id}"
    document = SimpleDocTemplate(
        out,
        pagesize=A4,
        leftMargin=18 * mm,
        rightMargin=18 * mm,
        topMargin=16 * mm,
        bottomMargin=18 * mm,
        title=title,
        author=reader.site_name,
        creator=f"Aurora {reader.version}",
    )
    foot = _foot(record, reader)
    document.build(list(_story(record, reader)), onFirstPage=foot, onLaterPages=foot)
    return out.getvalue()


def _story(record: RecordView, reader: Reader) -> Iterable[Flowable]:
    call, _ = record.call, reader.words
    yield Paragraph(_text(_("Record of a call")), _TITLE)
    head = [_(record.urgency), _(record.hazard), record.place]
    drill = [_("Drill")] if call.is_drill else []
    yield Paragraph(f"<b>{_text(' · '.join(filter(None, [*head, *drill])))}</b>", _BODY)
    yield Spacer(1, 6)
    yield _pairs(_facts(record, reader))
    yield Paragraph(_text(_("Course of the call")), _HEADING)
    yield from (_moment(moment, reader) for moment in record.moments[:MOST_MOMENTS])
    if (more := len(record.moments) - MOST_MOMENTS) > 0:
        left_out = _("%(n)s further entries are in the JSON record.") % {"n": more}
        yield Paragraph(f"<b>{_text(left_out)}</b>", _BODY)
    for incident in record.incidents:
        yield from _incident(incident, reader)
    yield Paragraph(_text(_("Proof")), _HEADING)
    yield Paragraph(f"{_text(_('SHA-256 of this record'))}: {record.sha256}", _BODY)
    proof = _(
        "The JSON has the same hash as record_sha256; aurora record verify FILE checks it. "
        "Words are kept, sound is not."
    )
    yield Paragraph(_text(proof), _SMALL)


def _facts(record: RecordView, reader: Reader) -> list[tuple[str, str]]:
    call, _, times = record.call, reader.words, reader.times
    ended = _("still open")
    if call.ended_at is not None:
        reason = f", {_(record.end_reason)}" if record.end_reason else ""
        ended = f"{times.moment(call.ended_at)}{reason}"
    caller = ", ".join(filter(None, [call.worker_name or _("unknown caller"), call.from_number]))
    return [
        (_("Began"), f"{times.moment(call.started_at)} ({reader.time_zone})"),
        (_("Ended"), ended),
        (_("Caller"), caller),
        (_("Line"), f"{_(record.line)}, {_(record.language)}"),
        (_("Place as said"), call.place.said or "–"),
        (_("Procedures that spoke"), ", ".join(record.procedures) or "–"),
        (_("Roles asked for"), ", ".join(record.roles) or "–"),
        (_("Accepted first"), _accepted(record, reader)),
        (_("Refused sentences"), str(call.refusals)),
        (_("Known"), " ".join(record.facts) or "–"),
        (_("Call"), call.id),
    ]


def _moment(moment: Moment, reader: Reader) -> Flowable:
    _ = reader.words
    if moment.kind == "event":
        details = "; ".join(f"{name}: {value}" for name, value in moment.details)
        stages = ", ".join(f"{name} {ms:.0f} ms" for name, ms in moment.stages_ms.items())
        words = f"<b>{_text(moment.text)}</b> {_text(details or stages)}"
        cell: list[Flowable] = [Paragraph(words, _SMALL)]
    else:
        who = _("Caller") if moment.kind == "user" else _("Aurora")
        level = _text(_(URGENCIES.get(moment.urgency, moment.urgency)))
        colour = URGENCY_COLOURS.get(moment.urgency, GREY)
        head = f'<b>{_text(who)}</b> <font color="{colour}">{level}</font>'
        cell = [Paragraph(head, _SMALL), Paragraph(_text(moment.text), _BODY)]
        cell += [
            Paragraph(f"{_text(_('Not spoken'))} ({_text(reason)}): {_text(sentence)}", _SMALL)
            for sentence, reason in moment.refusals
        ]
        if moment.sources:
            cell.append(Paragraph(_text(", ".join(moment.sources)), _SMALL))
    time = Paragraph(_text(reader.times.clock(moment.at)), _SMALL)
    return _table([[time, cell]], [24 * mm, 150 * mm])


def _incident(incident: IncidentView, reader: Reader) -> Iterable[Flowable]:
    _, clock = reader.words, reader.times.clock
    state = _(INCIDENT_STATES.get(incident.state, incident.state))
    title = _("Incident %(code)s") % {"code": incident.code}
    yield Paragraph(f"{_text(title)}, {_text(state)}", _HEADING)
    rows = [
        (clock(alert.at), alert.who, f"{_(alert.channel)} · {_(alert.kind)}", _(alert.state))
        for alert in incident.alerts[:MOST_ALERTS]
    ]
    answered = [
        (
            clock(answer.at),
            answer.who,
            _(answer.answer),
            _entered(answer, _),
        )
        for answer in incident.answers
    ]
    for heading, lines in ((_("Alerts"), rows), (_("Answers"), answered)):
        if lines:
            yield Paragraph(f"<b>{_text(heading)}</b>", _BODY)
            cells = [[Paragraph(_text(value), _SMALL) for value in line] for line in lines]
            yield _table(cells, [24 * mm, 55 * mm, 45 * mm, 50 * mm])
    if not answered:
        yield Paragraph(_text(_("Nobody answered.")), _BODY)


def _entered(answer: AnswerRow, _: Callable[[str], str]) -> str:
    if answer.entered_by is None:
        return _(answer.source) if answer.source else "–"
    return f"{_(answer.source)} ({_('entered by %(who)s') % {'who': answer.entered_by}})"


def _accepted(record: RecordView, reader: Reader) -> str:
    first, _ = record.accepted_first, reader.words
    if first is None:
        return _("Nobody accepted") if record.incidents else "–"
    return f"{first.who}, {reader.times.moment(first.at)}"


def _pairs(pairs: Sequence[tuple[str, str]]) -> Flowable:
    rows = [
        [Paragraph(_text(name), _SMALL), Paragraph(_text(value), _BODY)] for name, value in pairs
    ]
    return _table(rows, [45 * mm, 129 * mm])


def _table(rows: Sequence[Sequence[Any]], widths: Sequence[float]) -> Flowable:
    return Table(rows, colWidths=widths, style=_GRID, hAlign="LEFT")


def _foot(record: RecordView, reader: Reader) -> Callable[[Any, Any], None]:
    made = reader.words("Exported by %(name)s on %(when)s") % {
        "name": reader.made_by,
        "when": reader.times.moment(reader.made_at),
    }
    line = _plain(f"{reader.site_name} · {record.call.id} · Aurora {reader.version}")

    def draw_foot(canvas: Any, document: Any) -> None:
        canvas.saveState()
        canvas.setFont(REGULAR, 7)
        canvas.setFillColor(GREY)
        canvas.drawString(18 * mm, 11 * mm, line)
        canvas.drawString(18 * mm, 8 * mm, _plain(made))
        canvas.drawRightString(A4[0] - 18 * mm, 11 * mm, str(canvas.getPageNumber()))
        canvas.restoreState()

    return draw_foot


def _text(text: str) -> str:
    """Return text for a paragraph: nothing in it is markup."""
    return escape(_plain(text[:MOST_CHARS])).replace("\n", "<br/>")


def _plain(text: str) -> str:
    """Write what the font has no sign for as its number: a record leaves nothing out."""
    known = _fonts()
    return "".join(
        letter if ord(letter) in known or letter == "\n" else f"[U+{ord(letter):04X}]"
        for letter in text
    )


@cache
def _fonts() -> frozenset[int]:
    """Read the fonts, once; return the characters they have."""
    regular = TTFont(REGULAR, FONTS / f"{REGULAR}.ttf")
    pdfmetrics.registerFont(regular)
    pdfmetrics.registerFont(TTFont(BOLD, FONTS / f"{BOLD}.ttf"))
    pdfmetrics.registerFontFamily(
        REGULAR, normal=REGULAR, bold=BOLD, italic=REGULAR, boldItalic=BOLD
    )
    return frozenset(regular.face.charToGlyph)
