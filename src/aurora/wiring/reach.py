"""The channels that settings and site allow, opened and closed together; the plan uses them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit

from aurora.escalation.acknowledgement import Tokens
from aurora.escalation.channels.addresses import Addresses
from aurora.escalation.channels.base import Channel, Clock, kinds_used
from aurora.escalation.channels.callbacks import Callbacks
from aurora.escalation.channels.cap import CapChannel
from aurora.escalation.channels.cap_message import Sender
from aurora.escalation.channels.console import ConsoleChannel, Show
from aurora.escalation.channels.push import Push, PushChannel
from aurora.escalation.channels.push_message import PushSender
from aurora.escalation.channels.push_services import PushServices
from aurora.escalation.channels.signed_post import SignedPost
from aurora.escalation.channels.sms import SmsChannel
from aurora.escalation.channels.voice import VoiceChannel
from aurora.escalation.channels.webhook import WebhookChannel
from aurora.escalation.phones import Phones
from aurora.escalation.plan import ChannelKind
from aurora.records.signing_key import signing_key
from aurora.settings import AlertSettings, Settings, TwilioSettings
from aurora.site.model import Site

if TYPE_CHECKING:
    from aurora.escalation.channels.twilio_rest import TwilioRest


class Closeable(Protocol):
    async def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Reach:
    """How this line reaches people and is answered."""

    channels: Mapping[ChannelKind, Channel]
    tokens: Tokens
    callbacks: Callbacks | None
    """None without a public address: then nobody can answer but at the console."""
    phone: "TwilioRest | None"
    """The telephone account, where one is set up."""
    opened: tuple[Closeable, ...]
    push: Push
    phones: Phones

    async def close(self) -> None:
        for one in self.opened:
            await one.close()


def open_reach(settings: Settings, site: Site, show: Show, clock: Clock, phones: Phones) -> Reach:
    """Open what is set up; `off` says what is not. Raises RecordsError for a broken key file."""
    tokens, public_url = Tokens(key_of(settings), clock), settings.twilio.public_url
    callbacks = Callbacks(public_url, tokens) if public_url else None
    addresses = Addresses(
        {name: url.get_secret_value() for name, url in settings.alerts.urls.items()}
    )
    channels: list[Channel] = [ConsoleChannel(show, clock)]
    if ChannelKind.APPRISE in kinds_used(site):
        channels.append(_apprise(addresses, clock))
    shared: list[Closeable] = []
    if twilio := _twilio(settings.twilio):
        shared.append(twilio)
        channels.append(SmsChannel(twilio, callbacks, clock))
        channels.append(VoiceChannel(twilio, callbacks, site, clock))
    if post := _post(settings.alerts, clock):
        shared.append(post)
        channels.append(WebhookChannel(post, addresses, clock))
        channels.append(CapChannel(post, addresses, sender_of(site, public_url), clock))
    push = _push(settings, site, phones, tokens, clock)
    channels.append(push.channel)
    by_kind = {channel.kind: channel for channel in channels}
    return Reach(by_kind, tokens, callbacks, twilio, (*channels, *shared), push, phones)


def key_of(settings: Settings) -> bytes:
    """Return what signs this line's links and cookies; raises RecordsError."""
    key = settings.alerts.signing_key
    return key.get_secret_value().encode() if key else signing_key(settings.records.data_dir)


def off(settings: Settings) -> dict[str, str]:
    """Return what cannot be used, with the variables to set."""
    twilio, missing = settings.twilio, {}
    if not (twilio.account_sid and twilio.auth_token and twilio.phone_number):
        missing["sms, voice"] = "TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN, TWILIO_PHONE_NUMBER"
    if twilio.public_url is None:
        missing["answers by text, key and link"] = "AURORA_PUBLIC_URL"
    if settings.alerts.webhook_secret is None:
        missing["webhook, cap"] = "AURORA_WEBHOOK_SECRET"
    return missing


def sender_of(site: Site, public_url: str | None) -> Sender:
    """Return who CAP messages are from."""
    host = (urlsplit(public_url).hostname if public_url else None) or "aurora.invalid"
    phone = site.contact(site.control_room).number
    return Sender(f"{site.id}@{host}", site.name, site.timezone, phone)


def _push(settings: Settings, site: Site, phones: Phones, tokens: Tokens, clock: Clock) -> Push:
    services = PushServices(settings.alerts.push_services)
    subject = f"mailto:{sender_of(site, settings.twilio.public_url).id}"
    sender = PushSender(key_of(settings), subject)
    number = site.contact(site.control_room).number
    channel = PushChannel(phones, services, sender, tokens, number, clock)
    return Push(channel, services, sender.public_key)


def _twilio(settings: TwilioSettings) -> "TwilioRest | None":
    if not (settings.account_sid and settings.auth_token and settings.phone_number):
        return None
    # Imported only where it is used: the SDK takes a third of a second.
    from aurora.escalation.channels.twilio_rest import TwilioRest

    token = settings.auth_token.get_secret_value()
    number, api_url = settings.phone_number, settings.api_url
    return TwilioRest(settings.account_sid, token, number, api_url=api_url)


def _apprise(addresses: Addresses, clock: Clock) -> Channel:
    # Imported only where a contact uses it: it takes as long.
    from aurora.escalation.channels.apprise_urls import AppriseChannel

    return AppriseChannel(addresses, clock)


def _post(settings: AlertSettings, clock: Clock) -> SignedPost | None:
    secret = settings.webhook_secret
    return SignedPost(secret.get_secret_value(), clock) if secret else None
