"""Everybody's accounts, for admins: added, given a role, disabled, let in again; never deleted."""

from typing import Any

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from aurora.accounts.account import Account, checked_name
from aurora.accounts.person import Person, Role
from aurora.accounts.secret import new_id
from aurora.accounts.session import browser_name
from aurora.console.accounts.forms import AddForm, RoleForm
from aurora.console.accounts.parts import AccountParts
from aurora.console.door import Needs
from aurora.console.frame import Frame
from aurora.errors import AccountRefused
from aurora.lines.fields import read_fields
from aurora.lines.problems import not_found

PEOPLE = "/console/accounts"


class People:
    """What an admin may do with accounts."""

    def __init__(self, parts: AccountParts, frame: Frame) -> None:
        self.parts = parts
        self._frame = frame

    async def list(
        self, request: Request, person: Person, wrong: AccountRefused | None = None, name: str = ""
    ) -> Response:
        return self._frame.page(
            request,
            person,
            "accounts/people.html",
            status=422 if wrong else 200,
            accounts=await self.parts.accounts.all(),
            seen=await self.parts.sessions.last_seen(),
            roles=list(Role),
            name=name,
            wrong={wrong.field: str(wrong)} if wrong else {},
        )

    async def add(self, request: Request, person: Person) -> Response:
        form = await read_fields(request, AddForm)
        try:
            name = checked_name(form.name)
            account = Account(new_id(), name, form.role, self.parts.clock(), person.language)
            await self.parts.accounts.add(account)
        except AccountRefused as wrong:
            return await self.list(request, person, wrong, form.name)
        details = {"name": name, "role": form.role.value}
        await self.parts.audit.note(person, "account.added", account.id, details)
        return await self.show(request, person, account.id, link=await self._link(account))

    async def show(
        self,
        request: Request,
        person: Person,
        account_id: str,
        wrong: AccountRefused | None = None,
        link: str | None = None,
    ) -> Response:
        """link: shown once, with the account that it is for."""
        account, parts = await self._account(account_id), self.parts
        return self._frame.page(
            request,
            person,
            "accounts/person.html",
            status=422 if wrong else 200,
            account=account,
            sessions=await parts.sessions.of(account.id, parts.clock()),
            tokens=await parts.tokens.of(account.id),
            roles=list(Role),
            now=parts.clock(),
            browser_name=browser_name,
            wrong={wrong.field: str(wrong)} if wrong else {},
            link=f"{_origin(request, parts.public_url)}{link}" if link else None,
        )

    async def set_role(self, request: Request, person: Person, account_id: str) -> Response:
        account, form = await self._account(account_id), await read_fields(request, RoleForm)
        change = {"before": account.role.value, "after": form.role.value}
        return await self._change(
            request, person, account, "account.role", change, role=form.role.value
        )

    async def set_disabled(
        self, request: Request, person: Person, account_id: str, *, is_disabled: bool
    ) -> Response:
        """Disable an account, at once and everywhere, or let it in again."""
        account = await self._account(account_id)
        act = "account.disabled" if is_disabled else "account.enabled"
        response = await self._change(
            request, person, account, act, {"name": account.name}, is_disabled=is_disabled
        )
        if is_disabled and response.status_code == 303:
            await self.parts.sessions.end_all(account.id)
        return response

    async def new_link(self, request: Request, person: Person, account_id: str) -> Response:
        account = await self._account(account_id)
        link = await self._link(account)
        await self.parts.audit.note(person, "account.link", account.id, {"name": account.name})
        return await self.show(request, person, account_id, link=link)

    async def end_second_step(self, person: Person, account_id: str) -> Response:
        account = await self._account(account_id)
        await self.parts.accounts.set_second_step(account, None, 0, [])
        await self.parts.audit.note(
            person, "second_step.removed", account.id, {"name": account.name}
        )
        return _back(account_id)

    async def end_sessions(self, person: Person, account_id: str) -> Response:
        account = await self._account(account_id)
        keep = person.session_id if account_id == person.id else ""
        count = await self.parts.sessions.end_all(account_id, but=keep)
        details = {"name": account.name, "count": count}
        await self.parts.audit.note(person, "sessions.ended", account.id, details)
        return _back(account_id)

    async def end_session(self, person: Person, account_id: str, session_id: str) -> Response:
        account = await self._account(account_id)
        if not await self.parts.sessions.end(session_id, account.id):
            raise not_found("such session; it may have ended already")
        details = {"name": account.name}
        await self.parts.audit.note(person, "session.ended", account.id, details)
        return _back(account_id)

    async def revoke_token(self, person: Person, account_id: str, token_id: str) -> Response:
        account = await self._account(account_id)
        if not await self.parts.tokens.revoke(token_id, account.id):
            raise not_found("such token; it may be revoked already")
        details = {"name": account.name}
        await self.parts.audit.note(person, "token.revoked", account.id, details)
        return _back(account_id)

    async def _change(
        self,
        request: Request,
        person: Person,
        account: Account,
        act: str,
        details: dict[str, Any],
        **values: object,
    ) -> Response:
        try:
            await self.parts.accounts.change(account.id, **values)
        except AccountRefused as wrong:
            return await self.show(request, person, account.id, wrong)
        await self.parts.audit.note(person, act, account.id, details)
        return _back(account.id)

    async def _account(self, account_id: str) -> Account:
        account = await self.parts.accounts.by_id(account_id)
        if account is None:
            raise not_found(f"account {account_id[:64]}")
        return account

    async def _link(self, account: Account) -> str:
        return await self.parts.links.make(account.id)


