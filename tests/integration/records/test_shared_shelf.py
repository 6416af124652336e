"""Documents and other files of several machines on one database, on both engines."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import update

from aurora.errors import RecordsError
from aurora.guidance.handbook.passage import Document
from aurora.guidance.handbook.read import read_document
from aurora.guidance.handbook.shelf import Shelf, shelf_in
from aurora.records.kept_files import SqlKeptFiles
from aurora.records.kept_tables import kept_contents
from aurora.records.shared_shelf import SharedShelf
from aurora.records.sql import SqlRecords

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@dataclass
class Machine:
    directory: Path
    records: SqlRecords

    def __post_init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        self.files = SqlKeptFiles(self.records.beside, "plant", "handbook")
        self.shelf: Shelf = shelf_in(self.directory)
        self.shared = SharedShelf(self.files, self.shelf, lambda: NOON)

    def add(self, title: str, words: str = "Open the damper first.") -> Document:
        path = self.directory / "rules.md"
        path.write_text(f"# {title}\n\n{words}\n")
        read = read_document(path, language="en", added_at=NOON)
        document = read.model_copy(update={"added_by": "Ada"})
        self.shelf.add(document)
        return document

    @property
    def titles(self) -> list[str]:
        return sorted(one.title for one in self.shelf.read()[0])


@pytest.fixture(params=["sqlite", "postgresql"])
async def machines(
    request: pytest.FixtureRequest, tmp_path: Path
) -> AsyncIterator[tuple[Machine, Machine]]:
    url = request.getfixturevalue("postgres_url") if request.param == "postgresql" else None
    opened = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        records = await SqlRecords.open(url, tmp_path)
        opened.append(Machine(tmp_path / name, records))
    yield opened[0], opened[1]
    for machine in opened:
        await machine.records.close()


async def meet(*machines: Machine) -> None:
    """Each machine in turn, until none has anything to give or take."""
    while any([await machine.shared.meet() for machine in machines]):
        pass


async def test_what_is_added_or_removed_on_one_machine_is_on_the_other(machines):
    one, two = machines
    kiln = one.add("Kiln")
    await meet(one, two)
    assert two.shelf.read()[0] == [kiln]

    two.shelf.remove(kiln.id)
    await meet(two, one)
    assert (one.titles, two.titles) == ([], [])

    one.add("Kiln")
    await meet(one, two)
    assert two.titles == ["Kiln"]


async def test_what_two_machines_had_by_themselves_both_have(machines):
    one, two = machines
    one.add("Kiln")
    two.add("Crane")
    two.add("Press", "Keep your hands out.")
    await meet(one, two)
    assert one.titles == two.titles == ["Crane", "Kiln", "Press"]


async def test_a_machine_that_was_off_takes_what_it_missed(machines):
    one, two = machines
    kiln = one.add("Kiln")
    await meet(one, two)
    one.shelf.remove(kiln.id)
    one.add("Crane")
    await meet(one)
    two.restart()
    await meet(two)
    assert two.titles == ["Crane"]


async def test_a_machine_whose_folder_is_new_takes_all_of_it_and_removes_nothing(machines):
    one, two = machines
    one.add("Kiln")
    await meet(one, two)
    for path in two.shelf.folder.iterdir():
        path.unlink()
    two.restart()
    await meet(two, one)
    assert one.titles == two.titles == ["Kiln"]


async def test_a_damaged_file_is_mended_by_the_others_and_damages_none(machines):
    one, two = machines
    kiln = one.add("Kiln")
    await meet(one, two)
    (one.shelf.folder / f"{kiln.id}.json").write_text('{"half": ')
    (one.shelf.folder / "notes.json").write_text("{}")
    await meet(one, two)
    assert (one.titles, two.titles) == (["Kiln"], ["Kiln"])
    assert not (two.shelf.folder / "notes.json").exists()


async def test_nothing_is_read_twice_while_nothing_changes(machines):
    one, two = machines
    one.add("Kiln")
    await meet(one, two)
    assert await one.shared.meet() is False
    one.files.files = None  # type: ignore[method-assign, assignment]
    assert await one.shared.meet() is False


async def test_of_two_who_put_at_once_the_first_wins(machines):
    one, two = (SqlKeptFiles(machine.records.beside, "plant", "map") for machine in machines)
    assert await one.put({"map-000001.json": b"1"}, "Ada", NOON, seen=0)
    assert not await two.put({"map-000001.json": b"2"}, "Bo", NOON, seen=0)
    number = (await two.files())["map-000001.json"].number
    assert await two.put({"map-000001.json": None}, "Bo", NOON, seen=number)
    file = (await one.files())["map-000001.json"]
    assert (file.sha256, len(file.known)) == (None, 1)
    assert await one.newest() == file.number


async def test_shelves_and_sites_are_apart_and_contents_kept_once(machines):
    one, _ = machines
    database = one.records.beside
    for site, shelf in (("plant", "map"), ("plant", "handbook"), ("mill", "map")):
        await SqlKeptFiles(database, site, shelf).put({"a": b"same"}, "Ada", NOON)
    assert list(await SqlKeptFiles(database, "mill", "handbook").files()) == []
    assert await SqlKeptFiles(database, "mill", "handbook").newest() == 0
    files = await SqlKeptFiles(database, "mill", "map").files()
    assert await one.files.content(files["a"].sha256 or "") == b"same"


async def test_a_content_that_was_changed_in_the_database_is_not_taken(machines):
    one, two = machines
    one.add("Kiln")
    await meet(one)
    await one.records.beside.write(
        lambda connection: connection.execute(update(kept_contents).values(content=b"{}"))
    )
    with pytest.raises(RecordsError, match="damaged"):
        await two.shared.meet()
    assert two.titles == []
