"""A session from sign-in to its end: who, until when, and what is left to prove; pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from aurora.accounts.secret import hash_of, new_secret

IDLE_FOR = timedelta(hours=12)
"""A shift. Nobody may be asked to sign in again in the middle of an emergency."""
LASTS = timedelta(days=7)
SECOND_STEP_WITHIN = timedelta(minutes=10)
SEEN_EVERY = timedelta(minutes=1)
"""How exactly it is known when a session was used last; each time is a write."""
LONGEST_BROWSER = 200
BROWSERS = {"Edg": "Edge", "OPR": "Opera", "Firefox": "Firefox", "Chrome": "Chrome"}
SYSTEMS = ("Android", "iPhone", "iPad", "Windows", "Mac OS", "CrOS", "Linux")
"""Looked for in this order: most call themselves several things."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who asks, as far as a request shows it."""

    address: str
    browser: str = ""
    """What it calls itself."""
    device: str = ""
    """The browser's own mark when somebody signed in with it before; else empty."""
    known_to: tuple[str, ...] = ()
    """The accounts that did."""


@dataclass(frozen=True, slots=True)
class Session:
    """One browser that somebody signed in with."""

    id: str
    """The hash of what its cookie carries."""
    account_id: str
    opened_at: datetime
    seen_at: datetime
    expires_at: datetime
    address: str
    browser: str
    is_whole: bool = True
    """False while the second step is still to come: until then it opens nothing."""

    def is_over(self, now: datetime) -> bool:
        return now >= self.expires_at or now - self.seen_at >= IDLE_FOR

    def is_stale(self, now: datetime) -> bool:
        """Whether its last use should be written down anew."""
        return now - self.seen_at >= SEEN_EVERY


def open_session(
    account_id: str, visitor: Visitor, now: datetime, *, is_whole: bool = True
) -> tuple[str, Session]:
    """Return the secret for the cookie, and the session to keep."""
    secret = new_secret()
    lasts = LASTS if is_whole else SECOND_STEP_WITHIN
    session = Session(
        hash_of(secret),
        account_id,
        now,
        now,
        now + lasts,
        visitor.address,
        visitor.browser[:LONGEST_BROWSER],
        is_whole,
    )
    return secret, session


def browser_name(called: str) -> str:
    """Return what a browser calls itself, short enough to recognise one's own by."""
    names = [name for mark, name in BROWSERS.items() if f"{mark}/" in called]
    if not names and "Safari/" in called:
        names = ["Safari"]
    systems = [system for system in SYSTEMS if system in called]
    return " · ".join([*names[:1], *systems[:1]]) or called[:40]
