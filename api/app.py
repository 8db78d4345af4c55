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
from api.maps import Maps
from api.measured import Measured
from api.middleware.stack import surround
from api.readiness import Readiness
from api.routes import (
    alignment,
    atlas,
    batch,
    classifiers,
    concepts,
    distributions,
    embeddings,
    encoders,
    evaluations,
    fields,
    generations,
    health,
    languages,
    layers,
    matrix,
    neighbourhood,
    nli,
    pairs,
    reverse,
    similarity,
    suggestions,
    table1,
    translations,
    words,
)
from api.upkeep import Upkeep
from api.web import site
from indexer.alignment.similarities import Chances
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
    app.state.maps.end()
    app.state.services.close()


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
    app.state.maps = Maps()
    app.state.measured = Measured()
    app.state.chances = Chances()
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
        suggestions,
        matrix,
        neighbourhood,
        fields,
        atlas,
        alignment,
        distributions,
        layers,
        table1,
        nli,
        classifiers,
        evaluations,
        pairs,
        encoders,
        generations,
    ):
        app.include_router(route.router, dependencies=guards)
    app.include_router(health.router)
    app.include_router(site.router)
    return app
