"""The application factory."""

from importlib.metadata import version

from fastapi import FastAPI
from fastapi_offline import FastAPIOffline

from api import errors
from api.deps import Classifiers, ServiceHolder
from api.routes import alignment, health, nli, pairs, translations
from lexicon.settings import Settings, load_settings
from nli.runs import PredictionRuns


def create_app(settings: Settings | None = None) -> FastAPI:
    """The HTTP service; without settings they are read from ``LEXICON_*``."""
    # FastAPI's own documentation page loads its scripts from a CDN.
    app = FastAPIOffline(
        title="Semantic Lexicon",
        version=version("semantic-lexicon"),
        description="Translation search, alignment scores and natural language inference for "
        "English, French, Hindi, Kannada.",
    )
    settings = settings or load_settings()
    app.state.services = ServiceHolder(settings)
    app.state.classifiers = Classifiers(settings)
    app.state.runs = PredictionRuns()
    errors.install(app)
    for route in (translations, alignment, nli, pairs, health):
        app.include_router(route.router)
    return app
