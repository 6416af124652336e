"""Versions of the site's texts and their steps in the database; what they mean is review's."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, TypeVar

import orjson
from sqlalchemy import Connection, Select, func, or_, select, update
from sqlalchemy.exc import IntegrityError

from aurora.errors import RecordsError
from aurora.records.attempts import attempted
from aurora.records.engines import Database
from aurora.records.rows import Row, scrubbed
from aurora.records.tables import version_steps, versions
from aurora.review.change_set import ChangeSet, change_set_of
from aurora.review.rules import Refusal, Refused
from aurora.review.store import Decision
from aurora.review.versions import (
    OPEN,
    PUTS_IN_FORCE,
    Act,
    Kind,
    Step,
    Version,
    of_version,
    state_of,
)

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

    async def puts_in_force(self, kind: Kind) -> list[Step]:
        return await self._read(partial(self._puts_in, kind=kind))

    async def change_set(self, version_id: str) -> tuple[ChangeSet, list[Step]]:
        return await self._read(partial(self._set_in, version_id=version_id))

    async def sets(self, kind: Kind) -> dict[str, str]:
        query = select(versions.c.id, versions.c.change_set).where(
            versions.c.site == self._site,
            versions.c.kind == kind.value,
            versions.c.change_set.is_not(None),
        )
        return await self._read(
            lambda connection: {row.id: row.change_set for row in connection.execute(query)}
        )

    async def begin(self, change: ChangeSet, steps: Sequence[Step]) -> None:
        def write(connection: Connection) -> None:
            _lock(connection)
            self._add(connection, change.versions)
            self._put(connection, steps)

        await self._write_drafts(write)

    async def change(self, version_id: str, decide: Decision) -> tuple[ChangeSet, list[Step]]:
        def write(connection: Connection) -> tuple[ChangeSet, list[Step]]:
            _lock(connection)
            change, steps = self._set_in(connection, version_id)
            outcome = decide(change, steps, self._puts_in(connection, change.kind))
            if outcome.added:
                alone = versions.c.id == change.id
                connection.execute(update(versions).where(alone).values(change_set=change.id))
            self._add(connection, outcome.added)
            for one, (content, digest) in outcome.contents.items():
                changed = update(versions).where(versions.c.id == one)
                connection.execute(changed.values(content=content, sha256=digest))
            kept = self._put(connection, outcome.steps)
            return self._set_in(connection, version_id)[0], kept

        return await self._write_drafts(write)

    async def put_back(
        self, kind: Kind, decide: Callable[[Sequence[Step]], Sequence[Step]]
    ) -> list[Step]:
        def write(connection: Connection) -> list[Step]:
            _lock(connection)
            return self._put(connection, decide(self._puts_in(connection, kind)))

        return await self._write(write)

    def _add(self, connection: Connection, drafts: Sequence[Version]) -> None:
        """Raises Refused where a draft of the same text is open."""
        for draft in drafts:
            steps = self._steps_in(connection, draft.kind, draft.key)
            for known in {one.version_id for one in steps if one.version_id}:
                if state_of(of_version(steps, known)) in OPEN:
                    raise Refused(Refusal.ANOTHER_IS_OPEN, known)
            connection.execute(versions.insert(), {"site": self._site, **_version_row(draft)})

    def _put(self, connection: Connection, steps: Sequence[Step]) -> list[Step]:
        kept = []
        for step in steps:
            row = {"site": self._site, **_step_row(step)}
            result = connection.execute(version_steps.insert(), row)
            number: int = result.inserted_primary_key[0]  # type: ignore[index]
            kept.append(replace(step, number=number))
        return kept

    def _set_in(self, connection: Connection, version_id: str) -> tuple[ChangeSet, list[Step]]:
        sought = self._versions().where(versions.c.id == scrubbed(version_id))
        found = _versions_in(connection, sought)
        if not found:
            raise LookupError(version_id)
        set_id = found[0].set_id
        members = self._versions().where(
            or_(versions.c.change_set == set_id, versions.c.id == found[0].id)
        )
        change = change_set_of(_versions_in(connection, members))
        ids = [one.id for one in change.versions]
        steps = self._steps().where(version_steps.c.version_id.in_(ids))
        return change, _read_steps(connection, steps)

    def _puts_in(self, connection: Connection, kind: Kind) -> list[Step]:
        acts = [act.value for act in PUTS_IN_FORCE]
        query = self._steps().where(
            version_steps.c.kind == kind.value, version_steps.c.act.in_(acts)
        )
        return _read_steps(connection, query)

    def _versions(self) -> Select[Any]:
        return select(versions).where(versions.c.site == self._site)

    def _steps_in(
        self, connection: Connection, kind: Kind | None = None, key: str | None = None
    ) -> list[Step]:
        query = self._steps()
        if kind is not None:
            query = query.where(version_steps.c.kind == kind.value)
        if key is not None:
            query = query.where(version_steps.c.key == scrubbed(key))
        return _read_steps(connection, query)

    def _steps(self) -> Select[Any]:
        query = select(version_steps).where(version_steps.c.site == self._site)
        return query.order_by(version_steps.c.number)

    async def _read(self, work: Callable[[Connection], T]) -> T:
        return await attempted(self._database.read(work), WITHIN_S, "the versions cannot be read")

    async def _write_drafts(self, work: Callable[[Connection], T]) -> T:
        try:
            return await self._write(work)
        except RecordsError as error:
            if isinstance(error.__cause__, IntegrityError):
                # A draft of this text was begun between the reading of its number and this.
                raise Refused(Refusal.ANOTHER_IS_OPEN) from error
            raise

    async def _write(self, work: Callable[[Connection], T]) -> T:
        return await attempted(self._database.write(work), WITHIN_S, "the version cannot be kept")


def _lock(connection: Connection) -> None:
    """Let one act be decided at a time; SQLite has one writer anyway.

    So of two people who act at once the second sees what the first did, and steps are numbered in
    the order in which others see them.
    """
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("LOCK TABLE version_steps IN SHARE ROW EXCLUSIVE MODE")


def _read_steps(connection: Connection, query: Select[Any]) -> list[Step]:
    return [_step(dict(row)) for row in connection.execute(query).mappings()]


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
        "change_set": version.change_set,
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
