"""Check and rehearse texts that somebody drafted, in a process of its own; kept by others.

A pattern that somebody wrote may never come to an end, and what holds up this process must not
hold up the line. It is given its seconds of computing, reads a `Task` on its input and writes a
result as JSON.
"""

import asyncio
import os
import resource
import signal
import sys
import time
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import orjson
from pydantic import TypeAdapter

from aurora.console.review.found import (
    ALERTS_FEWER,
    FALLS,
    OTHER_SITE,
    SAYS_NOTHING,
    SLOW,
    UNAPPROVED,
    Found,
    kept,
)
from aurora.conversation.dialogue import Dialogue
from aurora.errors import SiteError
from aurora.guidance.guide import Guide
from aurora.guidance.library import Library, TextKey
from aurora.guidance.load import Text, amended, load_library, text_of
from aurora.guidance.procedure import Procedure, compiled
from aurora.levels import Urgency
from aurora.rehearsal.procedure_run import notes_of, problems_of, runs_of
from aurora.rehearsal.scenarios import RehearsedTurn, Scenario, read_scenarios, rehearse
from aurora.review.versions import Kind
from aurora.rooms import Rooms, open_rooms, with_languages
from aurora.settings import Settings, load_settings
from aurora.site import duty_check
from aurora.site.load import locate
from aurora.site.model import Site
from aurora.site.yaml_file import parse_yaml
from aurora.triage.assess import load_triage

SLOW_PATTERN_S = 0.02
"""On words as long as a caller's; a turn searches hundreds of patterns."""
GIVEN_UP_S = 0.5
TRIED_AGAIN = 3
MOST_MEMORY_BYTES = 4_000_000_000
TRIALS = ("a " * 200 + "!", "1" * 400 + "!", "no " * 130 + "!", "i am in the fire " * 24 + "!")
"""What makes a pattern that tries every way of matching run long."""


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be checked, over what is in force."""

    kind: Kind
    drafts: dict[str, str]
    """The texts by key; together they are changed."""
    in_force: list[Text]
    site: str | None = None
    """The site's text in force; None for its file."""


@dataclass(frozen=True, slots=True)
class Result:
    """What came of it; problems keep a text from being approved, notes do not."""

    problems: Sequence[Found | str]
    notes: Sequence[Found | str]
    rehearsed: list[dict[str, Any]]

    def as_dict(self) -> dict[str, Any]:
        return kept(self.problems, self.notes) | {"rehearsed": self.rehearsed}


_TASK = TypeAdapter(Task)


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY_BYTES, MOST_MEMORY_BYTES))
    most_cpu_s = int(sys.argv[1])
    resource.setrlimit(resource.RLIMIT_CPU, (most_cpu_s, most_cpu_s + 5))
    os.nice(10)
    task = _TASK.validate_json(sys.stdin.buffer.read())
    began = time.monotonic()
    result = check(task, load_settings()).as_dict()
    result["took_s"] = round(time.monotonic() - began, 1)
    sys.stdout.buffer.write(orjson.dumps(result))


def task_of(
    kind: Kind, drafts: Mapping[str, str], in_force: Iterable[Text], site: str | None
) -> bytes:
    """Return a task as `main` reads it."""
    return _TASK.dump_json(Task(kind, dict(drafts), list(in_force), site))


def check(task: Task, settings: Settings) -> Result:
    """Return what is wrong with texts and how calls go with them."""
    rooms = open_rooms(settings, task.site)
    base = replace(rooms.library)
    if task.kind is Kind.SITE:
        return _check_site(task, settings, rooms, base)
    drafts = [text_of(key, content) for key, content in sorted(task.drafts.items())]
    in_force = amended(base, task.in_force, rooms.site)
    replaced = {draft.key for draft in drafts}
    others = [one for one in task.in_force if one.key not in replaced or not one.is_in_force]
    try:
        # Their patterns first: to read a text whole is to search with them.
        if slow := [one for draft in drafts for one in _slow_in(draft)]:
            return Result(slow, [], [])
        library = amended(base, [*others, *drafts], rooms.site)
    except SiteError as error:
        return Result(str(error).splitlines(), [], [])
    rooms.triage.warm()
    dialogue = _dialogue(rooms, rooms.site, library)
    problems: list[Found | str] = []
    notes: list[Found | str] = []
    shown: list[dict[str, Any]] = []
    for draft in drafts:
        told = _told(dialogue, library, draft, replaced)
        problems += told.problems
        notes += told.notes
        shown += told.rehearsed
    languages = {None, *(draft.language for draft in drafts)}
    scenarios = [one for one in _scenarios(settings) if one.lang in languages]
    before = _rehearsed(_dialogue(rooms, rooms.site, in_force), scenarios)
    after = _rehearsed(dialogue, scenarios)
    problems += _fallen(before, after)
    return Result(_once(problems), _once(notes), [*shown, *_shown(scenarios, before, after)])


def _told(
    dialogue: Dialogue, library: Library, draft: Text, drafted: Collection[TextKey]
) -> Result:
    """One text of a change told to callers; where there are several, each line says of which."""
    procedure = library.procedures[draft.key]
    runs = list(runs_of(dialogue, procedure))
    problems = [*problems_of(procedure, runs)]
    notes = [*notes_of(procedure, runs), *_unapproved(library, procedure, drafted)]
    if len(drafted) > 1:
        name = f"{draft.procedure}.{draft.language}"
        problems = [one.within(name) for one in problems]
        notes = [one.within(name) for one in notes]
    shown = [
        {
            "name": run.name,
            "language": draft.language,
            "turns": [turn.as_dict() for turn in run.turns],
        }
        for run in runs
    ]
    return Result(problems, notes, shown)


