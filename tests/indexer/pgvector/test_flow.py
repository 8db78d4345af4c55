"""Words built and found where the settings keep vectors in PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from alembic import command
from sqlalchemy import Engine, create_engine, event

from indexer.build import build
from indexer.generations.folder import Generations
from indexer.pgvector.generations import PgGenerations
from indexer.service import LexiconService
from lexicon import migrate
from lexicon.backup.whole import back_up, restore
from lexicon.errors import IndexMissing, InvalidSettings, StoreUnavailable
from lexicon.settings import Settings
from lexicon.store import Sessions, open_store
from tests.conftest import TINY, AxisEncoder, fill
from tests.indexer.asking import ask, lemmas
from tests.indexer.pgvector.tables import IDENTITY, ROWS, change, live_of
from tests.indexer.publishing import publish
from tests.indexer.worlds import entry
from tests.postgres import add_vectors


class TestSettings:
    def test_files_are_the_default(self, settings: Settings, sessions: Sessions) -> None:
        assert isinstance(LexiconService(settings, sessions).generations, Generations)

    def test_sqlite_has_no_vectors(self, settings: Settings, sessions: Sessions) -> None:
        wanted = settings.model_copy(update={"vector_backend": "pgvector"})
        with pytest.raises(InvalidSettings, match=r"is on sqlite; set LEXICON_DATABASE_URL"):
            LexiconService(wanted, sessions)

    def test_a_database_without_the_extension_is_told_how_to_get_it(
        self, postgres_url: str, tmp_path: Path
    ) -> None:
        engine = create_engine(postgres_url)
        with pytest.raises(InvalidSettings, match="CREATE EXTENSION vector"):
            PgGenerations(engine, tmp_path).live(IDENTITY, "en")
        engine.dispose()

    def test_a_server_that_is_away_is_named_and_found_again(
        self, generations: PgGenerations, engine: Engine
    ) -> None:
        publish(generations, ROWS)
        other = create_engine(engine.url)
        change(
            other,
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()",
        )
        other.dispose()
        with pytest.raises(StoreUnavailable, match="check LEXICON_DATABASE_URL"):
            generations.live(IDENTITY, "en")
        assert live_of(generations)

    def test_alembic_does_not_see_the_schema(
        self, generations: PgGenerations, engine: Engine
    ) -> None:
        publish(generations, ROWS)
        command.check(migrate.config(engine))


class TestService:
    @pytest.fixture
    def settings(self, postgres_url: str, tmp_path: Path) -> Settings:
        return Settings(
            home=tmp_path / "home",
            encoder="axis",
            database_url=add_vectors(postgres_url),
            vector_backend="pgvector",
        )

    @pytest.fixture
    def sessions(self, settings: Settings) -> Iterator[Sessions]:
        made = open_store(settings)
        yield made
        made.kw["bind"].dispose()

    @pytest.fixture
    def service(self, settings: Settings, sessions: Sessions, axis: AxisEncoder) -> LexiconService:
        fill(sessions)
        made = LexiconService(settings, sessions)
        build(sessions, made.generations, axis)
        return made

    def test_words_are_built_and_found(self, service: LexiconService, axis: AxisEncoder) -> None:
        assert lemmas(ask(service, "water", target="fr", k=1)) == ["eau"]
        assert set(lemmas(ask(service, "eau", "fr", "kn", k=2, score="csls"))) == {"ನೀರು", "ಜಲ"}
        assert len(lemmas(ask(service, "water", target="kn", k=50))) == 5
        report = build(service.sessions, service.generations, axis)
        assert report.built == {}
        assert report.current == {"en": 4, "fr": 4, "kn": 5}

    def test_answers_are_those_of_files(
        self, service: LexiconService, sessions: Sessions, axis: AxisEncoder
    ) -> None:
        files = LexiconService(
            service.settings.model_copy(update={"vector_backend": "faiss"}), sessions
        )
        build(sessions, files.generations, axis)
        for word in ("water", "bank", "run", "shore"):
            for score in ("cosine", "csls"):
                here, there = (ask(one, word, score=score) for one in (service, files))
                assert lemmas(here) == lemmas(there)
                np.testing.assert_allclose(
                    [one.cosine for one in here.results],
                    [one.cosine for one in there.results],
                    atol=1e-4,
                )

    def test_words_that_come_and_go_are_seen_at_once(
        self, service: LexiconService, sessions: Sessions, axis: AxisEncoder
    ) -> None:
        axis.table = {
            **axis.table,
            "en": {**axis.table["en"], "sea": [1, 0.5, 0, 0]},
            "fr": {**axis.table["fr"], "mer": [1, 0.5, 0, 0]},
        }
        fill(sessions, [*TINY[1:], entry("sea.noun.1", en="sea", fr="mer")])
        assert lemmas(ask(service, "sea", k=1)) == ["mer"]
        assert "eau" not in lemmas(ask(service, "sea", k=50))
        report = build(sessions, service.generations, axis)
        assert report.built == {"en": 4, "fr": 4, "kn": 3}
        assert report.reused["fr"] >= 3
        assert lemmas(ask(service, "sea", k=1)) == ["mer"]
        service.generations.rollback(axis.spec.identity, "fr")
        assert lemmas(ask(service, "sea", k=1)) == ["mer"]

    def test_a_language_built_alone_knows_the_others(
        self, service: LexiconService, sessions: Sessions, axis: AxisEncoder
    ) -> None:
        build(sessions, service.generations, axis, ["fr"], force=True)
        manifest = service.generations.manifest(axis.spec.identity, "fr")
        assert set(manifest.neighbourhoods) == set(manifest.reverse) == {"en", "kn"}
        assert lemmas(ask(service, "water", k=1, score="csls")) == ["eau"]

    def test_after_a_restore_no_index_answers_until_it_is_built(
        self, service: LexiconService, sessions: Sessions, axis: AxisEncoder, tmp_path: Path
    ) -> None:
        back_up(service.settings, tmp_path / "file")
        fill(sessions, [*TINY, entry("sea.noun.1", en="sea", fr="mer")])
        build(sessions, service.generations, axis)
        assert "mer" in lemmas(ask(service, "sea", k=50))
        restore(service.settings, tmp_path / "file", replace=True)
        with pytest.raises(IndexMissing, match="build it with: lexicon index build"):
            ask(LexiconService(service.settings, sessions), "water")
        build(sessions, service.generations, axis)
        assert "mer" not in lemmas(ask(LexiconService(service.settings, sessions), "water", k=50))

    def test_a_search_commits_nothing(self, service: LexiconService) -> None:
        ask(service, "water")
        commits: list[object] = []
        event.listen(service.sessions.kw["bind"], "commit", commits.append)
        ask(service, "water")
        assert commits == []
