"""The JSON API's guard: who asks, by which token, whether they may, and what they did."""

import hmac
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any

import structlog
from starlette.requests import Request

from aurora.accounts.api_token import PREFIX
from aurora.accounts.person import Person, Role
from aurora.errors import RecordsError
from aurora.lines.access import bearer_of, require_this_machine
from aurora.lines.problems import Problem, forbidden, unavailable, unprocessable
from aurora.records.api_tokens import SqlApiTokens
from aurora.records.audit import AuditTrail
from aurora.settings import AccessSettings

log = structlog.get_logger()

LONGEST_NAME = 100

Guard = Callable[[Request], Awaitable[Person]]


class ApiGuard:
    """Three ways in: AURORA_API_TOKEN, a person's own token, or this machine when neither is set.

    Only with a person's token is it known who asks; with the others they say so themselves.
    """

    def __init__(self, settings: AccessSettings, tokens: SqlApiTokens, audit: AuditTrail) -> None:
        self._line_token = settings.api_token.get_secret_value() if settings.api_token else None
        self._tokens = tokens
        self._audit = audit

    async def asker(self, request: Request) -> Person:
        """Return who asks, their role no higher than the token's; raises Problem 401, 403, 503."""
        given = bearer_of(request) or ""
        address = request.client.host if request.client else ""
        if self._line_token is not None and _is_same(given, self._line_token):
            return Person("", "AURORA_API_TOKEN", Role.ADMIN, address=address)
        if given.startswith(PREFIX):
            return await self._owner(given, address)
        if self._line_token is not None:
            log.warning("api_token_refused", path=request.url.path, peer=address)
            detail = (
                "Send the header Authorization: Bearer <AURORA_API_TOKEN>, or a token of yours."
            )
            raise Problem(401, "A token is needed", detail)
        require_this_machine(request, "Send a token of your account as a bearer token.")
        return Person("", "this machine", Role.ADMIN, address=address)

    async def note(
        self,
        asker: Person,
        who: Person,
        act: str,
        subject: str,
        details: Mapping[str, Any] | None = None,
    ) -> None:
        """Put an act on the audit trail; whose name is only a claim, the token is named beside."""
        way = {} if asker.id else {"with": asker.name}
        await self._audit.note(who, act, subject, {**(details or {}), **way})

    async def _owner(self, given: str, address: str) -> Person:
        try:
            found = await self._tokens.owner(given)
        except RecordsError as error:
            raise unavailable(str(error)) from error
        if found is None:
            log.warning("api_token_refused", peer=address)
            raise Problem(401, "A token is needed", "This token is unknown, revoked or too old.")
        token, account = found
        role = min(token.scope.role, account.role, key=lambda one: one.rank)
        return Person(account.id, account.name, role, account.language, address=address)


class ApiNeeds:
    """A dependency: returns who asks, when they may; every route of the API has one."""

    def __init__(self, guard: ApiGuard, role: Role) -> None:
        self.role = role
        self._guard = guard

    async def __call__(self, request: Request) -> Person:
        asker = await self._guard.asker(request)
        if not asker.role.covers(self.role):
            raise forbidden(f"This needs the scope of a {self.role.value}; the token has less.")
        return asker


def acting(asker: Person, by: str | None) -> Person:
    """Return who acts: the token's owner, or whom a machine names; raises Problem 422."""
    if asker.id:
        return asker
    if not by:
        raise unprocessable("by: give the name of whoever does it, for the record.", "by")
    return replace(asker, name=by)


def _is_same(given: str, token: str) -> bool:
    return hmac.compare_digest(given.encode(), token.encode())
