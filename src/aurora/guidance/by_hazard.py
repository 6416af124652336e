"""Which procedure a hazard calls for by itself; whether it begins is the guide's."""

from aurora.levels import Hazard, Urgency

CRITICAL_BY_HAZARD = {
    Hazard.FIRE: "fire",
    Hazard.EXPLOSION: "explosion",
    Hazard.GAS_LEAK: "flammable_gas",
    Hazard.TOXIC_GAS: "toxic_gas",
    Hazard.CHEMICAL: "chemical_splash",
    Hazard.ELECTRICAL: "electrocution",
    Hazard.CONFINED_SPACE: "confined_space",
    Hazard.FALL: "fall",
    Hazard.MACHINERY: "caught_in_machine",
    Hazard.VEHICLE: "crush",
    Hazard.STRUCK_BY: "crush",
    Hazard.COLLAPSE: "crush",
    Hazard.BURN: "burns",
    Hazard.MEDICAL: "medical",
    Hazard.INJURY: "bleeding",
    Hazard.HEAT: "heat",
    Hazard.DROWNING: "drowning",
    Hazard.PRESSURE: "pressure",
    Hazard.VIOLENCE: "violence",
}
URGENT_BY_HAZARD = {
    Hazard.CHEMICAL: "spill",
    Hazard.BURN: "burns",
    Hazard.MEDICAL: "injury",
    Hazard.INJURY: "injury",
    Hazard.FALL: "injury",
    Hazard.HEAT: "injury",
}
"""Every other urgent hazard is an unsafe condition."""


def procedure_for(urgency: Urgency, hazard: Hazard) -> str | None:
    """Return the procedure for a hazard that triage or the model named without one."""
    if urgency is Urgency.CRITICAL:
        return CRITICAL_BY_HAZARD.get(hazard, "emergency")
    if urgency is Urgency.URGENT:
        return URGENT_BY_HAZARD.get(hazard, "unsafe_condition")
    return None
