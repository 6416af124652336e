"""The state of every part, asked of the part itself; the start-up report and /health print it."""

from collections.abc import Sequence

from aurora.console.health import Component, State
from aurora.guidance.handbook.handbook import Handbook
from aurora.guidance.language_model import ModelState
from aurora.guidance.library import Library
from aurora.lines.audio.speech import SpeechState
from aurora.records.mirror import MirrorState
from aurora.records.trail_end import MEND, Missing
from aurora.settings import Settings
from aurora.site.model import Site
from aurora.triage.assess import Triage
from aurora.wiring.reach import Reach, off


def model_component(settings: Settings, probed: ModelState | None) -> Component:
    """The model as the probe at start found it."""
    if settings.model.api_key is None:
        detail = "no CEREBRAS_API_KEY: the approved procedures speak alone"
        return Component("model", State.OFF, detail)
    if probed is None or not probed.is_answering:
        reason = probed.detail if probed else "not asked yet"
        detail = f"{settings.model.base_url}: {reason}; the approved procedures speak alone"
        return Component("model", State.DEGRADED, detail)
    return Component("model", State.OK, f"{probed.detail} answered at {settings.model.base_url}")


def line_component(settings: Settings) -> Component:
    """Whether Twilio can reach the line."""
    twilio = settings.twilio
    if twilio.auth_token is None:
        detail = "no TWILIO_AUTH_TOKEN: webhooks answer this machine only; `aurora call` works"
        return Component("telephone", State.OFF, detail)
    if twilio.public_url is None:
        detail = "AURORA_PUBLIC_URL is not set: Twilio's signatures cannot match, its calls get 403"
        return Component("telephone", State.DEGRADED, detail)
    number = twilio.phone_number or "no TWILIO_PHONE_NUMBER given"
    detail = f"{twilio.line}, {number}, webhook {twilio.public_url}/incoming-call"
    return Component("telephone", State.OK, detail)


def access_component(settings: Settings) -> Component:
    """Who may use the JSON API."""
    token = settings.access.api_token
    if token is None:
        detail = "no AURORA_API_TOKEN: the JSON API answers this machine only"
        return Component("api", State.OK, detail)
    if len(token.get_secret_value()) < 16:
        return Component("api", State.DEGRADED, "AURORA_API_TOKEN is short; use 16 or more")
    return Component("api", State.OK, "behind AURORA_API_TOKEN")


def second_steps_component(unreadable: int | None) -> Component:
    """Whether this machine can read the second steps; None where the database cannot be asked."""
    if unreadable is None:
        return Component("second steps", State.DEGRADED, "not known: the database does not answer")
    if unreadable:
        detail = (
            f"{unreadable} sealed with another signing key, so only recovery codes open the door: "
            "give back AURORA_SIGNING_KEY or signing.key, or run aurora users reset NAME "
            "--second-step"
        )
        return Component("second steps", State.DEGRADED, detail)
    return Component("second steps", State.OK, "sealed with this line's signing key")


def trail_component(missing: Missing | None) -> Component:
    """Whether the audit trail holds what this machine noted of it; callers never wait for that."""
    if missing is None:
        return Component("audit trail", State.OK, "holds all that this machine noted of it")
    detail = f"{missing.words}: run aurora record check, find out why, then {MEND}"
    return Component("audit trail", State.FAILED, detail, is_needed_by_calls=False)


def site_component(site: Site) -> Component:
    detail = f"{site.name}: {len(site.zones)} zones, {', '.join(site.languages)}"
    return Component("site", State.OK, detail)


def procedures_component(library: Library, unfit: Sequence[str] = ()) -> Component:
    """How many procedures nobody has approved.

    unfit: what is wrong with approved texts that gave way to their files.
    """
    total, drafts = len(library.procedures), len(library.drafts)
    if unfit:
        detail = "approved texts do not fit this version's files, which speak in their place: "
        return Component("procedures", State.DEGRADED, detail + "; ".join(unfit))
    if drafts:
        detail = f"{drafts} of {total} are drafts: a safety officer and a physician must approve"
        return Component("procedures", State.DEGRADED, detail)
    return Component("procedures", State.OK, f"{total}, all approved")


def handbook_component(handbook: Handbook, languages: Sequence[str]) -> Component:
    """How much can be answered from, in which languages, and what could not be read."""
    contents = handbook.contents
    if contents.problems:
        return Component("handbook", State.DEGRADED, "; ".join(contents.problems))
    if handbook.is_empty:
        return Component("handbook", State.OFF, "no documents: questions go to the supervisor")
    passages = ", ".join(
        f"{len(written)} {language}" for language, written in sorted(contents.passages.items())
    )
    uploaded = sum(document.added_at is not None for document in contents.documents)
    detail = f"{len(contents.documents)} documents ({uploaded} added), passages: {passages}"
    missing = [language for language in languages if not handbook.is_written_in(language)]
    if missing:
        detail += f"; none in {', '.join(missing)}: callers are told so"
    if contents.unindexed:
        detail += f"; not indexed yet: {', '.join(contents.unindexed)}"
    can_answer = all(map(contents.can_answer, contents.passages))
    return Component("handbook", State.OK if can_answer else State.DEGRADED, detail)


def languages_component(triage: Triage) -> Component:
    """Whether sentences are told apart by the trained model, or by counted words alone."""
    if triage.is_warm:
        return Component("languages", State.OK, "told apart by words and a trained model")
    detail = "told apart by their words; the trained model is not loaded yet"
    return Component("languages", State.DEGRADED, detail)


def voice_component(settings: Settings, site: Site) -> Component:
    language = site.languages[0]
    voice = settings.twilio.voice or site.voices[language].voice
    return Component("voice", State.OK, f"{voice} at {settings.twilio.speech_rate:g} times speed")


def speech_component(state: SpeechState) -> Component:
    """Whether this machine can hear and speak by itself."""
    if not state.is_wanted:
        return Component("speech", State.OFF, state.detail)
    return Component("speech", State.OK if state.is_ready else State.DEGRADED, state.detail)


def alerts_component(settings: Settings, reach: Reach, *, is_on: bool) -> Component:
    """Whether people are paged, by which channels, and what is not set up."""
    if not is_on:
        detail = "put on the record and in the log; nobody is paged: watch the line"
        return Component("alerts", State.DEGRADED, detail)
    used = ", ".join(kind.value for kind in reach.channels)
    missing = "; ".join(f"{what} off: set {names}" for what, names in off(settings).items())
    if missing:
        return Component("alerts", State.DEGRADED, f"paged by {used}; {missing}")
    return Component("alerts", State.OK, f"paged by {used}")


def mirror_component(state: MirrorState) -> Component:
    if state.last_failure is not None:
        return Component("mirror", State.DEGRADED, f"not written: {state.last_failure}")
    if not state.is_running:
        detail = "its writer has stopped; the record is whole, a restart writes the files again"
        return Component("mirror", State.DEGRADED, detail)
    return Component("mirror", State.OK, "active_calls/total.json and call_logs/ are up to date")
