"""The order in which requests pass."""

from fastapi import FastAPI

from api.middleware.answering import Answering, Crowding
from api.middleware.bodies import Bodies
from api.middleware.cors import Origins
from api.middleware.heads import Heads
from api.middleware.observing import Observing
from api.middleware.targets import Targets
from api.routes.translations import AtOnce
from lexicon.settings import Settings


def surround(app: FastAPI, settings: Settings) -> None:
    """Put everything around the routes of ``app``."""
    # The last that is added is the first that a request meets.
    app.add_middleware(AtOnce)
    app.add_middleware(Answering, seconds=settings.request_seconds)
    app.add_middleware(Crowding, most=settings.max_requests)
    app.add_middleware(
        Bodies,
        most=settings.max_body,
        seconds=settings.body_seconds,
        at_once=settings.max_requests,
    )
    app.add_middleware(Targets, draining=app.state.draining, most=settings.max_query)
    app.add_middleware(Heads)
    if settings.cors_origins:
        allowed = [origin.strip() for origin in settings.cors_origins.split(",")]
        app.add_middleware(Origins, allowed=allowed)
    app.add_middleware(Observing, draining=app.state.draining)
