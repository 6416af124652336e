"""Sign-in by the identity provider: a browser goes there, comes back, and has an account."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

import structlog
from fastapi import APIRouter
from itsdangerous import BadSignature, URLSafeTimedSerializer
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from aurora.accounts.account import Account, checked_name
from aurora.accounts.person import Person, Role
from aurora.accounts.secret import new_id
from aurora.accounts.session import Visitor
from aurora.console.accounts.cookies import AWAY, drop_cookie, read_cookie, set_cookie
from aurora.console.accounts.entry import Entry, safe_next
from aurora.console.accounts.parts import AccountParts
from aurora.console.accounts.provider import BACK, PROVIDER, Asked, Provider, Vouched
from aurora.errors import AccountRefused, ProviderFault, SignInRefused
from aurora.site.model import Language

log = structlog.get_logger()

AWAY_FOR_S = 600
VOUCHING = Person("", "identity provider", Role.ADMIN)
"""Who makes accounts and gives roles where people sign in by it."""


class ProviderEntry:
    """An account here goes by the provider's subject, never by a name: names can be taken."""

    def __init__(self, parts: AccountParts, entry: Entry, provider: Provider, key: bytes) -> None:
        self._parts = parts
        self._entry = entry
        self._provider = provider
        self._serializer = URLSafeTimedSerializer(key, salt="aurora.provider")

    async def go(self, request: Request) -> Response:
        try:
            address, asked = await self._provider.address()
        except ProviderFault as fault:
            return await self._failed(request, fault)
        response = RedirectResponse(address, 303)
        away = asdict(asked) | {"next": safe_next(request.query_params.get("next", ""))}
        text = self._serializer.dumps(away)
        assert isinstance(text, str)  # noqa: S101 - URL-safe serializers give text
        set_cookie(response, request, AWAY, text, AWAY_FOR_S)
        return response

    async def back(self, request: Request) -> Response:
        visitor = self._parts.devices.visitor(request)
        try:
            away = self._away(request)
            asked = Asked(away["state"], away["nonce"], away["verifier"])
            vouched = await self._provider.vouched(request.query_params, asked)
            account = await self._account(vouched, self._entry.language(request), visitor.address)
        except ProviderFault as fault:
            return await self._failed(request, fault)
        except (SignInRefused, AccountRefused) as refused:
            log.warning("provider_sign_in_refused", reason=str(refused))
            return await self._entry.refuse(request, "unknown", 403)
        return await self._let_in(request, account, visitor, away["next"])

    async def _let_in(
        self, request: Request, account: Account, visitor: Visitor, back_to: str
    ) -> Response:
        # The second step is the provider's.
        entered = await self._parts.sign_in.enter(
            replace(account, totp_key=None),
            visitor,
            "provider",
            instead_of=self._entry.session_id(request),
        )
        response = self._entry.let_in(request, entered, safe_next(back_to))
        drop_cookie(response, request, AWAY)
        return response

    def _away(self, request: Request) -> dict[str, Any]:
        try:
            away = self._serializer.loads(read_cookie(request, AWAY), max_age=AWAY_FOR_S)
        except BadSignature as error:
            raise ProviderFault("state", "this browser was not sent there, or long ago") from error
        found: dict[str, Any] = away
        return found

    async def _account(self, vouched: Vouched, language: Language, address: str) -> Account:
        """Return the account of somebody vouched for, its role as the provider gives it now.

        Raises SignInRefused for somebody without a role or with a disabled account, and
        AccountRefused where the last admin would be none any more.
        """
        accounts = self._parts.accounts
        account = await accounts.of_subject(vouched.subject)
        if vouched.role is None or (account is not None and account.is_disabled):
            raise SignInRefused("unknown")
        if account is None:
            return await self._add(vouched, language, address)
        if account.role is not vouched.role:
            await accounts.change(account.id, role=vouched.role.value)
            details = {"name": account.name, "before": account.role.value}
            account = replace(account, role=vouched.role)
            await self._note(
                "account.role", account, details | {"after": account.role.value}, address
            )
        return account

    async def _add(self, vouched: Vouched, language: Language, address: str) -> Account:
        assert vouched.role is not None  # noqa: S101 - refused before
        account = Account(
            new_id(),
            checked_name(vouched.name),
            vouched.role,
            self._parts.clock(),
            language,
            subject=vouched.subject,
        )
        if await self._parts.accounts.named(account.name) is not None:
            account = replace(account, name=checked_name(f"{vouched.name} ({vouched.login})"))
        await self._parts.accounts.add(account)
        details = {"name": account.name, "role": account.role.value}
        await self._note("account.added", account, details, address)
        return account

    async def _note(
        self, act: str, account: Account, details: Mapping[str, str], address: str
    ) -> None:
        """Put on the trail what the provider did to an account."""
        await self._parts.audit.note(replace(VOUCHING, address=address), act, account.id, details)

    async def _failed(self, request: Request, fault: ProviderFault) -> Response:
        log.error("provider_failed", reason=fault.reason, error=str(fault))
        return await self._entry.refuse(request, "provider", 502)


def provider_routes(entry: ProviderEntry) -> APIRouter:
    """Return the routes; open, as sign-in is."""
    router = APIRouter()
    router.get(PROVIDER)(entry.go)
    router.get(BACK)(entry.back)
    return router
