"""Rate labelled utterances as `aurora triage` does, seeing their words and language alone."""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from aurora.rehearsal.triage_lines import rate_lines
from aurora.site.load import load_site, locate
from aurora.triage.assess import Triage, load_triage
from evals.measures import Labelled, Rated


def packaged_triage() -> Triage:
    """Return triage of the packaged site, warm: figures do not depend on a plant's own data."""
    site = load_site(locate(None))
    triage = load_triage(site, site.languages)
    triage.warm()
    return triage


def as_line(item: Labelled) -> bytes:
    """Return what triage is told of an utterance; its labels stay behind."""
    return orjson.dumps({key: item[key] for key in ("id", "text", "lang")})


def rate(items: Sequence[Labelled], triage: Triage) -> Mapping[Any, Rated]:
    """Return the ratings by id; raises ValueError on a line triage cannot take."""
    written: list[str] = []

    def complain(problem: str) -> None:
        raise ValueError(problem)

    rate_lines(map(as_line, items), triage, "en", written.append, complain)
    return {rating["id"]: rating for rating in map(orjson.loads, written)}
