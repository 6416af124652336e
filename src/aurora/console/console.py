"""The console's rooms put together; each has its own folder, routes and words."""

from dataclasses import dataclass

from fastapi import APIRouter

from aurora.console.board.board import Board
from aurora.console.board.routes import board_routes
from aurora.console.call.page import CallPage
from aurora.console.call.routes import call_routes
from aurora.console.door import Door
from aurora.console.frame import Frame
from aurora.conversation.record import Records
from aurora.conversation.switchboard import Switchboard
from aurora.escalation.answer_desk import IncidentAnswers
from aurora.site.model import Site


@dataclass(frozen=True, slots=True)
class ConsoleParts:
    """What the console's rooms are given; each room takes what it uses."""

    site: Site
    door: Door
    board: Board
    answers: IncidentAnswers
    switchboard: Switchboard
    records: Records


def console_routes(parts: ConsoleParts) -> list[APIRouter]:
    """Return the routes of every room."""
    frame = Frame(parts.site, parts.door)
    parts.board.frame = frame
    page = CallPage(parts.board, parts.records, parts.answers, frame)
    door, site = parts.door, parts.site
    return [
        board_routes(parts.board, parts.answers.operators, frame, door, site),
        call_routes(page, parts.switchboard, parts.records, frame, door, site),
    ]
