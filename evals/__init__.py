"""Labelled sets, and what triage, scenarios and grounding score on them."""
