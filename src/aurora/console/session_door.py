"""The console's real door: a session's cookie says who asks, its forms say that they meant to."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog
from starlette.requests import HTTPConnection, Request

from aurora.accounts.account import Account
from aurora.accounts.person import Person
from aurora.accounts.secret import form_mark, hash_of, is_same
from aurora.accounts.session import SEEN_EVERY, Session
from aurora.console.accounts.cookies import session_secret
from aurora.console.accounts.sign_in import person_of
from aurora.errors import RecordsError
from aurora.lines.access import is_same_origin
from aurora.lines.body import parse_form, read_body
from aurora.lines.problems import forbidden, unavailable
from aurora.records.sessions import SqlSessions

log = structlog.get_logger()

TRUSTED_FOR = timedelta(minutes=30)
"""How long after it was last seen good a session opens the door while the database fails: nobody
may lose the board in an emergency for that."""
MOST_TRUSTED = 1_000
FORM = "application/x-www-form-urlencoded"
_PERSON = "aurora.person"


@dataclass(frozen=True, slots=True)
class _Trusted:
    person: Person
    seen_at: datetime
    tried_at: datetime
    """When its use was last written down, or could not be."""


class SessionDoor:
    """Knows who asks by the session's cookie; it is asked anew with every request."""

    def __init__(
        self, sessions: SqlSessions, clock: Callable[[], datetime], public_url: str | None
    ) -> None:
        self._sessions = sessions
        self._clock = clock
        self._public_url = public_url
        self._trusted: OrderedDict[str, _Trusted] = OrderedDict()

    async def person(self, asking: HTTPConnection) -> Person | None:
        """Return who is signed in, or None."""
        secret = session_secret(asking)
        if not secret:
            return None
        if _PERSON not in asking.scope:
            asking.scope[_PERSON] = await self._person(secret, asking)
        person: Person | None = asking.scope[_PERSON]
        return person

    async def still(self, asking: HTTPConnection) -> Person | None:
        """The same, asked anew: for a stream or socket that stays open longer than a session."""
        asking.scope.pop(_PERSON, None)
        return await self.person(asking)

    def csrf_token(self, asking: HTTPConnection) -> str:
        return form_mark(session_secret(asking))

    async def check_meant(self, request: Request) -> None:
        """Raise Problem 403 unless a page of this session sent the request."""
        self.check_origin(request)
        given = request.headers.get("x-csrf-token") or await _field(request)
        if not is_same(given, self.csrf_token(request)):
            raise forbidden("This page is of another session: load it again, then repeat it.")

    def check_origin(self, asking: HTTPConnection) -> None:
        """Raise Problem 403 unless a browser says that a page of this very line asks."""
        is_own = is_same_origin(asking, self._public_url)
        if "origin" not in asking.headers:
            is_own = asking.headers.get("sec-fetch-site") == "same-origin"
        if not is_own:
            raise forbidden("A page of this console has to ask.")

    async def _person(self, secret: str, asking: HTTPConnection) -> Person | None:
        now = self._clock()
        address = asking.client.host if asking.client else ""
        try:
            found = await self._sessions.find(secret)
        except RecordsError as error:
            return self._as_last_seen(secret, now, error)
        if found is None:
            self._forget(secret)
            return None
        session, account = self._as_used_here(*found)
        if session.is_over(now) or not session.is_whole or account.is_disabled:
            self._forget(secret)
            return None
        person = person_of(account, session, address)
        await self._note_use(found[0], person, now)
        return person

    def _as_used_here(self, session: Session, account: Account) -> tuple[Session, Account]:
        """A use that could not be written down counts all the same."""
        trusted = self._trusted.get(session.id)
        if trusted is None or trusted.seen_at <= session.seen_at:
            return session, account
        return replace(session, seen_at=trusted.seen_at), account

    async def _note_use(self, session: Session, person: Person, now: datetime) -> None:
        known = self._trusted.get(session.id)
        tried_at = known.tried_at if known else session.seen_at
        is_due = session.is_stale(now) and now - tried_at >= SEEN_EVERY
        self._trusted[session.id] = _Trusted(person, now, now if is_due else tried_at)
        self._trusted.move_to_end(session.id)
        if len(self._trusted) > MOST_TRUSTED:
            self._trusted.popitem(last=False)
        if is_due:
            try:
                await self._sessions.touch(session, now)
            except RecordsError as error:
                # It was read and is good: a disk that takes no writes shuts nobody out.
                log.error("session_use_not_noted", error=str(error))

    def _forget(self, secret: str) -> None:
        self._trusted.pop(hash_of(secret), None)

    def _as_last_seen(self, secret: str, now: datetime, error: RecordsError) -> Person:
        known = self._trusted.get(hash_of(secret))
        log.error("session_not_read", error=str(error), is_trusted=known is not None)
        if known is None or now - known.seen_at > TRUSTED_FOR:
            raise unavailable(str(error)) from error
        return known.person


async def _field(request: Request) -> str:
    """Return a form's csrf_token; the route reads the same body after it."""
    if not request.headers.get("content-type", "").startswith(FORM):
        return ""
    body = await read_body(request)
    # Starlette's own place for a body that was read: stream(), body() and form() give it again.
    request._body = body
    return dict(parse_form(body)).get("csrf_token", "")
