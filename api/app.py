"""The application factory."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version

from fastapi import FastAPI
from fastapi_offline import FastAPIOffline

from api import errors
from api.deps import Classifiers, ServiceHolder, Threads
from api.draining import Draining
from api.keys import Keys, Reads
from api.middleware.stack import surround
from api.readiness import Readiness
from api.routes import (
    alignment,
    batch,
    concepts,
    embeddings,
    encoders,
    generations,
    health,
    languages,
    nli,
    pairs,
    reverse,
    similarity,
    translations,
    words,
)
from api.upkeep import Upkeep
from lexicon.settings import Settings, load_settings
from lexicon.tallies import Tallies
from nli.runs import PredictionRuns


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Models and indices are opened beside the first requests, not by them."""
    readiness: Readiness = app.state.readiness
    readiness.begin()
    yield
    readiness.end()


def create_app(settings: Settings | None = None) -> FastAPI:
    """The HTTP service; without settings they are read from ``LEXICON_*``."""
    # FastAPI's own documentation page loads its scripts from a CDN.
    app = FastAPIOffline(
        title="Semantic Lexicon",
        version=version("semantic-lexicon"),
        description="Translation search, alignment scores and natural language inference for "
        "English, French, Hindi, Kannada.",
        # A redirect would repeat whatever the Host header says.
        redirect_slashes=False,
        lifespan=_lifespan,
    )
    settings = settings or load_settings()
    app.state.services = ServiceHolder(settings)
    app.state.classifiers = Classifiers(settings)
    app.state.runs = PredictionRuns()
    app.state.tallies = Tallies()
    app.state.upkeep = Upkeep()
    app.state.keys = Keys(app.state.services)
    app.state.readiness = Readiness(app.state.services, app.state.classifiers)
    app.state.draining = Draining()
    app.state.figures = Threads(1, 16)
    errors.install(app)
    surround(app, settings)
    guards = [Reads] if settings.reads == "key" else []
    for route in (
        translations,
        batch,
        reverse,
        similarity,
        embeddings,
        words,
        concepts,
        languages,
        alignment,
        nli,
        pairs,
        encoders,
        generations,
    ):
        app.include_router(route.router, dependencies=guards)
    app.include_router(health.router)
    return app
