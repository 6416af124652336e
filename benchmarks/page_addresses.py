"""Which addresses stand for each page of the console, by its route."""

import random
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

from aurora.console.analytics.routes import STRETCHES
from benchmarks.made_history import NAMES
from benchmarks.made_rooms import Furnished

WORDS = (
    *("smoke", "gas", "forklift battery", "rauch", "humo", "drum of solvent", "ladder", "the"),
    *("press shop", "zone b smoke", '"gas corridor"', "gaskorridor", "keller", "confined", "a"),
    *("12025550042", "nothing has these words", "s", "not spoken lamp", "coughing muster"),
)
HISTORY = "/console/history"
Pages = Mapping[str, Sequence[str]]
"""Addresses by the page they are of."""
FILES = "file,"
"""What the names of exports begin with."""
OFF = {"/console/map/plan": "404 until a plan is laid under the map"}
"""Routes of a new line that lead nowhere, and why."""


def addresses(
    made: Furnished, calls: Sequence[str], live: str, today: date, days: int, asked: int
) -> dict[str, Pages]:
    """Return by route what to ask for, in different words each time.

    calls: ids of ended calls. live: the id of an open one. asked: how many addresses of a kind.
    """
    chance = random.Random(6)  # noqa: S311 - which pages are asked for
    one_of = [chance.choice(calls) for _ in range(asked)]
    call, site = f"/console/calls/{live}", f"/console/site/versions/{made.site_draft}"
    procedure = f"/console/procedures/versions/{made.procedure_draft}"
    month = f"from={today - timedelta(days=30)}&until={today}"
    return {
        "/console": {"board": ["/console"]},
        "/console/board/events": {"board, its stream opened": ["/console/board/events"]},
        "/console/board/incidents/{incident_id}/forms/{form}": {
            "board, a form": [f"/console/board/incidents/{made.incident_id}/forms/answer"]
        },
        "/console/calls/{call_id}": {
            "call, live": [call],
            "call, ended": [f"/console/calls/{one}" for one in one_of],
        },
        "/console/calls/{call_id}/events": {"call, its stream opened": [f"{call}/events"]},
        "/console/calls/{call_id}/forms/{form}": {"call, a form": [f"{call}/forms/urgency"]},
        "/console/calls/{call_id}/voice": {"call, taking over": [f"{call}/voice"]},
        "/console/calls/{call_id}/hand-off": {"call, hand-off": [f"{call}/hand-off"]},
        "/console/calls/{call_id}/hand-off/state": {"hand-off, state": [f"{call}/hand-off/state"]},
        HISTORY: _history(chance, today, days, asked),
        f"{HISTORY}/calls.csv": {"file, a month as CSV": [f"{HISTORY}/calls.csv?{month}"]},
        f"{HISTORY}/calls.json": {"file, a month as JSON": [f"{HISTORY}/calls.json?{month}"]},
        f"{HISTORY}/calls/{{call_id}}": {
            "record of a call": [f"{HISTORY}/calls/{one}" for one in one_of]
        },
        f"{HISTORY}/calls/{{call_id}}/record.pdf": {
            "record as PDF": [f"{HISTORY}/calls/{one}/record.pdf" for one in one_of]
        },
        f"{HISTORY}/calls/{{call_id}}/record.json": {
            "record as JSON": [f"{HISTORY}/calls/{one}/record.json" for one in one_of]
        },
        "/console/analytics": {
            f"analytics, {days} days": [f"/console/analytics?days={days}"] for days in STRETCHES
        },
        "/console/analytics/{figure_id}.csv": {
            "analytics, a CSV": ["/console/analytics/zone.csv?days=365"]
        },
        "/console/map": {"map": ["/console/map"]},
        "/console/map/live": {"map, live": ["/console/map/live"]},
        "/console/map/edit": {"map, editor": ["/console/map/edit"]},
        "/console/procedures": {
            "procedures": ["/console/procedures", "/console/procedures?q=gas&state=approved"]
        },
        "/console/procedures/{key}": {
            "procedure": [
                f"/console/procedures/{name}.{language}"
                for name in ("fire", "flammable_gas", "cardiac_arrest", "caught_in_machine")
                for language in ("en", "de", "fr", "es")
            ]
        },
        "/console/procedures/versions/{version_id}": {
            "procedure, draft": [procedure],
            "procedure, draft as file": [f"{procedure}?view=file"],
        },
        "/console/site": {"site": ["/console/site"]},
        "/console/site/site": {"site, by key": ["/console/site/site"]},
        "/console/site/versions/{version_id}": {
            f"site draft, {view}": [f"{site}?view={view}"]
            for view in ("contacts", "roles", "rosters", "zones", "file")
        },
        "/console/handbook": {
            "handbook": ["/console/handbook"],
            "handbook, a question": [
                f"/console/handbook?q={words}&language=en"
                for words in ("how do I charge a forklift battery", "who signs a permit")
            ],
        },
        "/console/handbook/documents/{language}/{document_id}": {
            "handbook, a document": [f"/console/handbook/documents/{made.document}"]
        },
        "/console/duty": {"duty": ["/console/duty"]},
        "/console/phone": {"my telephone": ["/console/phone"]},
        "/console/incidents": {"incidents": ["/console/incidents"]},
        "/console/incidents/{incident_id}": {
            "incident": [f"/console/incidents/{made.incident_id}"]
        },
        "/console/muster": {"muster": ["/console/muster"]},
        "/console/muster/roll": {"muster, roll": ["/console/muster/roll"]},
        "/console/me": {"my account": ["/console/me"]},
        "/console/me/second-step": {"second step": ["/console/me/second-step"]},
        "/console/accounts": {"accounts": ["/console/accounts"]},
        "/console/accounts/{account_id}": {"account": [f"/console/accounts/{made.account_id}"]},
        "/console/audit": {
            "audit trail": [
                "/console/audit",
                "/console/audit?act=sign_in",
                "/console/audit?who=nobody+of+this+name",
                "/console/audit?before=200",
                f"/console/audit?since={today - timedelta(days=300)}&who=son%207",
            ]
        },
        "/console/audit.csv": {
            "file, a month of the trail": [
                f"/console/audit.csv?since={today - timedelta(days=30)}&until={today}"
            ]
        },
    }


def _history(chance: random.Random, today: date, days: int, asked: int) -> Pages:
    begins = [today - timedelta(days=chance.randrange(days)) for _ in range(asked)]
    return {
        "history, newest": [HISTORY],
        "history, deep": [f"{HISTORY}?before={chance.randrange(100_000)}" for _ in range(asked)],
        "history, search": [f"{HISTORY}?q={chance.choice(WORDS)}" for _ in range(asked)],
        "history, search and filters": list(_filtered(chance, asked)),
        "history, filters": [
            f"{HISTORY}?hazard={hazard}&zone={zone}&answer=waiting&drill=yes"
            for hazard in ("fire", "medical", "drowning", "fall", "chemical", "none")
            for zone in "abcdef"
        ],
        "history, search in a month": [
            f"{HISTORY}?q={chance.choice(WORDS)}&from={day}&until={day + timedelta(days=30)}"
            for day in begins
        ],
    }


def _filtered(chance: random.Random, asked: int) -> Iterator[str]:
    for _ in range(asked):
        words = chance.choice((*WORDS, *(name.partition(" ")[0] for name in NAMES)))
        urgency = chance.choice(("critical", "urgent", "normal", "assistive"))
        language = chance.choice(("", "en", "de", "fr"))
        yield f"{HISTORY}?q={words}&urgency={urgency}&language={language}&drill=no"
