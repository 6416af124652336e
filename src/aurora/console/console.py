"""The console's rooms put together; each has its own folder, routes and words."""

from dataclasses import dataclass

from fastapi import APIRouter

from aurora.console.accounts.entry import entry_routes
from aurora.console.accounts.parts import AccountParts
from aurora.console.door import Door
from aurora.console.frame import Frame
from aurora.site.model import Site


@dataclass(frozen=True, slots=True)
class ConsoleParts:
    """What the console's rooms are given; each room takes what it uses."""

    site: Site
    door: Door
    accounts: AccountParts


def console_routes(parts: ConsoleParts) -> list[APIRouter]:
    """Return the routes of every room."""
    frame = Frame(parts.site, parts.door)
    return [entry_routes(parts.accounts, frame)]
