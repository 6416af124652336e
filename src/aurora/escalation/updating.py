"""Tell those who were alerted what is new, durably: it is owed to them until they were told."""

from collections.abc import Callable
from datetime import datetime
from functools import partial

from aurora.escalation.durable import Durable, Workflow, step, workflow
from aurora.escalation.incident import Incident
from aurora.escalation.ledger import Incidents, Ledger
from aurora.escalation.pager import Pager

UPDATE = "tell_news"


class Updates:
    """Sends what is owed of an incident's news."""

    def __init__(self, incidents: Incidents, pager: Pager, clock: Callable[[], datetime]) -> None:
        self._incidents = incidents
        self._pager = pager
        self._clock = clock

    async def tell(self, incident_id: str, key: str) -> None:
        """Tell what is owed under a key; called again it changes nothing. Raises RecordsError."""
        ledger = await self._incidents.read(self._clock())
        incident = ledger.resolved(incident_id)
        owed = next((one for one in incident.untold if one.key == key), None) if incident else None
        if incident is None or owed is None:
            return
        if incident.is_live:
            pages = [page for page in ledger.paged(incident) if page.contact_id in owed.contacts]
            await self._pager.update(incident, pages, owed.news, key)

        def forget(known: Ledger) -> None:
            if (found := known.resolved(incident_id)) is not None:
                found.untold = [one for one in found.untold if one.key != key]

        await self._incidents.change(forget, self._clock(), incident_id)


async def begin_updates(durable: Durable, incident: Incident) -> None:
    """Begin to tell all that is owed; begun again it changes nothing."""
    for one in incident.untold:
        await durable.begin(UPDATE, f"update:{incident.id}:{one.key}", incident.id, one.key)


def add_updates(durable: Durable, updates: Updates) -> None:
    durable.add(UPDATE, partial(_workflow_of, updates))


def _workflow_of(updates: Updates) -> Workflow:
    tell = step(updates.tell, "tell_news_once")

    @workflow(UPDATE)
    async def update(incident_id: str, key: str) -> None:
        await tell(incident_id, key)

    return update
