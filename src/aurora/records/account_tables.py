"""The tables of accounts, sessions, links, tokens, wrong tries and the audit trail."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, String, Table, Text

from aurora.records.tables import UtcTime, metadata

accounts = Table(
    "accounts",
    metadata,
    Column("id", String, primary_key=True),
    Column("name", String, nullable=False),
    # What two spellings of a name have in common.
    Column("name_key", String, nullable=False, unique=True),
    Column("role", String, nullable=False),
    Column("language", String, nullable=False),
    Column("theme", String, nullable=False),
    Column("password", String),
    Column("totp_key", String),
    Column("totp_step", Integer, nullable=False),
    Column("subject", String, unique=True),
    Column("is_disabled", Boolean, nullable=False),
    Column("created_at", UtcTime, nullable=False),
)

sessions = Table(
    "sessions",
    metadata,
    Column("id", String, primary_key=True),
    Column("account_id", String, ForeignKey("accounts.id"), nullable=False),
    Column("opened_at", UtcTime, nullable=False),
    Column("seen_at", UtcTime, nullable=False),
    Column("expires_at", UtcTime, nullable=False),
    Column("address", String, nullable=False),
    Column("browser", String, nullable=False),
    Column("is_whole", Boolean, nullable=False),
    Index(None, "account_id"),
)

account_links = Table(
    "account_links",
    metadata,
    Column("id", String, primary_key=True),
    Column("account_id", String, ForeignKey("accounts.id"), nullable=False),
    Column("expires_at", UtcTime, nullable=False),
    Index(None, "account_id"),
)

recovery_codes = Table(
    "recovery_codes",
    metadata,
    Column("id", String, primary_key=True),
    Column("account_id", String, ForeignKey("accounts.id"), nullable=False),
    Index(None, "account_id"),
)

api_tokens = Table(
    "api_tokens",
    metadata,
    Column("id", String, primary_key=True),
    Column("account_id", String, ForeignKey("accounts.id"), nullable=False),
    Column("name", String, nullable=False),
    Column("scope", String, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("expires_at", UtcTime, nullable=False),
    Column("used_at", UtcTime),
    Index(None, "account_id"),
)

wrong_tries = Table(
    "wrong_tries",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("key", String, nullable=False),
    Column("at", UtcTime, nullable=False),
    Index(None, "key", "at"),
    Index(None, "at"),
)

audit = Table(
    "audit",
    metadata,
    # Given by hand, without gaps: it is part of what the hash is of.
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("id", String, nullable=False, unique=True),
    Column("at", UtcTime, nullable=False),
    Column("who", String, nullable=False),
    Column("account_id", String, nullable=False),
    Column("role", String, nullable=False),
    Column("address", String, nullable=False),
    Column("act", String, nullable=False),
    Column("subject", String, nullable=False),
    Column("details", Text, nullable=False),
    Column("previous", String, nullable=False),
    Column("hash", String, nullable=False, unique=True),
    Index(None, "at"),
    Index(None, "who", "at"),
    Index(None, "act", "at"),
    Index(None, "subject", "at"),
)
