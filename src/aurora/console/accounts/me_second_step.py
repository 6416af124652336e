"""Begin and end the second step of one's own account; what it proves is for sign-in."""

import segno
from fastapi import APIRouter, Depends
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from aurora.accounts import second_step
from aurora.accounts.person import Person, Role
from aurora.console.accounts.forms import PasswordForm, SecondStepForm
from aurora.console.accounts.me import ME, Me, done
from aurora.console.door import Needs
from aurora.errors import AccountRefused
from aurora.lines.fields import read_fields
from aurora.site.model import Site


class MySecondStep:
    """The key is the account's only once a code of it was typed: so nobody locks themselves out."""

    def __init__(self, me: Me, site: Site) -> None:
        self._me = me
        self._site = site

    def offer(
        self, request: Request, person: Person, key: str, wrong: AccountRefused | None = None
    ) -> Response:
        """Return the page with a key to take into an authenticator."""
        address = second_step.enrolment_address(key, person.name, self._site.name)
        # Drawn from the address alone, without text: nothing in it needs escaping.
        picture = segno.make(address, error="m").svg_inline(scale=5, border=3, light="#fff")
        return self._me.frame.page(
            request,
            person,
            "accounts/second-step-begin.html",
            status=422 if wrong else 200,
            key=key,
            written=" ".join(key[start : start + 4] for start in range(0, len(key), 4)),
            address=address,
            picture=Markup(picture),  # noqa: S704
            wrong={wrong.field: str(wrong)} if wrong else {},
        )

    async def begin(self, request: Request, person: Person) -> Response:
        """Keep the key, and show the recovery codes, once."""
        form = await read_fields(request, SecondStepForm)
        parts, account = self._me.parts, await self._me.account(person)
        try:
            await self._me.check_own(request, account, form.current)
            step = second_step.step_of(form.key, form.code, parts.clock(), 0)
            if step is None:
                raise AccountRefused("code", "That code is not the one the authenticator shows.")
        except AccountRefused as wrong:
            return self.offer(request, person, form.key, wrong)
        codes = second_step.new_recovery_codes()
        await parts.accounts.set_second_step(account, form.key, step, codes)
        await parts.sessions.end_all(person.id, but=person.session_id)
        await parts.audit.note(person, "second_step.begun", person.id)
        return self._me.frame.page(request, person, "accounts/codes.html", codes=codes)

    async def end(self, request: Request, person: Person) -> Response:
        form = await read_fields(request, PasswordForm)
        account = await self._me.account(person)
        try:
            await self._me.check_own(request, account, form.password)
        except AccountRefused as wrong:
            return await self._me.show(request, person, AccountRefused("step", str(wrong)))
        await self._me.parts.accounts.set_second_step(account, None, 0, [])
        await self._me.parts.audit.note(person, "second_step.ended", person.id)
        return done("step")


def second_step_routes(me: Me, site: Site) -> APIRouter:
    """Return the routes."""
    router = APIRouter(prefix=f"{ME}/second-step")
    signed_in = Depends(Needs(me.parts.door, Role.VIEWER))
    step = MySecondStep(me, site)

    @router.get("")
    async def offer(request: Request, person: Person = signed_in) -> Response:
        return step.offer(request, person, second_step.new_key())

    @router.post("")
    async def begin(request: Request, person: Person = signed_in) -> Response:
        return await step.begin(request, person)

    @router.post("/end")
    async def end(request: Request, person: Person = signed_in) -> Response:
        return await step.end(request, person)

    return router
