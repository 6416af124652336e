"""The console's rooms put together; each has its own folder, routes and words."""

from dataclasses import dataclass

from fastapi import APIRouter

from aurora.console.accounts.entry import Entry, entry_routes
from aurora.console.accounts.me import Me, me_routes
from aurora.console.accounts.me_second_step import second_step_routes
from aurora.console.accounts.parts import AccountParts
from aurora.console.accounts.people import People, people_routes
from aurora.console.accounts.trail import audit_routes
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
    accounts = parts.accounts
    me, provider = Me(accounts, frame), accounts.provider
    entry = Entry(accounts, frame, has_provider=provider is not None)
    signing_in = [entry_routes(accounts, entry)]
    if provider is not None:
        from aurora.console.accounts.provider_entry import ProviderEntry, provider_routes

        by_provider = ProviderEntry(accounts, entry, provider, accounts.key)
        signing_in.append(provider_routes(by_provider))
    return [
        *signing_in,
        me_routes(me),
        second_step_routes(me, parts.site),
        people_routes(People(accounts, frame)),
        audit_routes(accounts.audit, parts.door, frame, parts.site),
    ]
