"""The rooms that decide, wired for rehearsal: no line, no database; the model only with its key."""

from dataclasses import dataclass

from aurora.conversation.consult import Consultation
from aurora.conversation.dialogue import Dialogue
from aurora.guidance.grounding import Grounding
from aurora.guidance.guide import Guide
from aurora.guidance.language_model import OpenAIModel
from aurora.guidance.library import load_library
from aurora.settings import Settings
from aurora.site.load import load_site, locate
from aurora.triage.assess import load_triage


@dataclass(frozen=True, slots=True)
class Offline:
    """What a rehearsal needs."""

    dialogue: Dialogue
    consultation: Consultation | None
    model: OpenAIModel | None


def load_offline(settings: Settings) -> Offline:
    """Build the deciding rooms as the line does; raises SiteError."""
    paths = locate(settings.site_path)
    site = load_site(paths)
    primary = settings.conversation.primary_language or site.languages[0]
    others = settings.conversation.fallback_languages
    languages = dict.fromkeys([primary, *(site.languages if others is None else others)])
    site = site.model_copy(update={"languages": list(languages)})
    library = load_library(paths, site, primary)
    dialogue = Dialogue(
        site,
        load_triage(site, site.languages),
        Guide(site, library),
        max_exchanges=settings.conversation.max_exchanges,
    )
    model = _model(settings)
    consultation = Consultation(dialogue, model, Grounding(site, library)) if model else None
    return Offline(dialogue, consultation, model)


def _model(settings: Settings) -> OpenAIModel | None:
    key = settings.model.api_key
    if key is None:
        return None
    return OpenAIModel(
        api_key=key.get_secret_value(), base_url=settings.model.base_url, name=settings.model.name
    )
