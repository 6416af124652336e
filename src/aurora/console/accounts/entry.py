"""The pages for those who are not signed in: sign-in, the second step, set-up, a first password."""

from urllib.parse import quote, urlsplit

from fastapi import APIRouter, Depends
from starlette.requests import HTTPConnection, Request
from starlette.responses import RedirectResponse, Response

from aurora.accounts.password import SHORTEST
from aurora.accounts.person import Person, Role
from aurora.accounts.secret import hash_of
from aurora.console.accounts.cookies import (
    SESSION,
    drop_cookie,
    is_plain,
    session_secret,
    set_session,
)
from aurora.console.accounts.forms import CodeForm, PasswordForm, SetUpForm, SignInForm
from aurora.console.accounts.links import PASSWORD, SET_UP
from aurora.console.accounts.parts import AccountParts
from aurora.console.accounts.sign_in import Entered
from aurora.console.door import SIGN_IN, Needs
from aurora.console.frame import Frame
from aurora.errors import AccountRefused, SignInRefused
from aurora.lines.fields import read_fields
from aurora.lines.problems import forbidden
from aurora.site.model import Language

HOME = "/console"
SECOND_STEP = "/console/second-step"
STATUS = {"wrong": 401, "code": 401, "busy": 429, "over": 410, "sealed": 503}


class Entry:
    """Answers somebody who wants in."""

    def __init__(self, parts: AccountParts, frame: Frame, *, has_provider: bool) -> None:
        """has_provider: whether an identity provider vouches for people as well."""
        self._parts = parts
        self._has_provider = has_provider
        self._frame = frame

    async def show_sign_in(self, request: Request) -> Response:
        back_to = safe_next(request.query_params.get("next", ""))
        if await self._parts.door.person(request) is not None:
            return RedirectResponse(back_to, 303)
        return await self._sign_in_page(request, back_to)

    async def sign_in(self, request: Request) -> Response:
        self._check(request)
        form = await read_fields(request, SignInForm)
        back_to = safe_next(form.next)
        visitor = self._parts.devices.visitor(request)
        try:
            entered = await self._parts.sign_in.with_password(
                form.name, form.password, visitor, instead_of=self.session_id(request)
            )
        except SignInRefused as refused:
            return await self._sign_in_page(request, back_to, refused.reason, form.name)
        return self.let_in(request, entered, back_to)

    async def show_second_step(self, request: Request) -> Response:
        back_to = safe_next(request.query_params.get("next", ""))
        if await self._waiting(request) is None:
            return RedirectResponse(SIGN_IN, 303)
        return self._second_step_page(request, back_to)

    async def second_step(self, request: Request) -> Response:
        self._check(request)
        form = await read_fields(request, CodeForm)
        waiting = await self._waiting(request)
        if waiting is None:
            return RedirectResponse(SIGN_IN, 303)
        visitor = self._parts.devices.visitor(request)
        try:
            entered = await self._parts.sign_in.with_code(waiting, form.code, visitor)
        except SignInRefused as refused:
            return self._second_step_page(request, safe_next(form.next), refused.reason)
        return self.let_in(request, entered, safe_next(form.next))

    async def sign_out(self, request: Request, person: Person) -> Response:
        await self._parts.sign_in.leave(person)
        response = RedirectResponse(SIGN_IN, 303)
        drop_cookie(response, request, SESSION)
        return response

    async def show_set_up(self, request: Request, secret: str) -> Response:
        if not await self._parts.set_up.is_good(secret):
            return self._over(request)
        return self._choose_page(request, None, f"{SET_UP}/{secret}")

    async def set_up(self, request: Request, secret: str) -> Response:
        self._check(request)
        form = await read_fields(request, SetUpForm)
        visitor = self._parts.devices.visitor(request)
        try:
            account = await self._parts.set_up.make_admin(
                secret, form.name, form.password, form.language, visitor
            )
        except SignInRefused:
            return self._over(request)
        except AccountRefused as refused:
            return self._choose_page(request, None, f"{SET_UP}/{secret}", refused, form.name)
        entered = await self._parts.sign_in.enter(account, visitor, "set-up link")
        return self.let_in(request, entered, HOME)

    async def show_password(self, request: Request, secret: str) -> Response:
        account = await self._parts.links.owner(secret)
        if account is None:
            return self._over(request)
        return self._choose_page(request, account.name, f"{PASSWORD}/{secret}")

    async def choose_password(self, request: Request, secret: str) -> Response:
        self._check(request)
        form = await read_fields(request, PasswordForm)
        visitor = self._parts.devices.visitor(request)
        owner = await self._parts.links.owner(secret)
        try:
            account = await self._parts.links.choose(secret, form.password, visitor)
        except SignInRefused:
            return self._over(request)
        except AccountRefused as refused:
            name = owner.name if owner else ""
            return self._choose_page(request, name, f"{PASSWORD}/{secret}", refused)
        entered = await self._parts.sign_in.enter(account, visitor, "link")
        return self.let_in(request, entered, HOME)

    def _check(self, request: Request) -> None:
        """A page of this line has to ask, by a way on which nobody reads the password."""
        self._parts.door.check_origin(request)
        if not is_private(request, self._parts.public_url):
            raise forbidden("A password is taken over https, or on the line's own machine.")

    def let_in(self, request: Request, entered: Entered, back_to: str) -> Response:
        """Give a session to the browser; lead on, or to the second step."""
        is_whole = entered.session.is_whole
        address = back_to if is_whole else f"{SECOND_STEP}?next={quote(back_to, safe='/')}"
        response = RedirectResponse(address, 303)
        set_session(response, request, entered.secret)
        if is_whole:
            devices = self._parts.devices
            devices.know(response, request, devices.visitor(request), entered.account.id)
        return response

    async def refuse(self, request: Request, reason: str, status: int) -> Response:
        """Return the sign-in page, saying why nobody was let in."""
        return await self._sign_in_page(request, HOME, reason, status=status)

    def language(self, request: Request) -> Language:
        return self._frame.language(request, None)

    def session_id(self, request: Request) -> str:
        """Return the session that the browser has now; empty without one."""
        secret = session_secret(request)
        return hash_of(secret) if secret else ""

    async def _waiting(self, request: Request) -> Entered | None:
        """Return the session of somebody whose second step is still to come."""
        secret = session_secret(request)
        found = await self._parts.sessions.find(secret) if secret else None
        if found is None:
            return None
        session, account = found
        if session.is_whole or session.is_over(self._parts.clock()) or account.is_disabled:
            return None
        return Entered(secret, session, account)

    async def _sign_in_page(
        self,
        request: Request,
        back_to: str,
        reason: str | None = None,
        name: str = "",
        status: int | None = None,
    ) -> Response:
        return self._frame.page(
            request,
            None,
            "accounts/sign-in.html",
            status=status or (STATUS[reason] if reason else 200),
            has_provider=self._has_provider,
            next=back_to,
            name=name,
            reason=reason,
            is_new=not await self._parts.accounts.has_admin(),
            is_private=is_private(request, self._parts.public_url),
        )

    def _second_step_page(
        self, request: Request, back_to: str, reason: str | None = None
    ) -> Response:
        return self._frame.page(
            request,
            None,
            "accounts/second-step.html",
            status=STATUS[reason] if reason else 200,
            next=back_to,
            reason=reason,
        )

    def _choose_page(
        self,
        request: Request,
        owner: str | None,
        action: str,
        refused: AccountRefused | None = None,
        name: str = "",
    ) -> Response:
        """owner: whose password it is; None for the first admin, who gives a name as well."""
        return self._frame.page(
            request,
            None,
            "accounts/choose.html",
            status=422 if refused else 200,
            owner=owner,
            action=action,
            name=name,
            wrong={refused.field: str(refused)} if refused else {},
            shortest=SHORTEST,
            is_private=is_private(request, self._parts.public_url),
        )

    def _over(self, request: Request) -> Response:
        return self._frame.page(request, None, "accounts/over.html", status=STATUS["over"])


