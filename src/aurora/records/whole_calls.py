"""Read one call with everything that belongs to it, its incidents and their alerts included."""

from collections.abc import Sequence

from aurora.conversation.record import Event
from aurora.records.call_record import IncidentRecord, WholeCall
from aurora.records.incidents import SqlIncidents
from aurora.records.sql import SqlRecords


class WholeCalls:
    """The record of calls and that of incidents, read together."""

    def __init__(self, records: SqlRecords, incidents: SqlIncidents) -> None:
        self._records = records
        self._incidents = incidents

    async def read(self, call_id: str) -> WholeCall | None:
        """Return a call by its id or its provider id, or None; raises RecordsError."""
        call = await self._records.find(call_id)
        if call is None:
            return None
        messages = await self._records.messages(call.id)
        events = await self._records.events(call.id)
        return WholeCall(call, messages, events, await self._incidents_of(events))

    async def _incidents_of(self, events: Sequence[Event]) -> list[IncidentRecord]:
        # Whoever alerts notes the incident on each of its calls.
        named = dict.fromkeys(
            str(event.details["incident"]) for event in events if "incident" in event.details
        )
        found: dict[str, IncidentRecord] = {}
        for incident_id in named:
            wanted: str | None = incident_id
            while wanted is not None and wanted not in found:
                incident = (await self._incidents.read_one(wanted)).incidents.get(wanted)
                if incident is None:
                    break
                alerts = await self._incidents.alerts_of(wanted)
                found[wanted] = IncidentRecord(incident, alerts)
                wanted = incident.merged_into
        return list(found.values())
