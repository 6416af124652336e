"""Versions and absences on both engines; what one machine approves, another one speaks."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from aurora.accounts.person import Person, Role
from aurora.errors import RecordsError
from aurora.in_force import texts
from aurora.in_force.site import SiteInForce
from aurora.in_force.texts import TextsInForce
from aurora.records.absences import SqlAbsences
from aurora.records.sql import SqlRecords
from aurora.records.versions import SqlVersions
from aurora.review.reviewing import Reviewing
from aurora.review.rules import Refusal, Refused
from aurora.review.versions import Act, Kind
from aurora.site.absence import Absence
from aurora.site.load import locate
from aurora.site.model import Site
from aurora.site.yaml_file import parse_yaml
from tests.line import example_library, example_site
from tests.waiting import until

ANA, BO = (Person(name, name.title(), Role.ADMIN) for name in ("ana", "bo"))
OLD = "Get out now. Pull the alarm as you leave. No lifts."
NEW = "Leave now. Pull the alarm as you go."


class Machine:
    """One machine of a site: its library and its people."""

    def __init__(self, records: SqlRecords) -> None:
        self.now = datetime(2026, 3, 2, 12, tzinfo=UTC)
        self.library = replace(example_library())
        self.paged: list[Site] = []
        self.site = SiteInForce(example_site(), [self.paged.append])
        versions = SqlVersions(records.beside, example_site().id)
        self.absences = SqlAbsences(records.beside, example_site().id)
        self.texts = TextsInForce(
            locate(None),
            self.site,
            self.library,
            versions,
            self.absences,
            passed,
            lambda text: parse_yaml(text, "site.yaml", Site),
            lambda: self.now,
        )
        self.reviewing = Reviewing(versions, self.texts, self._tick)

    def _tick(self) -> datetime:
        self.now += timedelta(minutes=1)
        return self.now

    async def approve(self, kind: Kind, key: str, old: str, new: str) -> str:
        draft = await self.reviewing.begin(kind, key, ANA, "Clearer")
        draft = await self.reviewing.save(
            draft.id, ANA, draft.sha256, draft.content.replace(old, new)
        )
        await self.reviewing.check(draft.id, ANA)
        await self.reviewing.submit(draft.id, ANA, draft.sha256, "Look")
        await self.reviewing.approve(draft.id, BO, draft.sha256, "")
        return draft.id

    @property
    def first_line(self) -> str:
        return self.library.procedures["fire", "en"].first_line


async def passed(*asked: object) -> Mapping[str, Any]:
    return {"is_passed": True, "problems": [], "notes": [], "rehearsed": []}


@asynccontextmanager
async def machines(url: str | None, directory: Path) -> AsyncIterator[tuple[Machine, Machine]]:
    here, there = await SqlRecords.open(url, directory), await SqlRecords.open(url, directory)
    try:
        yield Machine(here), Machine(there)
    finally:
        await here.close()
        await there.close()


@pytest.fixture(params=["sqlite", "postgresql"])
async def both(
    request: pytest.FixtureRequest, tmp_path: Path
) -> AsyncIterator[tuple[Machine, Machine]]:
    url = request.getfixturevalue("postgres_url") if request.param == "postgresql" else None
    async with machines(url, tmp_path) as pair:
        yield pair


async def test_what_one_machine_approves_another_speaks_and_takes_back(both):
    here, there = both
    await there.texts.refresh()
    version_id = await here.approve(Kind.PROCEDURE, "fire.en", OLD, NEW)

    assert here.first_line == NEW
    assert there.first_line == OLD
    await there.texts.refresh()
    assert there.first_line == NEW
    assert there.library.procedures["fire", "en"].approval.by == "Bo"
    await there.reviewing.put_back(Kind.PROCEDURE, "fire.en", None, BO, "Confusing")
    await here.texts.refresh()
    assert (here.first_line, there.first_line) == (OLD, OLD)
    assert "fire.en@2" in here.library.earlier
    await here.reviewing.put_back(Kind.PROCEDURE, "fire.en", version_id, ANA, "It was not")
    assert here.first_line == NEW


async def test_the_text_in_force_at_a_past_moment_is_found_again(both):
    here, _ = both
    before = here.now
    await here.approve(Kind.PROCEDURE, "fire.en", OLD, NEW)
    after = here.now
    await here.approve(Kind.PROCEDURE, "fire.en", NEW, "Out. Now.")

    def text(at: datetime | None = None):
        return here.reviewing.text_in_force(Kind.PROCEDURE, "fire.en", at)

    assert OLD in await text(before)
    assert NEW in await text(after)
    assert "Out. Now." in await text()


async def test_of_two_who_draft_or_approve_at_once_one_is_told(both):
    here, there = both
    begun = await asyncio.gather(
        here.reviewing.begin(Kind.PROCEDURE, "fire.en", ANA, ""),
        there.reviewing.begin(Kind.PROCEDURE, "fire.en", BO, ""),
        return_exceptions=True,
    )
    refusals = [one.refusal for one in begun if isinstance(one, Refused)]
    assert refusals == [Refusal.ANOTHER_IS_OPEN]

    draft = next(one for one in begun if not isinstance(one, BaseException))
    author, reviewer = (ANA, BO) if draft.by == "Ana" else (BO, ANA)
    await here.reviewing.check(draft.id, author)
    await here.reviewing.submit(draft.id, author, draft.sha256, "Look")
    done = await asyncio.gather(
        *(one.reviewing.approve(draft.id, reviewer, draft.sha256, "") for one in (here, there)),
        return_exceptions=True,
    )
    assert [one.refusal for one in done if isinstance(one, Refused)] in (
        [Refusal.NOT_IN_REVIEW],
        [Refusal.OVERTAKEN],
    )
    steps = await here.reviewing.versions.steps(Kind.PROCEDURE, "fire.en")
    assert [step.act for step in steps].count(Act.APPROVED) == 1


async def test_a_save_over_words_that_somebody_changed_is_refused(both):
    here, there = both
    draft = await here.reviewing.begin(Kind.PROCEDURE, "fire.en", ANA, "")
    await here.reviewing.save(draft.id, ANA, draft.sha256, draft.content.replace(OLD, NEW))

    with pytest.raises(Refused, match="changed_meanwhile"):
        await there.reviewing.save(draft.id, BO, draft.sha256, draft.content)


async def test_a_contact_s_number_is_live_on_every_machine_and_a_zone_waits(both):
    here, there = both
    await here.approve(Kind.SITE, "site", '"+12025550102"', '"+12025550199"')
    await there.texts.refresh()
    assert there.paged[-1].contact("safety_officer").phone == "+12025550199"
    assert there.site.waiting == []

    await here.approve(Kind.SITE, "site", "assembly line, es", "the long assembly line, es")
    assert here.site.waiting == ["zones"]
    assert here.paged[-1].zones == example_site().zones


async def test_an_absence_is_live_on_every_machine_until_it_is_taken_back(both):
    here, there = both
    absence = Absence(
        "a", "medic", here.now, here.now + timedelta(days=1), (), "ill", "Ana", here.now
    )
    await here.absences.add(absence)
    await there.texts.refresh()
    assert [roster.contact for roster in there.paged[-1].rosters][-1] == "medic"
    assert await here.absences.end("a", "Bo", here.now)
    assert not await here.absences.end("a", "Bo", here.now)
    await there.texts.refresh()
    assert there.paged[-1].rosters == example_site().rosters


async def test_an_approved_text_that_fits_no_more_gives_way_to_its_file_alone(both):
    here, there = both
    await here.approve(Kind.PROCEDURE, "fire.en", OLD, NEW)
    await here.approve(Kind.PROCEDURE, "choking.en", "five hard back blows", "five hard blows")
    there.texts._base = replace(
        there.texts._base,
        procedures={
            key: one.model_copy(update={"alert": ["medical"]}) if key[0] == "fire" else one
            for key, one in there.texts._base.procedures.items()
        },
    )
    await there.texts.refresh()

    assert there.first_line == OLD
    assert "five hard blows" in there.library.procedures["choking", "en"].first_line
    assert any("fire" in problem for problem in there.texts.problems)


FIRE = [f"fire.{language}" for language in ("de", "en", "es", "fr")]


async def in_review(machine: Machine, old: str = "urgency: critical", new: str = "urgency: urgent"):
    """Draft one change in every language of a procedure, up to the second person."""
    reviewing = machine.reviewing
    draft = await reviewing.begin(Kind.PROCEDURE, "fire.en", ANA, "Calmer", FIRE)
    change, _ = await reviewing.versions.change_set(draft.id)
    contents = {key: text.replace(old, new, 1) for key, text in change.contents.items()}
    change = await reviewing.save_all(draft.id, ANA, change.sha256, contents)
    await reviewing.check(draft.id, ANA)
    await reviewing.submit(draft.id, ANA, change.sha256, "Look")
    return change


def urgencies(machine: Machine) -> set[tuple[str, bool]]:
    fire = [one for (name, _), one in machine.library.procedures.items() if name == "fire"]
    return {(one.urgency.value, one.is_approved) for one in fire}


async def test_what_must_be_equal_changes_in_all_languages_at_once_and_back(both):
    here, there = both
    change = await in_review(here)
    assert change.keys == tuple(FIRE)
    await here.reviewing.approve(change.versions[3].id, BO, change.sha256, "Agreed")
    await there.texts.refresh()
    assert urgencies(here) == urgencies(there) == {("urgent", True)}
    assert there.texts.problems == ()

    await there.reviewing.put_back(Kind.PROCEDURE, "fire.es", None, BO, "Not at night")
    await here.texts.refresh()
    assert urgencies(here) == urgencies(there) == {("critical", False)}
    await here.reviewing.put_back(Kind.PROCEDURE, "fire.de", change.versions[0].id, BO, "After all")
    assert urgencies(here) == {("urgent", True)}


async def test_one_language_alone_cannot_be_put_in_force_where_all_must_agree(both):
    here, there = both
    await here.approve(Kind.PROCEDURE, "fire.en", OLD, NEW)
    draft = await here.reviewing.begin(Kind.PROCEDURE, "fire.en", ANA, "")
    words = draft.content.replace("urgency: critical", "urgency: urgent")
    draft = await here.reviewing.save(draft.id, ANA, draft.sha256, words)
    await here.reviewing.check(draft.id, ANA)
    await here.reviewing.submit(draft.id, ANA, draft.sha256, "Look")
    with pytest.raises(Refused, match=r"disagrees.*fire.*urgency"):
        await here.reviewing.approve(draft.id, BO, draft.sha256, "")
    assert here.first_line == NEW

    await here.reviewing.decline(draft.id, BO, draft.sha256, "In all languages, please")
    change = await here.reviewing.widen(draft.id, ANA, FIRE)
    assert change.keys == tuple(FIRE)
    assert change.version(draft.id).content == draft.content
    with pytest.raises(Refused, match="another_is_open"):
        await there.reviewing.begin(Kind.PROCEDURE, "fire.de", BO, "")


async def test_other_words_in_one_language_need_another_check_of_all(both):
    here, there = both
    change = await in_review(here)
    await there.reviewing.decline(change.versions[0].id, BO, change.sha256, "The French, please")
    french = change.versions[3]
    words = french.content.replace("comfort:", "# Mended.\ncomfort:", 1)
    await here.reviewing.save(french.id, ANA, french.sha256, words)
    after, _ = await here.reviewing.versions.change_set(french.id)
    await here.reviewing.submit(french.id, ANA, after.sha256, "Again")
    with pytest.raises(Refused, match="changed_meanwhile"):
        await there.reviewing.approve(french.id, BO, change.sha256, "")
    with pytest.raises(Refused, match="not_checked"):
        await there.reviewing.approve(french.id, BO, after.sha256, "")
    await here.reviewing.check(french.id, ANA)
    await there.reviewing.approve(french.id, BO, after.sha256, "")
    assert urgencies(there) == {("urgent", True)}


async def test_a_draft_of_before_there_were_sets_goes_its_way(both):
    here, _ = both
    draft = await here.reviewing.begin(Kind.PROCEDURE, "fire.en", ANA, "")
    assert draft.change_set is None
    change, steps = await here.reviewing.versions.change_set(draft.id)
    assert (change.id, change.sha256) == (draft.id, draft.sha256)
    assert [step.act for step in steps] == [Act.DRAFTED]


async def test_an_approval_that_is_on_record_is_done_though_it_cannot_be_read_back(
    both, monkeypatch
):
    here, _ = both

    async def fail(*_: object) -> int:
        raise RecordsError("the disk is slow")

    with monkeypatch.context() as broken:
        broken.setattr(here.texts._versions, "newest", fail)
        version_id = await here.approve(Kind.PROCEDURE, "fire.en", OLD, NEW)
        assert here.first_line == OLD
    await here.texts.refresh()
    assert here.first_line == NEW

    with monkeypatch.context() as broken:
        broken.setattr(here.texts._versions, "newest", fail)
        [step] = await here.reviewing.put_back(Kind.PROCEDURE, "fire.en", None, BO, "Confusing")
    assert step.act is Act.PUT_BACK
    assert version_id != step.version_id


async def test_a_sites_file_that_cannot_be_read_is_told_and_keeps_no_text_from_its_force(
    both, tmp_path
):
    here, _ = both
    here.texts._paths = replace(locate(None), site=tmp_path / "gone.yaml")

    await here.approve(Kind.PROCEDURE, "fire.en", OLD, NEW)

    assert here.first_line == NEW
    assert "gone.yaml" in "; ".join(here.texts.problems)


async def test_whatever_breaks_in_one_look_the_next_one_comes(both, monkeypatch):
    monkeypatch.setattr(texts, "REFRESH_S", 0.01)
    here, there = both
    await there.texts.start()
    looks = there.absences.since

    async def break_once(now: datetime) -> list[Absence]:
        monkeypatch.setattr(there.absences, "since", looks)
        raise ValueError("a row that nobody expected")

    monkeypatch.setattr(there.absences, "since", break_once)
    await until(lambda: there.absences.since == looks)
    await here.approve(Kind.PROCEDURE, "fire.en", OLD, NEW)

    await until(lambda: there.first_line == NEW)
    await there.texts.close()