def entry_routes(parts: AccountParts, entry: Entry) -> APIRouter:
    """Return the routes; all but sign-out are open to those who are not signed in."""
    router = APIRouter(prefix="/console")
    signed_in = Needs(parts.door, Role.VIEWER)

    router.get("/sign-in")(entry.show_sign_in)
    router.post("/sign-in")(entry.sign_in)
    router.get("/second-step")(entry.show_second_step)
    router.post("/second-step")(entry.second_step)
    router.get("/set-up/{secret}")(entry.show_set_up)
    router.post("/set-up/{secret}")(entry.set_up)
    router.get("/password/{secret}")(entry.show_password)
    router.post("/password/{secret}")(entry.choose_password)

    @router.post("/sign-out")
    async def sign_out(request: Request, person: Person = Depends(signed_in)) -> Response:
        return await entry.sign_out(request, person)

    return router


def safe_next(asked: str) -> str:
    """Return where to go after signing in: a page of this console, whatever was asked."""
    # Browsers drop tabs and line ends, and take a backslash for a slash.
    if not (asked.isascii() and asked.isprintable()) or "\\" in asked or "//" in asked:
        return HOME
    path = asked.partition("?")[0].partition("#")[0]
    is_ours = path == HOME or path.startswith(f"{HOME}/")
    return asked if is_ours and not path.startswith(SIGN_IN) else HOME


def is_private(asking: HTTPConnection, public_url: str | None) -> bool:
    """Whether nobody on the way reads along: TLS, here or at the proxy that is set, or no way."""
    if asking.url.scheme == "https" or is_plain(asking):
        return True
    host = asking.headers.get("host", "").lower()
    at = urlsplit(public_url or "")
    return at.scheme == "https" and at.netloc.lower() == host
