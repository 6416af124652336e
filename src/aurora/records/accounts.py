"""Accounts in the database, with the links that let their owners choose a password."""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from aurora.accounts.account import Account, name_key
from aurora.accounts.person import Role, Theme
from aurora.accounts.second_step_seal import MARK, SecondStepSeal
from aurora.accounts.secret import hash_of
from aurora.errors import AccountRefused, RecordsError, SealBroken
from aurora.records.account_tables import account_links, accounts, recovery_codes, sessions
from aurora.records.attempts import attempted
from aurora.records.engines import Database
from aurora.records.rows import Row

WITHIN_S = 5.0
FAILURE = "the accounts cannot be reached"

_FOLD_WAL = "PRAGMA wal_checkpoint(TRUNCATE)"

Work = Callable[[Connection], object]


class SqlAccounts:
    """Every method may raise RecordsError."""

    def __init__(self, database: Database, seal: SecondStepSeal) -> None:
        """seal: of the keys of the second step, which are never stored without it."""
        self._database = database
        self._seal = seal

    async def all(self) -> list[Account]:
        """Return every account, by name."""
        return await self._found(select(accounts).order_by(accounts.c.name_key))

    async def by_id(self, account_id: str) -> Account | None:
        return await self._one(select(accounts).where(accounts.c.id == account_id))

    async def named(self, name: str) -> Account | None:
        return await self._one(select(accounts).where(accounts.c.name_key == name_key(name)))

    async def of_subject(self, subject: str) -> Account | None:
        """Return the account of somebody whom the identity provider vouches for."""
        return await self._one(select(accounts).where(accounts.c.subject == subject))

    async def has_admin(self) -> bool:
        """Whether anybody can let others in."""

        def read(connection: Connection) -> bool:
            return _count_admins(connection) > 0

        return await attempted(self._database.read(read), WITHIN_S, FAILURE)

    async def add(self, account: Account) -> None:
        """Add an account; raises AccountRefused where its name is taken."""
        await self._written(lambda c: c.execute(insert(accounts), [_row(account)]))

    async def add_first_admin(self, account: Account) -> bool:
        """Add an account unless there is an admin by now; two that race make one."""

        def write(connection: Connection) -> bool:
            _lock(connection)
            if _count_admins(connection):
                return False
            connection.execute(insert(accounts), [_row(account)])
            return True

        return bool(await self._written(write))

    async def change(self, account_id: str, **values: object) -> None:
        """Change columns of an account: role, is_disabled, language, theme.

        Raises AccountRefused where it would take the last of those who can let others in. Where
        the identity provider makes nobody one, there is none to take.
        """

        def write(connection: Connection) -> None:
            _lock(connection)
            had_admins = _count_admins(connection) > 0
            connection.execute(update(accounts).where(accounts.c.id == account_id).values(values))
            if had_admins and not _count_admins(connection):
                raise AccountRefused("role", "Somebody has to stay admin; make another one first.")

        await attempted(self._database.write(write), WITHIN_S, FAILURE)

    async def change_password(self, account: Account) -> None:
        """Store a new password, and end the account's sessions and links."""

        def write(connection: Connection) -> None:
            values = {"password": account.password}
            connection.execute(update(accounts).where(accounts.c.id == account.id).values(values))
            connection.execute(delete(sessions).where(sessions.c.account_id == account.id))
            connection.execute(
                delete(account_links).where(account_links.c.account_id == account.id)
            )

        await attempted(self._database.write(write), WITHIN_S, FAILURE)

    async def use_code_step(self, account: Account, step: int) -> bool:
        """Note that the code of a step was used; False where it or a later one was before."""

        def write(connection: Connection) -> bool:
            unused = (accounts.c.id == account.id) & (accounts.c.totp_step < step)
            done = connection.execute(update(accounts).where(unused).values(totp_step=step))
            return done.rowcount == 1

        return await attempted(self._database.write(write), WITHIN_S, FAILURE)

    async def set_second_step(
        self, account: Account, key: str | None, step: int, codes: Sequence[str]
    ) -> None:
        """Begin or end the second step; codes: the recovery codes in clear, kept as hashes.

        key: in base 32, kept sealed; None to end it.
        """
        kept = self._seal.sealed(account.id, key) if key else None

        def write(connection: Connection) -> None:
            values = {"totp_key": kept, "totp_step": step}
            connection.execute(update(accounts).where(accounts.c.id == account.id).values(values))
            theirs = recovery_codes.c.account_id == account.id
            connection.execute(delete(recovery_codes).where(theirs))
            rows = [{"id": hash_of(account.id + one), "account_id": account.id} for one in codes]
            if rows:
                connection.execute(insert(recovery_codes), rows)

        await attempted(self._database.write(write), WITHIN_S, FAILURE)

    def second_step_key(self, account: Account) -> str:
        """Return the key of somebody who has a second step; raises SealBroken."""
        return self._seal.opened(account.id, account.totp_key or "")

    async def seal_second_steps(self) -> int:
        """Seal the keys that were written before keys were sealed; returns how many."""
        unsealed = accounts.c.totp_key.is_not(None) & accounts.c.totp_key.not_like(f"{MARK}%")

        def write(connection: Connection) -> int:
            _lock(connection)
            found = connection.execute(select(accounts).where(unsealed)).mappings().all()
            if found and connection.dialect.name == "sqlite":
                # What is written over is wiped as well.
                connection.exec_driver_sql("PRAGMA secure_delete=ON")
            for row in found:
                kept = self._seal.sealed(row["id"], row["totp_key"])
                theirs = accounts.c.id == row["id"]
                connection.execute(update(accounts).where(theirs).values(totp_key=kept))
            return len(found)

        count = await attempted(self._database.write(write), WITHIN_S, FAILURE)
        if count:
            await attempted(self._database.read(_drop_earlier_rows), WITHIN_S, FAILURE)
        return count

    async def unreadable_second_steps(self) -> list[Account]:
        """Return whose second step cannot be read with this machine's signing key."""
        having = await self._found(select(accounts).where(accounts.c.totp_key.is_not(None)))
        return [one for one in having if not self._is_readable(one)]

    def _is_readable(self, account: Account) -> bool:
        try:
            self.second_step_key(account)
        except SealBroken:
            return False
        return True

    async def use_recovery_code(self, account: Account, code: str) -> bool:
        """Use up a recovery code; False where there is none such."""

        def write(connection: Connection) -> bool:
            it = recovery_codes.c.id == hash_of(account.id + code)
            return connection.execute(delete(recovery_codes).where(it)).rowcount == 1

        return await attempted(self._database.write(write), WITHIN_S, FAILURE)

    async def recovery_codes_left(self, account: Account) -> int:
        query = select(func.count()).where(recovery_codes.c.account_id == account.id)

        def read(connection: Connection) -> int:
            return connection.execute(query).scalar_one()

        return await attempted(self._database.read(read), WITHIN_S, FAILURE)

    async def add_link(self, account_id: str, secret: str, expires_at: datetime) -> None:
        """Keep a link by which its owner chooses a password; it replaces those before it."""
        row = {"id": hash_of(secret), "account_id": account_id, "expires_at": expires_at}

        def write(connection: Connection) -> None:
            connection.execute(
                delete(account_links).where(account_links.c.account_id == account_id)
            )
            connection.execute(insert(account_links), [row])

        await attempted(self._database.write(write), WITHIN_S, FAILURE)

    async def of_link(self, secret: str, now: datetime) -> Account | None:
        """Return whose link it is, while it is good."""
        query = (
            select(accounts)
            .join(account_links, account_links.c.account_id == accounts.c.id)
            .where(account_links.c.id == hash_of(secret), account_links.c.expires_at > now)
            .where(accounts.c.is_disabled.is_(False))
        )
        return await self._one(query)

    async def use_link(self, secret: str, now: datetime) -> bool:
        """Use up a link; False where somebody has, so that it works once."""

        def write(connection: Connection) -> bool:
            it = (account_links.c.id == hash_of(secret)) & (account_links.c.expires_at > now)
            return connection.execute(delete(account_links).where(it)).rowcount == 1

        return await attempted(self._database.write(write), WITHIN_S, FAILURE)

    async def _written(self, work: Work) -> object:
        try:
            return await attempted(self._database.write(work), WITHIN_S, FAILURE)
        except RecordsError as error:
            if isinstance(error.__cause__, IntegrityError):
                raise AccountRefused("name", "Somebody has this name already.") from error
            raise

    async def _one(self, query: Select[Any]) -> Account | None:
        found = await self._found(query)
        return found[0] if found else None

    async def _found(self, query: Select[Any]) -> list[Account]:
        def read(connection: Connection) -> list[Account]:
            return [account_from(dict(row)) for row in connection.execute(query).mappings()]

        return await attempted(self._database.read(read), WITHIN_S, FAILURE)


