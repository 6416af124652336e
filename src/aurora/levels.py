"""The words all rooms share for how urgent and what kind, and the order urgency rises in."""

from enum import StrEnum


class Urgency(StrEnum):
    """How soon a human must act, from `evals`' labelling rules."""

    ASSISTIVE = "assistive"
    NORMAL = "normal"
    URGENT = "urgent"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        """0 (assistive) to 3 (critical)."""
        return _RANK[self]

    @property
    def is_emergency(self) -> bool:
        """Critical or urgent: such a call is never ended by Aurora."""
        return self.rank >= _RANK[Urgency.URGENT]


_RANK = {level: rank for rank, level in enumerate(Urgency)}


def highest(*levels: Urgency) -> Urgency:
    """Return the most urgent of one or more levels."""
    return max(levels, key=lambda level: level.rank)


class Hazard(StrEnum):
    """What kind of thing is wrong: the coarse words used for statistics and evaluation."""

    FIRE = "fire"
    EXPLOSION = "explosion"
    GAS_LEAK = "gas_leak"
    TOXIC_GAS = "toxic_gas"
    CHEMICAL = "chemical"
    ELECTRICAL = "electrical"
    CONFINED_SPACE = "confined_space"
    FALL = "fall"
    MACHINERY = "machinery"
    VEHICLE = "vehicle"
    STRUCK_BY = "struck_by"
    COLLAPSE = "collapse"
    BURN = "burn"
    MEDICAL = "medical"
    INJURY = "injury"
    HEAT = "heat"
    DROWNING = "drowning"
    PRESSURE = "pressure"
    VIOLENCE = "violence"
    EQUIPMENT = "equipment"
    OTHER = "other"
    NONE = "none"
