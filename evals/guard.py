"""Say where ratings fell behind the stored run; running them is the guarding test's work."""

from collections.abc import Iterator

from evals.measures import Share, UrgencyScore

RECALL_MAY_FALL = 0.005
UNDER_MAY_RISE = 0.01


def setbacks(now: UrgencyScore, stored: UrgencyScore) -> list[str]:
    """Return a sentence for each figure that got worse by more than it may; rates, not counts:
    a set may grow."""
    return list(_setbacks(now, stored))


def _setbacks(now: UrgencyScore, stored: UrgencyScore) -> Iterator[str]:
    if _rise(now.critical_recall, stored.critical_recall) < -RECALL_MAY_FALL:
        yield f"critical recall fell: {_told(now.critical_recall, stored.critical_recall)}"
    if _rise(now.critical_lost, stored.critical_lost) > 0:
        lost = _told(now.critical_lost, stored.critical_lost)
        yield f"more critical ones are called normal or assistive: {lost}"
    if _rise(now.under, stored.under) > UNDER_MAY_RISE:
        yield f"under-triage rose: {_told(now.under, stored.under)}"


def _rise(now: Share, stored: Share) -> float:
    return (now.rate or 0.0) - (stored.rate or 0.0)


def _told(now: Share, stored: Share) -> str:
    return f"{now.hits} of {now.of}, stored {stored.hits} of {stored.of}"
