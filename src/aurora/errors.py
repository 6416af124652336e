"""The error tree: what Aurora raises on purpose, with what went wrong and how to mend it."""

from collections.abc import Awaitable
from datetime import datetime


class AuroraError(Exception):
    """The root; its text is written for the person who can fix the cause."""


class SettingsError(AuroraError):
    """A setting is wrong; the text names the environment variable."""


class SiteError(AuroraError):
    """A site file is wrong; the text names file, line, field and fix, one problem a line."""


class HandbookError(AuroraError):
    """A document cannot be taken into the handbook; the text names the file and the fix."""


class ModelFault(AuroraError):
    """The language model gave no usable answer; `reason` is a short stable word for the record."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason


class VoiceUnavailable(AuroraError):
    """A sentence cannot be made into sound now; `reason` is a short stable word for the record."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason


class RecordsError(AuroraError):
    """The records could not be opened, read or written."""


class NotConfirmed(RecordsError):
    """The database was given a write and has not said what came of it.

    outcome: ends once that is known; raises RecordsError where nothing was stored. None where it
    will not be known. subject: the id of what was acted on.
    """

    def __init__(
        self, detail: str, outcome: Awaitable[object] | None = None, subject: str = ""
    ) -> None:
        super().__init__(detail)
        self.outcome = outcome
        self.subject = subject


class ForeignNote(RecordsError):
    """The note of the audit trail's end was not written by this line with its key."""


class UnknownCall(AuroraError, LookupError):
    """No call has this id."""


class UnknownIncident(AuroraError, LookupError):
    """No incident has this id."""


class NotPossible(AuroraError):
    """What an operator asked cannot be done as things stand; `reason` is a short stable word."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class StaleCall(RecordsError):
    """The call was changed by another machine since it was read; read it again."""


class AnsweredBefore(AuroraError):
    """A request that came twice was answered the first time; nothing is to be said again."""


class Overtaken(AuroraError):
    """Somebody else acted first on the same thing; nothing was changed."""

    def __init__(self, what: str, by: str, at: datetime) -> None:
        super().__init__(f"{by} acted first: {what}")
        self.what = what
        self.by = by
        self.at = at


class HandOffTaken(AuroraError):
    """Another person has this caller in hand; `person` says who, `stage` how far they are."""

    def __init__(self, person: str, stage: str) -> None:
        super().__init__(f"{person} has this caller in hand ({stage})")
        self.person = person
        self.stage = stage


class WhisperRefused(AuroraError):
    """Aurora may not ask this as her own question; `reason` is a short stable word.

    questions: those of the running procedure, which she may.
    """

    def __init__(self, reason: str, questions: list[str]) -> None:
        super().__init__(f"refused: {reason}")
        self.reason = reason
        self.questions = questions


class SpeechUnavailable(AuroraError):
    """Speech cannot be put into words now; `reason` is a short stable word for the record."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason


class WeightsError(AuroraError):
    """The weights of a speech model are missing or not those expected; the text names the fix."""


class NoRecording(AuroraError):
    """A recording cannot be read; the text names the file and the fix."""


class NoSoundCard(AuroraError):
    """No microphone or loudspeaker can be used; the text names the fix."""


class ChannelFault(AuroraError):
    """An alert did not go out by a channel; `reason` is a short stable word for the record.

    is_final: sent again to the same address it would fail again.
    notes: what was done about it before giving up, for the record.
    """

    def __init__(
        self, reason: str, detail: str = "", *, is_final: bool = False, notes: tuple[str, ...] = ()
    ) -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason
        self.is_final = is_final
        self.notes = notes


class LinkRefused(AuroraError):
    """A signed link or token is not good; `reason` is forged or expired."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"the link is {reason}")
        self.reason = reason


class AccountRefused(AuroraError):
    """An account cannot be as asked; `field` is the form's, the text says what to give instead."""

    def __init__(self, field: str, detail: str) -> None:
        super().__init__(detail)
        self.field = field


class ProviderFault(AuroraError):
    """The identity provider vouched for nobody; `reason` is a short stable word for the record."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason


class SealBroken(AuroraError):
    """A sealed secret cannot be opened with this line's key; the text says the way out."""


class SignInRefused(AuroraError):
    """Somebody was not let in; `reason` is one of wrong, code, busy, over, unknown, sealed."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"not signed in: {reason}")
        self.reason = reason
