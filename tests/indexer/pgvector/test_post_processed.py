"""Post-processed encoders where vectors are in PostgreSQL."""

from pathlib import Path

import pytest
from sqlalchemy import Engine

from indexer.service import LexiconService
from lexicon.settings import Settings
from lexicon.store import open_store
from tests.conftest import TINY, AxisEncoder, fill
from tests.indexer.asking import ask, lemmas
from tests.indexer.fitting import build_fitted
from tests.indexer.worlds import entry


@pytest.mark.usefixtures("engine")
def test_it_is_fitted_built_and_searched(url: str, tmp_path: Path, axis: AxisEncoder) -> None:
    settings = Settings(
        home=tmp_path / "home", database_url=url, encoder="axis", vector_backend="pgvector"
    )
    sessions = open_store(settings)
    fill(sessions)
    service = LexiconService(settings, sessions)
    assert build_fitted(service, "axis+center").built == {"en": 4, "fr": 4, "kn": 5}
    assert axis.encoded == 13
    assert lemmas(ask(service, "run", k=1, encoder="axis+center")) == ["courir"]
    fill(sessions, [*TINY, entry("sea", en="sea", fr="mer")])
    assert "mer" in lemmas(ask(service, "run", encoder="axis+center"))
    assert build_fitted(service, "axis+center", again=True).built == {"en": 5, "fr": 5, "kn": 5}
    bind = sessions.kw["bind"]
    assert isinstance(bind, Engine)
    bind.dispose()
