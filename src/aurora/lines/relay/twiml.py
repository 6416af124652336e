"""TwiML that puts a call on ConversationRelay, and goes on with Gather when that is over."""

from collections.abc import Mapping
from xml.sax.saxutils import escape, quoteattr

from aurora.lines.twiml import hints_of
from aurora.site.model import Language, Site, Voice

POLLY, GOOGLE = "Polly.", "Google."
NEURAL = ("-Neural", "-Generative")


def relay_voice(voice: Voice) -> dict[str, str]:
    """Return a voice of <Say> as ConversationRelay names it: provider and name apart.

    Of Amazon's it takes the neural and generative ones only.
    """
    name = voice.voice
    if name.startswith(POLLY):
        bare = name.removeprefix(POLLY)
        return {
            "ttsProvider": "Amazon",
            "voice": bare if bare.endswith(NEURAL) else f"{bare}-Neural",
        }
    if name.startswith(GOOGLE):
        return {"ttsProvider": "Google", "voice": name.removeprefix(GOOGLE)}
    return {}


def relay_ears(locale: str) -> dict[str, str]:
    """Return what recognises a language. Flux is the one that sends words before they are final."""
    if locale.startswith("en"):
        return {"transcriptionProvider": "Deepgram", "speechModel": "flux"}
    return {}


def connect_relay(
    site: Site, language: Language, url: str, parameters: Mapping[str, str], then: str
) -> str:
    """Return TwiML that opens a session; `then` is asked when it is over, however it ended.

    Without the action Twilio goes on with the verb behind, which leads to the same place.
    """
    voices = site.voices
    relay = {
        "url": url,
        "language": voices[language].locale,
        **relay_voice(voices[language]),
        **relay_ears(voices[language].locale),
        # A key or a voice may cut Aurora off, but for the sentences that say otherwise; what is
        # said over those must come in all the same.
        "interruptible": "any",
        "reportInputDuringAgentSpeech": "any",
        "dtmfDetection": "true",
        "partialPrompts": "true",
        "profanityFilter": "false",
        "events": "speaker-events tokens-played",
        "hints": hints_of(site, language),
    }
    languages = "".join(
        f"<Language{_written(_language(voices[code]))}/>" for code in site.languages
    )
    given = "".join(
        f"<Parameter{_written({'name': name, 'value': value})}/>"
        for name, value in parameters.items()
    )
    noun = f"<ConversationRelay{_written(relay)}>{languages}{given}</ConversationRelay>"
    connect = f'<Connect action={quoteattr(then)} method="POST">{noun}</Connect>'
    redirect = f'<Redirect method="POST">{escape(then)}</Redirect>'
    return f'<?xml version="1.0" encoding="UTF-8"?><Response>{connect}{redirect}</Response>'


def _language(voice: Voice) -> dict[str, str]:
    return {"code": voice.locale, **relay_voice(voice), **relay_ears(voice.locale)}


def _written(attributes: Mapping[str, str]) -> str:
    return "".join(f" {name}={quoteattr(value)}" for name, value in attributes.items())
