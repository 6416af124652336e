"""API tokens in the database."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection, delete, insert, select, update

from aurora.accounts.account import Account
from aurora.accounts.api_token import ApiToken, Scope
from aurora.accounts.secret import hash_of
from aurora.errors import RecordsError
from aurora.records.account_tables import accounts, api_tokens
from aurora.records.accounts import FAILURE, WITHIN_S, account_from
from aurora.records.attempts import attempted
from aurora.records.engines import Database
from aurora.records.rows import Row

log = structlog.get_logger()

USED_EVERY = timedelta(minutes=1)
"""How exactly it is known when a token was used last; each time is a write."""


class SqlApiTokens:
    """Every method may raise RecordsError."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock
        self._tried_at: dict[str, datetime] = {}
        """When each token's use was last written down, or could not be."""

    async def add(self, token: ApiToken) -> None:
        def write(connection: Connection) -> None:
            row = asdict(token) | {"scope": token.scope.value}
            connection.execute(insert(api_tokens), [row])

        await attempted(self._database.write(write), WITHIN_S, FAILURE)

    async def of(self, account_id: str) -> list[ApiToken]:
        """Return an account's tokens, the newest first, those that ran out among them."""
        theirs = api_tokens.c.account_id == account_id
        query = select(api_tokens).where(theirs).order_by(api_tokens.c.created_at.desc())

        def read(connection: Connection) -> list[ApiToken]:
            return [_token(dict(row)) for row in connection.execute(query).mappings()]

        return await attempted(self._database.read(read), WITHIN_S, FAILURE)

    async def owner(self, token: str) -> tuple[ApiToken, Account] | None:
        """Return a token that is given and whose it is, while both are good."""
        now = self._clock()
        query = (
            select(accounts, *(column.label(f"t_{column.name}") for column in api_tokens.c))
            .join(api_tokens, api_tokens.c.account_id == accounts.c.id)
            .where(api_tokens.c.id == hash_of(token), api_tokens.c.expires_at > now)
            .where(accounts.c.is_disabled.is_(False))
        )

        def read(connection: Connection) -> tuple[ApiToken, Account] | None:
            row = connection.execute(query).mappings().first()
            if row is None:
                return None
            kept = {column.name: row[f"t_{column.name}"] for column in api_tokens.c}
            return _token(kept), account_from(dict(row))

        found = await attempted(self._database.read(read), WITHIN_S, FAILURE)
        if found:
            await self._note_use(found[0], now)
        return found

    async def revoke(self, token_id: str, account_id: str) -> bool:
        """Take a token back; False where the account has no such."""
        it = (api_tokens.c.id == token_id) & (api_tokens.c.account_id == account_id)

        def write(connection: Connection) -> bool:
            return connection.execute(delete(api_tokens).where(it)).rowcount == 1

        return await attempted(self._database.write(write), WITHIN_S, FAILURE)

    async def _note_use(self, token: ApiToken, now: datetime) -> None:
        """Write it down, once in a while; that a disk takes no writes shuts nobody out."""
        noted = [at for at in (token.used_at, self._tried_at.get(token.id)) if at is not None]
        if noted and now - max(noted) < USED_EVERY:
            return
        self._tried_at[token.id] = now

        def write(connection: Connection) -> None:
            it = api_tokens.c.id == token.id
            connection.execute(update(api_tokens).where(it).values(used_at=now))

        try:
            await attempted(self._database.write(write), WITHIN_S, FAILURE)
        except RecordsError as error:
            log.error("token_use_not_noted", error=str(error))


def _token(row: Row) -> ApiToken:
    return ApiToken(**row | {"scope": Scope(row["scope"])})
