"""The ways to a first password: the set-up link of a new line, and links that admins hand out."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from aurora.accounts.account import Account, checked_name
from aurora.accounts.password import Passwords, check_password
from aurora.accounts.person import Person, Role
from aurora.accounts.secret import is_same, new_id, new_secret
from aurora.accounts.session import Visitor
from aurora.errors import SignInRefused
from aurora.records.accounts import SqlAccounts
from aurora.records.audit import AuditTrail
from aurora.site.model import Language

LINK_LASTS = timedelta(hours=24)
SET_UP = "/console/set-up"
PASSWORD = "/console/password"  # noqa: S105 - an address

Clock = Callable[[], datetime]


class SetUp:
    """Makes the first admin, by a link that holds until it is used or the line restarts."""

    def __init__(
        self, accounts: SqlAccounts, passwords: Passwords, audit: AuditTrail, clock: Clock
    ) -> None:
        self._accounts = accounts
        self._passwords = passwords
        self._audit = audit
        self._clock = clock
        self._secret = new_secret()

    async def address(self) -> str | None:
        """Return the path of the link while there is no admin, else None; raises RecordsError."""
        return None if await self._accounts.has_admin() else f"{SET_UP}/{self._secret}"

    async def is_good(self, secret: str) -> bool:
        """Whether the link opens anything; raises RecordsError."""
        return is_same(secret, self._secret) and not await self._accounts.has_admin()

    async def make_admin(
        self, secret: str, name: str, password: str, language: Language, visitor: Visitor
    ) -> Account:
        """Make the first admin; raises SignInRefused, AccountRefused or RecordsError."""
        if not await self.is_good(secret):
            raise SignInRefused("over")
        name = checked_name(name)
        check_password(password, name)
        account = Account(new_id(), name, Role.ADMIN, self._clock(), language)
        account = replace(account, password=await self._passwords.hashed(password))
        if not await self._accounts.add_first_admin(account):
            raise SignInRefused("over")
        person = Person(account.id, name, account.role, language, address=visitor.address)
        await self._audit.note(person, "account.set_up", account.id, {"name": name})
        return account


class Links:
    """Links by which somebody chooses a password of their own, once."""

    def __init__(
        self, accounts: SqlAccounts, passwords: Passwords, audit: AuditTrail, clock: Clock
    ) -> None:
        self._accounts = accounts
        self._passwords = passwords
        self._audit = audit
        self._clock = clock

    async def make(self, account_id: str) -> str:
        """Return the path of a new link; raises RecordsError."""
        secret = new_secret()
        await self._accounts.add_link(account_id, secret, self._clock() + LINK_LASTS)
        return f"{PASSWORD}/{secret}"

    async def owner(self, secret: str) -> Account | None:
        """Return whose link it is, while it is good; raises RecordsError."""
        return await self._accounts.of_link(secret, self._clock())

    async def choose(self, secret: str, password: str, visitor: Visitor) -> Account:
        """Set the owner's password and sign them out everywhere.

        Raises SignInRefused, AccountRefused or RecordsError.
        """
        account = await self.owner(secret)
        if account is None:
            raise SignInRefused("over")
        check_password(password, account.name)
        hashed = await self._passwords.hashed(password)
        if not await self._accounts.use_link(secret, self._clock()):
            raise SignInRefused("over")
        account = replace(account, password=hashed)
        await self._accounts.change_password(account)
        person = Person(account.id, account.name, account.role, address=visitor.address)
        await self._audit.note(person, "password.chosen", account.id, {"by": "link"})
        return account
