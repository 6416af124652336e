"""A person's own telephones: registered for alerts, tried out, forgotten; nobody else's."""

import hashlib
import json
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response

from aurora.accounts.person import Person, Role
from aurora.console.door import Needs
from aurora.console.phone.parts import PhoneParts
from aurora.console.words import _, words_in
from aurora.errors import ChannelFault
from aurora.escalation.attempt_limit import AttemptLimit
from aurora.escalation.channels.push_message import check_keys
from aurora.escalation.channels.push_services import LONGEST_ENDPOINT
from aurora.escalation.phones import Phone
from aurora.lines.fields import json_response, read_fields
from aurora.lines.problems import Problem, unprocessable
from aurora.muster.people import claimable

MOST_TRIES = 10
"""Of registering and trying out, in ten minutes of one account."""
TRIED_FOR_S = 8.0


class Keys(BaseModel):
    model_config = ConfigDict(extra="ignore")

    p256dh: Annotated[str, Field(max_length=200)]
    auth: Annotated[str, Field(max_length=100)]


class Subscription(BaseModel):
    """What a browser's PushSubscription says of itself."""

    model_config = ConfigDict(extra="ignore", str_strip_whitespace=True)

    endpoint: Annotated[str, Field(min_length=1, max_length=LONGEST_ENDPOINT)]
    keys: Keys
    device: Annotated[str, Field(max_length=60)] = ""


def my_phone_routes(parts: PhoneParts) -> APIRouter:
    """Return the routes."""
    router = APIRouter(prefix="/console/phone")
    anyone = Depends(Needs(parts.door, Role.VIEWER))
    tries = AttemptLimit(MOST_TRIES)

    def count(person: Person) -> None:
        if not tries.may_try(person.id, parts.clock()):
            raise Problem(429, "Too often", "Wait ten minutes, then try again.")
        tries.note(person.id, parts.clock())

    @router.get("")
    async def page(request: Request, person: Annotated[Person, anyone]) -> Response:
        links = await parts.phones.links()
        people = claimable((await parts.sites(None))[0])
        return parts.frame.page(
            request,
            person,
            "phone/phone.html",
            phones=await parts.phones.of_account(person.id),
            own=next((link for link in links if link.account_id == person.id), None),
            links=links if person.role is Role.ADMIN else [],
            people=people,
            names={one.key: one.name for one in people},
            push_key=parts.push.public_key,
        )

    @router.post("/subscriptions")
    async def register(request: Request, person: Annotated[Person, anyone]) -> Response:
        asked = await read_fields(request, Subscription)
        count(person)
        phone = _phone(asked, person, parts)
        if not await parts.phones.register(phone):
            detail = _(
                "This telephone is registered by somebody else; they have to remove it first."
            )
            raise Problem(409, "Registered already", detail, "endpoint")
        await parts.audit.note(person, "phone.registered", phone.id, {"device": phone.device})
        return json_response({"id": phone.id}, 201)

    @router.delete("/subscriptions/{phone_id}")
    async def forget(phone_id: str, person: Annotated[Person, anyone]) -> Response:
        await parts.phones.forget(person.id, phone_id[:64])
        await parts.audit.note(person, "phone.forgotten", phone_id[:64])
        return Response(status_code=204)

    @router.post("/test")
    async def try_out(person: Annotated[Person, anyone]) -> Response:
        count(person)
        phones = await parts.phones.of_account(person.id)
        body = _test_words(person, parts)
        taken = [await _is_taken(parts, phone, body) for phone in phones]
        return json_response({"taken": sum(taken), "phones": len(phones)})

    return router


def _phone(asked: Subscription, person: Person, parts: PhoneParts) -> Phone:
    """Raises Problem 422 for an address that is no push service's, or keys that are none."""
    try:
        parts.push.services.check(asked.endpoint)
    except ChannelFault as fault:
        raise unprocessable(str(fault), "endpoint") from fault
    try:
        check_keys(asked.keys.p256dh, asked.keys.auth)
    except ValueError as error:
        raise unprocessable(f"keys: {error}.", "keys") from error
    return Phone(
        id=hashlib.sha256(asked.endpoint.encode()).hexdigest(),
        account_id=person.id,
        endpoint=asked.endpoint,
        p256dh=asked.keys.p256dh,
        auth=asked.keys.auth,
        device=asked.device,
        at=parts.clock(),
    )


def _test_words(person: Person, parts: PhoneParts) -> bytes:
    words = words_in(person.language)
    shown: dict[str, Any] = {
        "title": words.gettext("Test: alerts reach this telephone"),
        "body": parts.site.name,
        "language": person.language,
        "incident": "test",
        "at": int(parts.clock().timestamp() * 1000),
        "is_urgent": False,
        "page": "/console/phone",
        "answer": None,
    }
    return json.dumps(shown, ensure_ascii=False).encode()


async def _is_taken(parts: PhoneParts, phone: Phone, body: bytes) -> bool:
    try:
        await parts.push.channel.send_to(phone, body, "test", TRIED_FOR_S, is_urgent=False)
    except ChannelFault:
        return False
    return True