def account_from(row: Row) -> Account:
    """Return the account of a row, which may hold more."""
    return Account(
        id=row["id"],
        name=row["name"],
        role=Role(row["role"]),
        created_at=row["created_at"],
        language=row["language"],
        theme=Theme(row["theme"]),
        password=row["password"],
        totp_key=row["totp_key"],
        totp_step=row["totp_step"],
        subject=row["subject"],
        is_disabled=row["is_disabled"],
    )


def _row(account: Account) -> Row:
    return asdict(account) | {
        "role": account.role.value,
        "theme": account.theme.value,
        "name_key": name_key(account.name),
        # A second step is begun by its owner, with an account that is there.
        "totp_key": None,
    }


def _lock(connection: Connection) -> None:
    """Let nobody else change accounts until this is done; SQLite has one writer anyway."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("LOCK TABLE accounts IN SHARE ROW EXCLUSIVE MODE")


def _drop_earlier_rows(connection: Connection) -> None:
    """Leave nothing of rewritten accounts in the database's files; outside a transaction."""
    is_postgres = connection.dialect.name == "postgresql"
    connection.exec_driver_sql("VACUUM FULL accounts" if is_postgres else _FOLD_WAL)


def _count_admins(connection: Connection) -> int:
    is_one = (accounts.c.role == Role.ADMIN.value) & accounts.c.is_disabled.is_(False)
    return connection.execute(select(func.count()).where(is_one)).scalar_one()
