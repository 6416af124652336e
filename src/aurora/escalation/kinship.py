"""Which hazards may be one happening: by what they are, and by how sure it is that they meet."""

from itertools import combinations

from aurora.levels import Hazard

UNKNOWN = frozenset({Hazard.NONE, Hazard.OTHER})
CASUALTY = frozenset({Hazard.MEDICAL, Hazard.INJURY})
"""Somebody is hurt or ill, from whatever it was."""
FAMILIES = (
    frozenset({Hazard.FIRE, Hazard.EXPLOSION, Hazard.GAS_LEAK, Hazard.ELECTRICAL, Hazard.PRESSURE}),
    frozenset({Hazard.FIRE, Hazard.EXPLOSION, Hazard.TOXIC_GAS, Hazard.CHEMICAL, Hazard.BURN}),
    frozenset({Hazard.GAS_LEAK, Hazard.TOXIC_GAS, Hazard.CHEMICAL, Hazard.CONFINED_SPACE}),
    frozenset({Hazard.COLLAPSE, Hazard.EXPLOSION, Hazard.STRUCK_BY, Hazard.FALL}),
    frozenset({Hazard.MACHINERY, Hazard.VEHICLE, Hazard.STRUCK_BY, Hazard.EQUIPMENT}),
    frozenset({Hazard.PRESSURE, Hazard.BURN, Hazard.EQUIPMENT}),
    frozenset({Hazard.ELECTRICAL, Hazard.BURN, Hazard.EQUIPMENT}),
)
"""What callers name for one thing, or what follows from one another in the same place."""
TWINS = (
    frozenset({Hazard.FIRE, Hazard.EXPLOSION}),
    frozenset({Hazard.GAS_LEAK, Hazard.EXPLOSION}),
    frozenset({Hazard.GAS_LEAK, Hazard.TOXIC_GAS}),
    frozenset({Hazard.TOXIC_GAS, Hazard.CHEMICAL}),
)
"""What two callers name for one thing wherever they stand."""
OF_THE_PLANT = frozenset({Hazard.FIRE, Hazard.EXPLOSION, Hazard.GAS_LEAK, Hazard.TOXIC_GAS})
"""Many call about one of these; of the others, two in unknown places are two people."""
_RELATED = frozenset(
    frozenset(pair) for family in FAMILIES for pair in combinations(sorted(family), 2)
)


def may_be_one(one: Hazard, other: Hazard) -> bool:
    """Whether two reports from the same zone may be about one happening."""
    if one is other or one in UNKNOWN or other in UNKNOWN:
        return True
    return bool(CASUALTY & {one, other}) or frozenset({one, other}) in _RELATED


def is_alike(one: Hazard, other: Hazard, *, both_lost: bool) -> bool:
    """Whether two reports are about one happening where a zone is not known.

    both_lost: neither zone is known.
    """
    if one in UNKNOWN or other in UNKNOWN:
        return False
    if both_lost and not {one, other} <= OF_THE_PLANT:
        return False
    return one is other or frozenset({one, other}) in TWINS
