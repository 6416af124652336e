"""The console's rooms put together; each has its own folder, routes and words."""

from dataclasses import dataclass

from fastapi import APIRouter

from aurora.conditions.board import Board as Conditions
from aurora.console.accounts.entry import entry_routes
from aurora.console.accounts.me import Me, me_routes
from aurora.console.accounts.me_second_step import second_step_routes
from aurora.console.accounts.parts import AccountParts
from aurora.console.accounts.people import People, people_routes
from aurora.console.accounts.trail import audit_routes
from aurora.console.board.board import Board
from aurora.console.board.routes import board_routes
from aurora.console.door import Door
from aurora.console.frame import Frame
from aurora.console.history.routes import HistoryPages, history_routes
from aurora.console.phone.parts import PhoneParts
from aurora.console.phone.routes import phone_routes
from aurora.escalation.answer_desk import IncidentAnswers
from aurora.escalation.channels.push import Push
from aurora.guidance.library import Library
from aurora.records.incidents import SqlIncidents
from aurora.records.musters import SqlMusters
from aurora.records.phones import SqlPhones
from aurora.records.sql import SqlRecords
from aurora.records.whole_calls import WholeCalls
from aurora.site.model import Site


@dataclass(frozen=True, slots=True)
class ConsoleParts:
    """What the console's rooms are given; each room takes what it uses."""

    site: Site
    door: Door
    accounts: AccountParts
    board: Board
    answers: IncidentAnswers
    records: SqlRecords
    library: Library
    conditions: Conditions
    push: Push


def console_routes(parts: ConsoleParts) -> list[APIRouter]:
    """Return the routes of every room."""
    frame = Frame(parts.site, parts.door)
    parts.board.frame = frame
    me = Me(parts.accounts, frame)
    calls = WholeCalls(parts.records, SqlIncidents(parts.records.beside, parts.site.id))
    history = HistoryPages(frame, parts.site, parts.records.search, calls)
    return [
        board_routes(parts.board, parts.answers.operators, frame, parts.door, parts.site),
        entry_routes(parts.accounts, frame),
        me_routes(me),
        second_step_routes(me, parts.site),
        people_routes(People(parts.accounts, frame)),
        audit_routes(parts.accounts.audit, parts.door, frame, parts.site),
        history_routes(history, parts.door),
        *phone_routes(_phone_parts(parts, frame)),
    ]


def _phone_parts(parts: ConsoleParts, frame: Frame) -> PhoneParts:
    database, site = parts.records.beside, parts.site
    return PhoneParts(
        site=site,
        door=parts.door,
        frame=frame,
        phones=SqlPhones(database, site.id),
        musters=SqlMusters(database, site.id),
        answers=parts.answers,
        audit=parts.accounts.audit,
        library=parts.library,
        conditions=parts.conditions,
        push=parts.push,
        clock=parts.accounts.clock,
    )
