"""What accounts consist of, put together once; the routes of sign-in and accounts are given it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from aurora.accounts.password import Passwords
from aurora.accounts.second_step_seal import SecondStepSeal
from aurora.console.accounts.cookies import Devices
from aurora.console.accounts.links import Links, SetUp
from aurora.console.accounts.sign_in import SignIn
from aurora.console.session_door import SessionDoor
from aurora.records.accounts import SqlAccounts
from aurora.records.api_tokens import SqlApiTokens
from aurora.records.audit import AuditTrail
from aurora.records.engines import Database
from aurora.records.sessions import SqlSessions
from aurora.records.wrong_tries import SqlWrongTries
from aurora.settings import ProviderSettings

if TYPE_CHECKING:
    from aurora.console.accounts.provider import Provider


@dataclass(frozen=True, slots=True)
class AccountParts:
    """Accounts, and the ways in and out."""

    accounts: SqlAccounts
    sessions: SqlSessions
    tokens: SqlApiTokens
    audit: AuditTrail
    passwords: Passwords
    sign_in: SignIn
    set_up: SetUp
    links: Links
    devices: Devices
    door: SessionDoor
    provider: "Provider | None"
    key: bytes
    """Signs what browsers keep."""
    public_url: str | None
    clock: Callable[[], datetime]


def open_accounts(
    database: Database,
    key: bytes,
    public_url: str | None,
    clock: Callable[[], datetime],
    provider: "Provider | None" = None,
) -> AccountParts:
    """Return the parts over a database; key: signs what browsers keep, seals second steps."""
    accounts, sessions = SqlAccounts(database, SecondStepSeal(key)), SqlSessions(database)
    audit, passwords = AuditTrail(database, clock), Passwords()
    tries = SqlWrongTries(database)
    return AccountParts(
        accounts=accounts,
        sessions=sessions,
        tokens=SqlApiTokens(database, clock),
        audit=audit,
        passwords=passwords,
        sign_in=SignIn(accounts, sessions, tries, passwords, audit, clock),
        set_up=SetUp(accounts, passwords, audit, clock),
        links=Links(accounts, passwords, audit, clock),
        devices=Devices(key),
        door=SessionDoor(sessions, clock, public_url),
        provider=provider,
        key=key,
        public_url=public_url,
        clock=clock,
    )


def provider_of(
    settings: ProviderSettings, url: str, clock: Callable[[], datetime]
) -> "Provider | None":
    """Return the identity provider, if one is set; url: where browsers find this console.

    Raises SettingsError.
    """
    if settings.issuer is None:
        return None
    # Imported only where one is set: it takes a third of a second.
    from aurora.console.accounts.provider import BACK, Provider

    return Provider(settings, f"{url}{BACK}", clock)