def people_routes(people: People) -> APIRouter:
    """Return the routes; all are for admins."""
    router = APIRouter(prefix=PEOPLE)
    admin = Depends(Needs(people.parts.door, Role.ADMIN))

    @router.get("")
    async def every_account(request: Request, person: Person = admin) -> Response:
        return await people.list(request, person)

    @router.post("")
    async def add(request: Request, person: Person = admin) -> Response:
        return await people.add(request, person)

    @router.get("/{account_id}")
    async def one_account(request: Request, account_id: str, person: Person = admin) -> Response:
        return await people.show(request, person, account_id)

    @router.post("/{account_id}/role")
    async def set_role(request: Request, account_id: str, person: Person = admin) -> Response:
        return await people.set_role(request, person, account_id)

    @router.post("/{account_id}/disable")
    async def disable(request: Request, account_id: str, person: Person = admin) -> Response:
        return await people.set_disabled(request, person, account_id, is_disabled=True)

    @router.post("/{account_id}/enable")
    async def enable(request: Request, account_id: str, person: Person = admin) -> Response:
        return await people.set_disabled(request, person, account_id, is_disabled=False)

    @router.post("/{account_id}/link")
    async def new_link(request: Request, account_id: str, person: Person = admin) -> Response:
        return await people.new_link(request, person, account_id)

    @router.post("/{account_id}/second-step/remove")
    async def end_second_step(account_id: str, person: Person = admin) -> Response:
        return await people.end_second_step(person, account_id)

    @router.post("/{account_id}/sessions/end")
    async def end_sessions(account_id: str, person: Person = admin) -> Response:
        return await people.end_sessions(person, account_id)

    @router.post("/{account_id}/sessions/{session_id}/end")
    async def end_session(account_id: str, session_id: str, person: Person = admin) -> Response:
        return await people.end_session(person, account_id, session_id)

    @router.post("/{account_id}/tokens/{token_id}/revoke")
    async def revoke_token(account_id: str, token_id: str, person: Person = admin) -> Response:
        return await people.revoke_token(person, account_id, token_id)

    return router


def _origin(request: Request, public_url: str | None) -> str:
    return public_url or f"{request.url.scheme}://{request.headers.get('host', '')}"


def _back(account_id: str) -> Response:
    return RedirectResponse(f"{PEOPLE}/{account_id}", 303)
