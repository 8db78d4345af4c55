"""The application factory."""

from importlib.metadata import version

from fastapi import FastAPI
from fastapi_offline import FastAPIOffline

from api import errors
from api.deps import ServiceHolder
from api.routes import alignment, health, translations
from lexicon.settings import Settings, load_settings


def create_app(settings: Settings | None = None) -> FastAPI:
    """The HTTP service; without settings they are read from ``LEXICON_*``."""
    # FastAPI's own documentation page loads its scripts from a CDN.
    app = FastAPIOffline(
        title="Semantic Lexicon",
        version=version("semantic-lexicon"),
        description="Translation search and alignment scores for English, French, Hindi, Kannada.",
    )
    app.state.services = ServiceHolder(settings or load_settings())
    errors.install(app)
    for route in (translations, alignment, health):
        app.include_router(route.router)
    return app