def _slow_in(draft: Text) -> Iterator[Found]:
    name = f"{draft.procedure}.{draft.language}"
    yield from _slow(parse_yaml(draft.content, name, Procedure))


def _check_site(task: Task, settings: Settings, rooms: Rooms, base: Library) -> Result:
    paths = locate(settings.site.path)
    try:
        site = with_languages(parse_yaml(task.drafts["site"], "site.yaml", Site), settings)
        library = load_library(paths, site, site.languages[0])
        library = amended(library, task.in_force, site)
    except SiteError as error:
        return Result(str(error).splitlines(), [], [])
    problems: list[Found | str] = []
    if site.id != rooms.site.id:
        problems.append(Found("id", OTHER_SITE, {"site": repr(rooms.site.id)}))
    rooms.triage.warm()
    in_force = amended(base, task.in_force, rooms.site)
    scenarios = list(_scenarios(settings))
    before = _rehearsed(_dialogue(rooms, rooms.site, in_force), scenarios)
    changed = replace(rooms, triage=load_triage(site, site.languages))
    changed.triage.warm()
    after = _rehearsed(_dialogue(changed, site, library), scenarios)
    problems += _fallen(before, after)
    return Result(_once(problems), list(duty_check.notes(site)), _shown(scenarios, before, after))


def _dialogue(rooms: Rooms, site: Site, library: Library) -> Dialogue:
    guide = Guide(site, library, rooms.handbook)
    return Dialogue(site, rooms.triage, guide, max_exchanges=100)


def _scenarios(settings: Settings) -> Iterator[Scenario]:
    for path in locate(settings.site.path).files("scenarios/*.yaml"):
        yield from read_scenarios(path)


def _rehearsed(dialogue: Dialogue, scenarios: Sequence[Scenario]) -> list[RehearsedTurn]:
    async def all_turns() -> list[RehearsedTurn]:
        return [turn async for turn in rehearse(scenarios, dialogue)]

    return asyncio.run(all_turns())


def _fallen(before: Sequence[RehearsedTurn], after: Sequence[RehearsedTurn]) -> Iterator[Found]:
    """What a rehearsed call loses: urgency, or people who are alerted."""
    for was, turn in zip(before, after, strict=True):
        where = {"scenario": turn.scenario, "turn": str(turn.turn + 1)}
        if Urgency(turn.urgency).rank < Urgency(was.urgency).rank:
            yield Found("urgency", FALLS, where | {"was": was.urgency, "now": turn.urgency})
        if missing := sorted(set(was.escalated) - set(turn.escalated)):
            yield Found("alert", ALERTS_FEWER, where | {"roles": ", ".join(missing)})
        if was.reply and not turn.reply:
            yield Found("then", SAYS_NOTHING, where)


def _shown(
    scenarios: Sequence[Scenario], before: Sequence[RehearsedTurn], after: Sequence[RehearsedTurn]
) -> list[dict[str, Any]]:
    """The rehearsed calls with what callers heard before, where that differs."""
    shown = []
    for scenario in scenarios:
        turns = []
        for was, turn in zip(before, after, strict=True):
            if turn.scenario == scenario.id:
                said = scenario.turns[turn.turn]
                one = {"caller": said.caller or said.dtmf or "", "aurora": turn.reply}
                if was.reply != turn.reply:
                    one["before"] = was.reply
                turns.append(one)
        shown.append({"name": f"scenario:{scenario.id}", "turns": turns})
    return shown


def _unapproved(
    library: Library, procedure: Procedure, drafted: Collection[TextKey]
) -> Iterator[Found]:
    """Callers in a language whose text is a draft hear the first language's once it is approved."""
    if procedure.language != library.primary_language:
        return
    others = sorted(
        language
        for (name, language), other in library.procedures.items()
        if name == procedure.procedure and (name, language) not in drafted and not other.is_approved
    )
    if others:
        values = {"languages": ", ".join(others), "language": procedure.language}
        yield Found("approval", UNAPPROVED, values)


def _slow(procedure: Procedure) -> Iterator[Found]:
    """Patterns that take too long on a caller's words."""
    named = [("never", pattern) for pattern in procedure.never]
    named += [
        (f"replies.{one.id}.when", pattern)
        for one in procedure.replies
        if not one.is_general
        for pattern in one.when
    ]
    if procedure.called_for:
        named += [("called_for.when", pattern) for pattern in procedure.called_for.when]
    heard = [line for reply in procedure.replies for line in reply.heard[:1]]
    for field, pattern in named:
        own = [letter * 400 + "!" for letter in sorted(set(filter(str.isalnum, pattern.lower())))]
        if any(_takes_long(pattern, words) for words in (*own, *TRIALS, *heard[:20])):
            yield Found(field, SLOW, {"pattern": repr(pattern)})


def _takes_long(pattern: str, words: str) -> bool:
    # Again where it was slow: compiling it, or a page of memory, may have taken the time.
    return all(_cpu_s(pattern, words) > SLOW_PATTERN_S for _ in range(TRIED_AGAIN))


def _cpu_s(pattern: str, words: str) -> float:
    """Processor time of one search, at most GIVEN_UP_S: a busy machine makes no pattern slow."""

    def stop(signum: int, frame: object) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGVTALRM, stop)
    search = compiled(pattern).search
    signal.setitimer(signal.ITIMER_VIRTUAL, GIVEN_UP_S)
    began = time.process_time()
    try:
        search(words)
    except TimeoutError:
        return GIVEN_UP_S
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
    return time.process_time() - began


def _once(lines: Iterable[Found | str]) -> list[Found | str]:
    return list({str(one): one for one in lines}.values())


if __name__ == "__main__":
    main()
