"""The telephones that take alerts, and who their accounts are at the plant, in the database."""

from collections.abc import Sequence
from datetime import UTC
from typing import Any

from sqlalchemy import Connection, Delete, Select, Update, delete, select, update

from aurora.accounts.link import Link, LinkState, contact_key
from aurora.escalation.phones import Phone
from aurora.records.account_tables import accounts
from aurora.records.attempts import attempted, insert_into
from aurora.records.engines import Database
from aurora.records.phone_tables import person_links, phones
from aurora.records.rows import Row, scrubbed
from aurora.site.model import Language

WITHIN_S = 2.0
"""An alert waits for it, beside its other routes."""
MOST_PHONES = 5
"""Of one account; the one registered first makes room."""


class SqlPhones:
    """Those of one site; every method may raise RecordsError."""

    def __init__(self, database: Database, site: str) -> None:
        self._database = database
        self._site = site

    async def register(self, phone: Phone) -> bool:
        """Keep a telephone; False when somebody else registered it with other keys.

        With the same keys it is the same browser, which somebody else uses now.
        """
        row = {**_phone_row(phone), "site": self._site}

        def write(connection: Connection) -> bool:
            known = connection.execute(select(phones).where(phones.c.id == phone.id)).mappings()
            before = known.one_or_none()
            if before is not None and not _is_same_owner(dict(before), phone):
                return False
            inserted = insert_into(connection, phones).values(row)
            connection.execute(inserted.on_conflict_do_update(index_elements=["id"], set_=row))
            own = connection.scalars(
                select(phones.c.id)
                .where(phones.c.site == self._site, phones.c.account_id == phone.account_id)
                .order_by(phones.c.at.desc(), phones.c.id)
            ).all()
            connection.execute(delete(phones).where(phones.c.id.in_(own[MOST_PHONES:])))
            return True

        return await attempted(
            self._database.write(write), WITHIN_S, "the telephone cannot be kept"
        )

    async def of_account(self, account_id: str) -> Sequence[Phone]:
        table = phones.c
        return await self._phones(
            select(phones).where(table.site == self._site, table.account_id == scrubbed(account_id))
        )

    async def of_contact(self, contact_id: str) -> Sequence[Phone]:
        link = person_links.c
        linked = (
            select(link.account_id)
            .join(accounts, accounts.c.id == link.account_id)
            .where(
                link.site == self._site,
                link.person_key == contact_key(contact_id),
                link.state == LinkState.GRANTED.value,
                accounts.c.is_disabled.is_(False),
            )
        )
        return await self._phones(
            select(phones).where(phones.c.site == self._site, phones.c.account_id.in_(linked))
        )

    async def of_everybody(self) -> Sequence[tuple[Phone, Language]]:
        """Return every telephone of accounts that are not disabled, with its owner's language."""
        query = (
            select(phones, accounts.c.language)
            .join(accounts, accounts.c.id == phones.c.account_id)
            .where(phones.c.site == self._site, accounts.c.is_disabled.is_(False))
        )

        def read(connection: Connection) -> list[tuple[Phone, Language]]:
            rows = [dict(row) for row in connection.execute(query).mappings()]
            return [(_phone(row), row["language"]) for row in rows]

        return await attempted(self._database.read(read), WITHIN_S, "the telephones cannot be read")

    async def drop(self, phone_id: str) -> None:
        await self._write(delete(phones).where(phones.c.id == phone_id))

    async def forget(self, account_id: str, phone_id: str) -> None:
        """Forget a telephone of this very account."""
        table = phones.c
        await self._write(
            delete(phones).where(table.id == phone_id, table.account_id == account_id)
        )

    async def ask(self, link: Link) -> None:
        """Keep who an account says it is, or was granted to be, in place of what it was."""
        row = {
            "site": self._site,
            "account_id": link.account_id,
            "person_key": link.person_key,
            "state": link.state.value,
            "by": scrubbed(link.by),
            "at": link.at.astimezone(UTC),
        }

        def write(connection: Connection) -> None:
            inserted = insert_into(connection, person_links).values(row)
            connection.execute(
                inserted.on_conflict_do_update(index_elements=["site", "account_id"], set_=row)
            )

        await attempted(self._database.write(write), WITHIN_S, "the link cannot be kept")

    async def grant(self, asked: Link, by: str) -> bool:
        """Grant what was asked; False when it is no longer what is asked."""
        link = person_links.c
        granted = (
            update(person_links)
            .where(
                link.site == self._site,
                link.account_id == asked.account_id,
                link.person_key == asked.person_key,
            )
            .values(state=LinkState.GRANTED.value, by=scrubbed(by))
        )
        return await self._write(granted) > 0

    async def unlink(self, account_id: str) -> bool:
        """Refuse what was asked, or take back what was granted; False when there is nothing."""
        link = person_links.c
        gone = delete(person_links).where(
            link.site == self._site, link.account_id == scrubbed(account_id)
        )
        return await self._write(gone) > 0

    async def links(self) -> Sequence[Link]:
        """Return all of the site, first asked first."""
        query = (
            select(person_links, accounts.c.name.label("account_name"))
            .join(accounts, accounts.c.id == person_links.c.account_id)
            .where(person_links.c.site == self._site)
            .order_by(person_links.c.at, person_links.c.account_id)
        )

        def read(connection: Connection) -> list[Link]:
            return [_link(dict(row)) for row in connection.execute(query).mappings()]

        return await attempted(self._database.read(read), WITHIN_S, "the links cannot be read")

    async def _phones(self, query: Select[Any]) -> Sequence[Phone]:
        ordered = query.order_by(phones.c.at, phones.c.id)

        def read(connection: Connection) -> list[Phone]:
            return [_phone(dict(row)) for row in connection.execute(ordered).mappings()]

        return await attempted(self._database.read(read), WITHIN_S, "the telephones cannot be read")

    async def _write(self, statement: Update | Delete) -> int:
        def write(connection: Connection) -> int:
            return connection.execute(statement).rowcount

        return await attempted(
            self._database.write(write), WITHIN_S, "the telephones cannot be changed"
        )


_PHONE = tuple(column.name for column in phones.c if column.name != "site")


def _is_same_owner(before: Row, phone: Phone) -> bool:
    is_same_browser = (before["p256dh"], before["auth"]) == (phone.p256dh, phone.auth)
    return is_same_browser or before["account_id"] == phone.account_id


def _phone_row(phone: Phone) -> Row:
    return {
        "id": phone.id,
        "account_id": phone.account_id,
        "endpoint": scrubbed(phone.endpoint),
        "p256dh": phone.p256dh,
        "auth": phone.auth,
        "device": scrubbed(phone.device),
        "at": phone.at.astimezone(UTC),
    }


def _phone(row: Row) -> Phone:
    return Phone(**{column: row[column] for column in _PHONE})


def _link(row: Row) -> Link:
    kept = {name: value for name, value in row.items() if name != "site"}
    return Link(**{**kept, "state": LinkState(kept["state"])})
