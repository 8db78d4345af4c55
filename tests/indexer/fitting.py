"""Fitting and building as ``lexicon index build`` does it."""

from indexer.build import BuildReport, build
from indexer.building.fitting import fitted
from indexer.encoders.postprocessed.encoder import PostProcessed
from indexer.encoders.protocol import Encoder
from indexer.service import LexiconService


def post_processed(service: LexiconService, name: str) -> PostProcessed:
    """The encoder of that name as it is now."""
    encoder = service.encoder(name)
    assert isinstance(encoder, PostProcessed)
    return encoder


def build_fitted(service: LexiconService, name: str, again: bool = False) -> BuildReport:
    """What came of fitting and building the encoder called ``name``."""

    def build_base(base: Encoder) -> None:
        build(service.sessions, service.generations, base)

    with fitted(service, post_processed(service, name), build_base, again) as made:
        return build(service.sessions, service.generations, made)
