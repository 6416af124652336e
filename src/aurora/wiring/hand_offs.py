"""What brings callers and people together, wired: by telephone and from the console."""

from fastapi import APIRouter

from aurora.console.handoff.room import HandOffRoom
from aurora.conversation.operators import Operators
from aurora.conversation.whisper import Whispers
from aurora.escalation.channels.base import Clock
from aurora.escalation.channels.twilio_calls import TwilioCalls
from aurora.in_force.site import SiteInForce
from aurora.lines.elsewhere.far import FarCalls
from aurora.lines.gather import GatherLine
from aurora.lines.hand_off.addresses import Addresses
from aurora.lines.hand_off.caller import CallersCall
from aurora.lines.hand_off.person import PersonsCall
from aurora.lines.hand_off.services import EmergencyServices
from aurora.lines.hand_off.transfers import Transfers
from aurora.lines.hand_off.webhooks import HandOffWebhooks, hand_off_routes
from aurora.lines.open_lines import OpenLines
from aurora.lines.twilio_signature import WebhookSignature
from aurora.rooms import Rooms
from aurora.settings import Settings
from aurora.wiring.reach import Reach


def open_transfers(
    settings: Settings, rooms: Rooms, reach: Reach, clock: Clock
) -> Transfers | None:
    """Return what rings people for callers on the telephone; None without an account."""
    public_url = settings.twilio.public_url
    if reach.phone is None or public_url is None:
        return None
    addresses = Addresses(public_url, reach.tokens)
    calls = TwilioCalls(reach.phone)
    return Transfers(rooms.site, rooms.library, reach.phone, calls, addresses, clock)


def webhook_routes(
    transfers: Transfers, operators: Operators, signature: WebhookSignature, gather: GatherLine
) -> APIRouter:
    """Return Twilio's webhooks of a hand-off; Gather goes on with whoever comes back."""
    person = PersonsCall(transfers, operators)
    caller = CallersCall(transfers, operators, gather.render)
    services = EmergencyServices(transfers, operators)
    webhooks = HandOffWebhooks(transfers.addresses, signature, operators, person, caller, services)
    return hand_off_routes(webhooks, gather.fallback)


def console_room(
    rooms: Rooms,
    operators: Operators,
    open_lines: OpenLines,
    transfers: Transfers | None,
    clock: Clock,
    far: FarCalls,
    in_force: SiteInForce,
) -> HandOffRoom:
    """Return what operators act through."""
    whispers = Whispers(rooms.dialogue, rooms.grounding)
    return HandOffRoom(
        operators, open_lines, whispers, transfers, clock, far, lambda: in_force.site
    )
