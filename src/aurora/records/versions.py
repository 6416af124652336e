"""Versions of the site's texts and their steps in the database; what they mean is review's."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, TypeVar

import orjson
from sqlalchemy import Connection, Select, func, select, update
from sqlalchemy.exc import IntegrityError

from aurora.errors import RecordsError
from aurora.records.attempts import attempted
from aurora.records.engines import Database
from aurora.records.rows import Row, scrubbed
from aurora.records.tables import version_steps, versions
from aurora.review.rules import Refusal, Refused
from aurora.review.store import Decision
from aurora.review.versions import OPEN, Act, Kind, Step, Version, of_version, state_of

WITHIN_S = 5.0
"""People at a console wait for it, nobody on a telephone."""

T = TypeVar("T")


class SqlVersions:
    """The versions of one site."""

    def __init__(self, database: Database, site: str) -> None:
        self._database = database
        self._site = site

    async def newest(self) -> int:
        query = select(func.max(version_steps.c.number)).where(version_steps.c.site == self._site)
        return await self._read(lambda connection: connection.execute(query).scalar() or 0)

    async def steps(self, kind: Kind | None = None, key: str | None = None) -> list[Step]:
        return await self._read(partial(self._steps_in, kind=kind, key=key))

    async def version(self, version_id: str) -> Version | None:
        found = await self.versions([version_id])
        return found[0] if found else None

    async def versions(self, ids: Sequence[str]) -> list[Version]:
        query = self._versions().where(versions.c.id.in_([scrubbed(one) for one in ids]))
        return await self._read(partial(_versions_in, query=query))

    async def of_key(self, kind: Kind, key: str) -> list[Version]:
        query = self._versions().where(versions.c.kind == kind, versions.c.key == scrubbed(key))
        return await self._read(partial(_versions_in, query=query.order_by(versions.c.number)))

    async def begin(self, version: Version, step: Step) -> Version:
        def write(connection: Connection) -> Version:
            steps = self._steps_in(connection, version.kind, version.key)
            for known in {one.version_id for one in steps if one.version_id}:
                if state_of(of_version(steps, known)) in OPEN:
                    raise Refused(Refusal.ANOTHER_IS_OPEN, known)
            row = {"site": self._site, **_version_row(version)}
            connection.execute(versions.insert(), row)
            self._put(connection, step)
            return version

        try:
            return await self._write(write)
        except RecordsError as error:
            if isinstance(error.__cause__, IntegrityError):
                # Another machine gave the same number to a draft of this text a moment ago.
                raise Refused(Refusal.ANOTHER_IS_OPEN) from error
            raise

    async def change(self, version_id: str, decide: Decision) -> tuple[Version, Step]:
        def write(connection: Connection) -> tuple[Version, Step]:
            # Locked, so that of two people who act at once the second sees what the first did.
            query = self._versions().where(versions.c.id == scrubbed(version_id))
            found = _versions_in(connection, query.with_for_update())
            if not found:
                raise LookupError(version_id)
            version = found[0]
            steps = self._steps_in(connection, version.kind, version.key)
            outcome = decide(version, list(of_version(steps, version.id)), steps)
            if outcome.content is not None:
                content, digest = outcome.content
                changed = update(versions).where(versions.c.id == version.id)
                connection.execute(changed.values(content=content, sha256=digest))
                version = replace(version, content=content, sha256=digest)
            return version, self._put(connection, outcome.step)

        return await self._write(write)

    async def put_back(self, step: Step) -> Step:
        return await self._write(partial(self._put, step=step))

    def _put(self, connection: Connection, step: Step) -> Step:
        row = {"site": self._site, **_step_row(step)}
        result = connection.execute(version_steps.insert(), row)
        return replace(step, number=result.inserted_primary_key[0])  # type: ignore[index]

    def _versions(self) -> Select[Any]:
        return select(versions).where(versions.c.site == self._site)

    def _steps_in(
        self, connection: Connection, kind: Kind | None = None, key: str | None = None
    ) -> list[Step]:
        query = select(version_steps).where(version_steps.c.site == self._site)
        if kind is not None:
            query = query.where(version_steps.c.kind == kind.value)
        if key is not None:
            query = query.where(version_steps.c.key == scrubbed(key))
        rows = connection.execute(query.order_by(version_steps.c.number)).mappings()
        return [_step(dict(row)) for row in rows]

    async def _read(self, work: Callable[[Connection], T]) -> T:
        return await attempted(self._database.read(work), WITHIN_S, "the versions cannot be read")

    async def _write(self, work: Callable[[Connection], T]) -> T:
        return await attempted(self._database.write(work), WITHIN_S, "the version cannot be kept")


def _versions_in(connection: Connection, query: Select[Any]) -> list[Version]:
    return [_version(dict(row)) for row in connection.execute(query).mappings()]


def _version_row(version: Version) -> Row:
    return {
        "id": version.id,
        "kind": version.kind.value,
        "key": version.key,
        "number": version.number,
        "content": version.content,
        "sha256": version.sha256,
        "based_on": version.based_on,
        "by": scrubbed(version.by),
        "at": version.at,
    }


def _version(row: Row) -> Version:
    del row["site"]
    return Version(**{**row, "kind": Kind(row["kind"])})


def _step_row(step: Step) -> Row:
    return {
        "act": step.act.value,
        "kind": step.kind.value,
        "key": step.key,
        "version_id": step.version_id,
        "sha256": step.sha256,
        "by_id": step.by_id,
        "by": scrubbed(step.by),
        "role": step.role,
        "at": step.at,
        "reason": scrubbed(step.reason),
        "details": scrubbed(orjson.dumps(dict(step.details)).decode()),
    }


def _step(row: Row) -> Step:
    del row["site"]
    parsed = {"act": Act(row["act"]), "kind": Kind(row["kind"])}
    return Step(**{**row, **parsed, "details": orjson.loads(row["details"])})
