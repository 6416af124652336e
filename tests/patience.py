"""How long a line in a test waits for its disk, its ears and its voice: as long as any test waits.

A busy machine would else be answered as a broken one. A test that is about a limit sets its own.
"""

from types import ModuleType

from aurora.conversation import operators
from aurora.lines import socket_calls
from aurora.lines.audio import ears
from aurora.records import (
    absences,
    accounts,
    api_tokens,
    audit,
    conditions,
    engines,
    incidents,
    musters,
    phones,
    seals,
    search,
    sessions,
    sql,
    versions,
    wrong_tries,
)
from aurora.speech import pool, steadiness, voice_process, worker_process

STORES = (
    *(absences, accounts, api_tokens, audit, conditions, incidents, musters),
    *(phones, search, seals, sessions, versions, wrong_tries),
)
"""What reads and writes the records for so long at most."""
LIMITS: tuple[tuple[ModuleType, str], ...] = (
    (sql, "TURN_SECONDS"),
    (sql, "LOOK_BACK_SECONDS"),
    (engines, "CONNECT_SECONDS"),
    (engines, "STATEMENT_SECONDS"),
    *((store, "WITHIN_S") for store in STORES),
    # A machine that cannot read a hand-off anew goes by what it knows.
    (operators, "NEWEST_WITHIN_S"),
    # A caller whose words are late is answered with what was understood of them so far.
    (ears, "PATIENCE_S"),
    (pool, "FINAL_WITHIN_S"),
    (worker_process, "STUCK_AFTER_S"),
    # The surer of two models is not asked any more once it is late.
    (steadiness, "LAGGING_S"),
    (voice_process, "DEADLINE_S"),
    # A dropped socket's last words are rated before Gather answers.
    (socket_calls, "DONE_WITHIN_S"),
)
"""Modules, and their limits that a busy machine may pass."""
