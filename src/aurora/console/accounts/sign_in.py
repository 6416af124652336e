"""Sign somebody in: a password, perhaps a code, then a session; cookies and pages are elsewhere."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime

import structlog

from aurora.accounts import second_step, slowing
from aurora.accounts.account import LONGEST_NAME, Account
from aurora.accounts.network import network_of
from aurora.accounts.password import LONGEST, Passwords
from aurora.accounts.person import Person, Role
from aurora.accounts.refused_tries import RefusedTries
from aurora.accounts.session import Session, Visitor, open_session
from aurora.errors import SealBroken, SignInRefused
from aurora.records.accounts import SqlAccounts
from aurora.records.audit import AuditTrail
from aurora.records.sessions import SqlSessions
from aurora.records.wrong_tries import SqlWrongTries

log = structlog.get_logger(__name__)

MOST_AT_ONCE = 4
"""Tries of one address, one known browser or one account that wait or are being checked."""
MOST_STRANGERS = 64
"""All together; a crowd of them keeps no browser out that an account knows."""

Sleep = Callable[[float], Awaitable[None]]
Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Entered:
    """Somebody is in, or has the second step before them."""

    secret: str
    """For the session's cookie."""
    session: Session
    account: Account


class SignIn:
    """Every method may raise RecordsError."""

    def __init__(
        self,
        accounts: SqlAccounts,
        sessions: SqlSessions,
        tries: SqlWrongTries,
        passwords: Passwords,
        audit: AuditTrail,
        clock: Clock,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._accounts = accounts
        self._sessions = sessions
        self._tries = tries
        self._passwords = passwords
        self._audit = audit
        self._clock = clock
        self._sleep = sleep
        self._refused = RefusedTries()
        self._at_door: Counter[str] = Counter()
        self._strangers = 0

    async def with_password(
        self, name: str, password: str, visitor: Visitor, *, instead_of: str = ""
    ) -> Entered:
        """Open a session, always a new one; raises SignInRefused.

        instead_of: the session that this browser had, which ends.
        """
        if len(name) > LONGEST_NAME or len(password) > LONGEST:
            raise SignInRefused("wrong")
        account = await self._accounts.named(name)
        is_known = account is not None and account.id in visitor.known_to
        place = visitor.device if is_known else network_of(visitor.address)
        with self._place(place, is_stranger=not is_known):
            counts = slowing.password_counts(name, account.id if account else None, visitor)
            await self._wait(counts)
            kept = account.password if account else None
            is_right = await self._passwords.is_right(kept, password)
            if account is None or not is_right or account.is_disabled:
                await self._tries.note(counts, self._clock())
                await self._note_stranger(account, name, visitor, is_known=is_known)
                raise SignInRefused("wrong")
        return await self.enter(account, visitor, "password", instead_of=instead_of)

    async def with_code(self, entered: Entered, code: str, visitor: Visitor) -> Entered:
        """Open a whole session in place of one that waits for its code; raises SignInRefused."""
        account = entered.account
        counts = slowing.code_counts(account.id)
        with self._place(account.id):
            await self._wait(counts)
            key = self._key_of(account)
            way = await self._way_of(account, key, code)
            if way is None:
                await self._tries.note(counts, self._clock())
                await self._note_refused(account, account.name, visitor, "code")
                raise SignInRefused("code" if key else "sealed")
        whole = replace(account, totp_key=None)
        return await self.enter(whole, visitor, way, instead_of=entered.session.id)

    async def enter(
        self, account: Account, visitor: Visitor, way: str, *, instead_of: str = ""
    ) -> Entered:
        """Open a session for somebody who has shown who they are, but for the second step."""
        secret, session = open_session(
            account.id, visitor, self._clock(), is_whole=account.totp_key is None
        )
        await self._sessions.open(session, instead_of=instead_of)
        if session.is_whole:
            person = person_of(account, session, visitor.address)
            await self._audit.note(person, "sign_in", account.id, {"by": way})
        return Entered(secret, session, account)

    async def leave(self, person: Person) -> None:
        """End the session that somebody asks in."""
        await self._sessions.end(person.session_id, person.id)
        await self._audit.note(person, "sign_out", person.id)

    async def check_own(self, account: Account, password: str, visitor: Visitor) -> None:
        """Raise SignInRefused unless somebody who is signed in types their own password.

        What changes an account for good asks for it again: the screen may have been left alone.
        """
        counts = slowing.own_counts(account.id)
        with self._place(account.id):
            await self._wait(counts)
            if len(password) > LONGEST or not await self._passwords.is_right(
                account.password, password
            ):
                await self._tries.note(counts, self._clock())
                await self._note_refused(account, account.name, visitor, "own password")
                raise SignInRefused("wrong")

    def _key_of(self, account: Account) -> str | None:
        """Return the key of a second step; None where only recovery codes open the door now."""
        try:
            return self._accounts.second_step_key(account)
        except SealBroken as error:
            log.error("second_step_not_read", account=account.id, reason=str(error))
            return None

    async def _way_of(self, account: Account, key: str | None, code: str) -> str | None:
        """Return what a code proves by; None for a wrong one. Every code is good once."""
        step = second_step.step_of(key, code, self._clock(), account.totp_step) if key else None
        if step is not None:
            return "code" if await self._accounts.use_code_step(account, step) else None
        recovery = second_step.recovery_code(code)
        is_recovery = await self._accounts.use_recovery_code(account, recovery)
        return "recovery code" if is_recovery else None

    async def _note_refused(
        self, account: Account | None, name: str, visitor: Visitor, what: str
    ) -> None:
        who = Person(account.id if account else "", name, Role.VIEWER, address=visitor.address)
        await self._audit.note(who, "sign_in.refused", who.id, {"wrong": what})

    async def _note_stranger(
        self, account: Account | None, name: str, visitor: Visitor, *, is_known: bool
    ) -> None:
        log.warning("sign_in_refused", who=name, address=visitor.address)
        if is_known or self._refused.is_news(visitor.address, name, self._clock()):
            await self._note_refused(account, name, visitor, "password")

    async def note_added_up(self) -> None:
        """Put on the trail what strangers went on trying, one row for each of their networks."""
        for one in self._refused.take_ended(self._clock()):
            name = one.names[0] if len(one.names) == 1 else ""
            who = Person("", name, Role.VIEWER, address=one.network)
            details = {"wrong": "password", "count": one.count, "since": one.since.isoformat()}
            await self._audit.note(who, "sign_in.refused", "", {**details, "names": one.names})

    async def _wait(self, counts: Sequence[slowing.Count]) -> None:
        wait_s = await self._tries.wait_s(counts, self._clock())
        if wait_s:
            await self._sleep(wait_s)

    @contextmanager
    def _place(self, place: str, *, is_stranger: bool = False) -> Iterator[None]:
        """Take a place at the door; raises SignInRefused where there is none left."""
        is_full = is_stranger and self._strangers >= MOST_STRANGERS
        if is_full or self._at_door[place] >= MOST_AT_ONCE:
            raise SignInRefused("busy")
        self._at_door[place] += 1
        self._strangers += is_stranger
        try:
            yield
        finally:
            self._strangers -= is_stranger
            self._at_door[place] -= 1
            if not self._at_door[place]:
                del self._at_door[place]


def person_of(account: Account, session: Session, address: str) -> Person:
    """Return who asks in a session."""
    return Person(
        account.id,
        account.name,
        account.role,
        account.language,
        account.theme,
        address,
        session.id,
    )
