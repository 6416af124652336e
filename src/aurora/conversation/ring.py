"""A call that comes in, as its line knows it before anybody has spoken."""

from dataclasses import dataclass
from datetime import datetime

from aurora.conversation.call import Call
from aurora.conversation.ids import worker_id_for
from aurora.site.model import Site


@dataclass(frozen=True, slots=True)
class Ring:
    """Who rings, where, and by which name the provider knows the call."""

    line: str
    from_number: str | None = None
    to_number: str | None = None
    provider_id: str | None = None
    language: str | None = None


def begin(ring: Ring, call_id: str, site: Site, primary_language: str, now: datetime) -> Call:
    """Return a new call; a worker known by their number is greeted in their own language."""
    worker = site.worker(ring.from_number)
    return Call(
        id=call_id,
        line=ring.line,
        site=site.id,
        worker_id=worker_id_for(ring.from_number),
        worker_name=worker.name if worker else None,
        language=ring.language or (worker.language if worker else None) or primary_language,
        started_at=now,
        last_message_at=now,
        from_number=ring.from_number,
        to_number=ring.to_number,
        provider_id=ring.provider_id,
    )
