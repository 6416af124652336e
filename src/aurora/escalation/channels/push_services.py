"""Which push services alerts may be sent to: a browser names the address, so it is not trusted."""

from collections.abc import Sequence
from ipaddress import ip_address
from urllib.parse import urlsplit

from aurora.errors import ChannelFault
from aurora.escalation.channels.addresses import Destination, Resolve, destination, resolve

KNOWN = (
    "fcm.googleapis.com",
    "updates.push.services.mozilla.com",
    ".push.apple.com",
    ".notify.windows.com",
)
"""Of Chrome, Firefox, Safari and Edge; one that begins with a dot stands for the names below it."""
LONGEST_ENDPOINT = 1_000
"""Windows's are the longest, some 600 characters."""


class PushServices:
    """The known ones, and those that the settings name."""

    def __init__(self, own: Sequence[str] = (), resolve: Resolve = resolve) -> None:
        """own: origins, such as https://push.plant.example; these may be in the plant's network."""
        self._own = frozenset(own)
        self._resolve = resolve

    def check(self, endpoint: str) -> None:
        """Raise ChannelFault unless the address is a push service's by its name."""
        if len(endpoint) > LONGEST_ENDPOINT or not (self._is_own(endpoint) or _is_known(endpoint)):
            detail = "no push service that this line knows; AURORA_PUSH_SERVICES names others"
            raise ChannelFault("push_service_unknown", detail, is_final=True)

    async def destination(self, endpoint: str) -> Destination:
        """Return where an endpoint leads; raises ChannelFault, or OSError unresolved."""
        self.check(endpoint)
        to = await destination(endpoint, self._resolve)
        if not self._is_own(endpoint) and not all(map(_is_public, to.addresses)):
            detail = f"{to.host} does not lead to the public internet"
            raise ChannelFault("address_not_allowed", detail, is_final=True)
        return to

    def _is_own(self, endpoint: str) -> bool:
        return origin_of(endpoint) in self._own


def origin_of(endpoint: str) -> str:
    """Return scheme and host, with the port where one is given; "" for what is no address."""
    try:
        parts = urlsplit(endpoint)
        is_plain = bool(parts.hostname) and "@" not in parts.netloc
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.netloc.lower()}" if is_plain else ""


def _is_known(endpoint: str) -> bool:
    scheme, _, host = origin_of(endpoint).partition("://")
    if scheme != "https":
        return False
    return any(host == name or (name[0] == "." and host.endswith(name)) for name in KNOWN)


def _is_public(address: str) -> bool:
    return ip_address(address.partition("%")[0]).is_global
