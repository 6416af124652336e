"""Somebody's own account: its look, password, sessions and API tokens."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from aurora.accounts.account import Account
from aurora.accounts.api_token import LASTS_DAYS, Scope, new_token
from aurora.accounts.password import SHORTEST, check_password
from aurora.accounts.person import Person, Role, Theme
from aurora.accounts.session import browser_name
from aurora.console.accounts.cookies import set_session
from aurora.console.accounts.forms import LookForm, NewPasswordForm, TokenForm
from aurora.console.accounts.parts import AccountParts
from aurora.console.call_page import NAMES
from aurora.console.door import Needs
from aurora.console.frame import Frame
from aurora.errors import AccountRefused, SignInRefused
from aurora.lines.fields import read_fields
from aurora.lines.problems import forbidden, not_found

ME = "/console/me"


class Me:
    """What somebody may do with their own account."""

    def __init__(self, parts: AccountParts, frame: Frame) -> None:
        self.parts = parts
        self.frame = frame

    async def show(
        self, request: Request, person: Person, wrong: AccountRefused | None = None, **more: Any
    ) -> Response:
        """Return the page; more: what is shown once, such as a new token."""
        parts, now = self.parts, self.parts.clock()
        account = await self.account(person)
        values: dict[str, Any] = {
            "account": account,
            "codes_left": await parts.accounts.recovery_codes_left(account),
            "sessions": await parts.sessions.of(person.id, now),
            "tokens": await parts.tokens.of(person.id),
            "scopes": [one for one in Scope if account.role.covers(one.role)],
            "days": LASTS_DAYS,
            "languages": NAMES,
            "themes": list(Theme),
            "shortest": SHORTEST,
            "now": now,
            "browser_name": browser_name,
            "done": request.query_params.get("done", ""),
            "wrong": {wrong.field: str(wrong)} if wrong else {},
            "new_token": None,
        }
        status = 422 if wrong else 200
        return self.frame.page(request, person, "accounts/me.html", status=status, **values | more)

    async def look(self, request: Request, person: Person) -> Response:
        form = await read_fields(request, LookForm)
        await self.parts.accounts.change(person.id, language=form.language, theme=form.theme.value)
        return done("look")

    async def password(self, request: Request, person: Person) -> Response:
        """Change the password; every session ends, and this browser gets a new one."""
        form = await read_fields(request, NewPasswordForm)
        parts, account = self.parts, await self.account(person)
        visitor = parts.devices.visitor(request)
        try:
            await self.check_own(request, account, form.current)
            check_password(form.password, account.name)
        except AccountRefused as wrong:
            return await self.show(request, person, wrong)
        hashed = await parts.passwords.hashed(form.password)
        await parts.accounts.change_password(replace(account, password=hashed))
        await parts.audit.note(person, "password.changed", account.id)
        entered = await parts.sign_in.enter(replace(account, totp_key=None), visitor, "password")
        response = done("password")
        set_session(response, request, entered.secret)
        return response

    async def end_session(self, person: Person, session_id: str) -> Response:
        if not await self.parts.sessions.end(session_id, person.id):
            raise not_found("such session of yours; it may have ended already")
        await self.parts.audit.note(person, "session.ended", person.id)
        return done("session")

    async def end_other_sessions(self, person: Person) -> Response:
        count = await self.parts.sessions.end_all(person.id, but=person.session_id)
        await self.parts.audit.note(person, "sessions.ended", person.id, {"count": count})
        return done("session")

    async def add_token(self, request: Request, person: Person) -> Response:
        form = await read_fields(request, TokenForm)
        lasts, now = timedelta(days=form.days), self.parts.clock()
        try:
            shown, token = new_token(person.id, person.role, form.name, form.scope, lasts, now)
        except AccountRefused as wrong:
            return await self.show(request, person, AccountRefused("token", str(wrong)))
        await self.parts.tokens.add(token)
        until = token.expires_at.isoformat(timespec="minutes")
        details = {"name": token.name, "scope": token.scope.value, "until": until}
        await self.parts.audit.note(person, "token.made", person.id, details)
        return await self.show(request, person, new_token=shown)

    async def revoke_token(self, person: Person, token_id: str) -> Response:
        if not await self.parts.tokens.revoke(token_id, person.id):
            raise not_found("such token of yours; it may be revoked already")
        await self.parts.audit.note(person, "token.revoked", person.id)
        return done("token")

    async def account(self, person: Person) -> Account:
        """Return the account of somebody who is signed in."""
        account = await self.parts.accounts.by_id(person.id)
        if account is None:
            raise forbidden("This account is gone.")
        return account

    async def check_own(self, request: Request, account: Account, password: str) -> None:
        """Raise AccountRefused unless it is their password."""
        try:
            await self.parts.sign_in.check_own(
                account, password, self.parts.devices.visitor(request)
            )
        except SignInRefused as refused:
            raise AccountRefused("current", "That is not your present password.") from refused


def done(what: str) -> Response:
    """Lead back to the page, which says that it is done."""
    return RedirectResponse(f"{ME}?done={what}", 303)


def me_routes(me: Me) -> APIRouter:
    """Return the routes of everybody's own account."""
    router = APIRouter(prefix=ME)
    signed_in = Depends(Needs(me.parts.door, Role.VIEWER))

    @router.get("")
    async def show(request: Request, person: Person = signed_in) -> Response:
        return await me.show(request, person)

    @router.post("/look")
    async def look(request: Request, person: Person = signed_in) -> Response:
        return await me.look(request, person)

    @router.post("/password")
    async def password(request: Request, person: Person = signed_in) -> Response:
        return await me.password(request, person)

    @router.post("/sessions/end-others")
    async def end_others(person: Person = signed_in) -> Response:
        return await me.end_other_sessions(person)

    @router.post("/sessions/{session_id}/end")
    async def end_session(session_id: str, person: Person = signed_in) -> Response:
        return await me.end_session(person, session_id)

    @router.post("/tokens")
    async def add_token(request: Request, person: Person = signed_in) -> Response:
        return await me.add_token(request, person)

    @router.post("/tokens/{token_id}/revoke")
    async def revoke_token(token_id: str, person: Person = signed_in) -> Response:
        return await me.revoke_token(person, token_id)

    return router
