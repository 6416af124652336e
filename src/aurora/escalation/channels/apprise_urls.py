"""Alerts by e-mail, chat and push through Apprise; the only file that imports it.

Its URLs hold passwords and tokens, also in places that its own redaction leaves open: only the
name of the service is ever told.
"""

import logging
import warnings

import apprise

from aurora.errors import ChannelFault
from aurora.escalation.alert import Alert
from aurora.escalation.answer_words import ASK_FOR_AN_ANSWER, words_in
from aurora.escalation.brief import AlertKind
from aurora.escalation.channels.addresses import Addresses
from aurora.escalation.channels.base import Clock, Sent, Unasked, left_s, marked
from aurora.escalation.channels.patience import Patience, TryAgain, Trying
from aurora.escalation.channels.threads import NotInTime, Threads
from aurora.escalation.plan import ChannelKind
from aurora.levels import Urgency

THREADS = 4
WITHIN_S = 12.0
"""For one try: mail servers are slow, the next channel waits."""

# They log what is sent and where to, secrets in a path included. A filter, because uvicorn's own
# logging configuration makes every disabled logger speak again.
logging.getLogger("apprise").addFilter(lambda record: False)
logging.getLogger("urllib3.connectionpool").setLevel(logging.WARNING)


class AppriseChannel(Unasked):
    """Apprise says whether a service took a message, not why it did not."""

    kind = ChannelKind.APPRISE

    def __init__(
        self, addresses: Addresses, clock: Clock, *, patience: Patience = Patience()
    ) -> None:
        self._addresses = addresses
        self._clock = clock
        self._patience = patience
        self._threads = Threads(THREADS, "apprise")
        _load_services()

    async def send(self, alert: Alert) -> Sent:
        within_s = left_s(alert, self._clock())
        url = self._addresses.url_of(alert.address)

        async def attempt(trying: Trying) -> str:
            limit_s = min(WITHIN_S, trying.left_s)
            try:
                return await self._threads.run(lambda: _notify(url, alert, limit_s), limit_s)
            except NotInTime as late:
                raise TryAgain("apprise_too_slow", is_unsure=late.is_begun) from late

        service, notes = await self._patience.persist(attempt, within_s)
        return Sent(alert.id, self._clock(), (*notes, f"by_{service}"))

    async def close(self) -> None:
        self._threads.close()


def _load_services() -> None:
    """Load its hundred services, a quarter of a second, before the first alert waits."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        apprise.Apprise().add("json://localhost/")


def _notify(url: str, alert: Alert, within_s: float) -> str:
    """Send, blocking; return the service's name. Raises TryAgain or ChannelFault."""
    services = apprise.Apprise()
    if not services.add(url):
        raise ChannelFault("bad_apprise_url", "no service takes this URL", is_final=True)
    name = "".join(filter(str.isalnum, str(services[0].service_name))).lower()
    result = services.notify(
        body=_body(alert),
        title=marked(alert, alert.texts.subject),
        notify_type=_kind_of(alert),
        body_format=apprise.NotifyFormat.TEXT,
        interpret_escapes=False,
        timeout=within_s,
    )
    if result:
        return name
    raise TryAgain(f"apprise_{name}_failed", is_unsure=True)


def _body(alert: Alert) -> str:
    """The long text; it can be answered by the link alone, since a reply to it goes nowhere."""
    text = marked(alert, alert.texts.long)
    if alert.links is None or alert.kind not in ASK_FOR_AN_ANSWER:
        return text
    return f"{text}\n{words_in(alert.language).answer_here.format(link=alert.links.accept)}"


def _kind_of(alert: Alert) -> apprise.NotifyType:
    if alert.kind is AlertKind.STAND_DOWN:
        return apprise.NotifyType.SUCCESS
    if alert.urgency == Urgency.CRITICAL:
        return apprise.NotifyType.FAILURE
    if alert.urgency == Urgency.URGENT:
        return apprise.NotifyType.WARNING
    return apprise.NotifyType.INFO
