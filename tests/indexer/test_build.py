"""Building: what is encoded, what is left alone, and what SQL is told."""

import numpy as np
import pytest
from sqlalchemy import select

from indexer.build import build
from indexer.building import record
from indexer.building.encode import ENCODE_BATCH
from indexer.building.record import record_encoder
from indexer.generations.folder import Generations
from indexer.service import LexiconService
from lexicon import models, queries
from lexicon.errors import IndexMissing, UnknownLanguage
from lexicon.settings import Settings
from lexicon.store import Sessions, writing
from tests.conftest import TINY, AxisEncoder, fill
from tests.indexer.worlds import entry, world

SEA = entry("sea.noun.1", en="sea", fr="mer")


@pytest.fixture
def generations(settings: Settings) -> Generations:
    return Generations(settings.indices)


def recorded(sessions: Sessions, encoder: AxisEncoder) -> dict[str, str]:
    """The generation of each language that SQL calls live."""
    with sessions() as session:
        rows = queries.generations(session, encoder.spec.identity)
    live = [row for row in rows if row.live]
    assert len({row.language for row in live}) == len(live)
    return {row.language: row.id for row in live}


def pointed(generations: Generations, encoder: AxisEncoder) -> dict[str, str]:
    """The generation of each language that its pointer names."""
    found = {
        code: generations.live(encoder.spec.identity, code) for code in ("en", "fr", "hi", "kn")
    }
    return {code: live.generation for code, live in found.items() if live is not None}


class TestReport:
    def test_a_first_build_says_what_it_built_and_what_has_no_words(
        self, sessions: Sessions, generations: Generations
    ) -> None:
        fill(sessions)
        encoder = AxisEncoder()
        report = build(sessions, generations, encoder)
        assert report.identity == encoder.spec.identity
        assert report.built == {"en": 4, "fr": 4, "kn": 5}
        assert report.empty == ["hi"]
        assert (report.current, report.repaired) == ({}, {})
        assert report.uncovered == {"en": 0, "fr": 0, "kn": 0}
        assert encoder.encoded == 13

    def test_a_second_build_encodes_nothing(
        self, service: LexiconService, sessions: Sessions, axis: AxisEncoder
    ) -> None:
        before = pointed(service.generations, axis)
        report = build(sessions, service.generations, axis)
        assert report.built == {}
        assert report.current == {"en": 4, "fr": 4, "kn": 5}
        assert axis.encoded == 0
        assert pointed(service.generations, axis) == before

    def test_force_builds_what_is_current(
        self, service: LexiconService, sessions: Sessions, axis: AxisEncoder
    ) -> None:
        before = pointed(service.generations, axis)
        report = build(sessions, service.generations, axis, ["fr"], force=True)
        assert report.built == {"fr": 4}
        assert report.current == {}
        after = pointed(service.generations, axis)
        assert after["fr"] != before["fr"]
        assert (after["en"], after["kn"]) == (before["en"], before["kn"])

    def test_only_languages_whose_words_changed_are_built(
        self, service: LexiconService, sessions: Sessions, axis: AxisEncoder
    ) -> None:
        fill(sessions, [*TINY, SEA])
        report = build(sessions, service.generations, axis)
        assert report.built == {"en": 5, "fr": 5}
        assert report.current == {"kn": 5}
        assert report.repaired == {}

    def test_a_new_part_of_speech_of_a_known_form_is_a_change(
        self, service: LexiconService, sessions: Sessions, axis: AxisEncoder
    ) -> None:
        fill(sessions, [*TINY, entry("water.verb.1", "verb", en="water")])
        assert build(sessions, service.generations, axis).built == {"en": 4}
        index = service.index(axis, "en")
        with sessions() as session:
            (form,) = (f for f in queries.forms(session, "en") if f.lemma == "water")
        assert len(form.lexeme_ids) == 2
        assert len(set(index.rows_of(np.array(form.lexeme_ids)).tolist())) == 1

    def test_a_new_sense_of_known_words_needs_no_build(
        self, service: LexiconService, sessions: Sessions, axis: AxisEncoder
    ) -> None:
        fill(sessions, [*TINY, entry("flood.noun.1", en="water", fr="eau")])
        assert build(sessions, service.generations, axis).built == {}

    def test_guessed_forms_are_counted_in_every_report(
        self, service: LexiconService, sessions: Sessions, axis: AxisEncoder
    ) -> None:
        fill(sessions, [*TINY, SEA])
        assert build(sessions, service.generations, axis).uncovered == {"en": 1, "fr": 1, "kn": 0}
        assert build(sessions, service.generations, axis).uncovered == {"en": 1, "fr": 1, "kn": 0}

    def test_an_unknown_language_names_the_known_ones_and_builds_nothing(
        self, sessions: Sessions, generations: Generations
    ) -> None:
        fill(sessions)
        encoder = AxisEncoder()
        with pytest.raises(UnknownLanguage, match=r"'xx'; known: en, fr, hi, kn"):
            build(sessions, generations, encoder, ["en", "xx"])
        assert encoder.encoded == 0
        assert pointed(generations, encoder) == {}

    def test_an_empty_store_builds_nothing(
        self, sessions: Sessions, generations: Generations
    ) -> None:
        fill(sessions, [])
        report = build(sessions, generations, AxisEncoder())
        assert report.empty == ["en", "fr", "hi", "kn"]
        assert report.built == {}

    def test_progress_reaches_every_form_in_batches(
        self, sessions: Sessions, generations: Generations
    ) -> None:
        words = [f"w{n}" for n in range(ENCODE_BATCH + 3)]
        fill(sessions, [entry("many", en="|".join(words), fr="x")])
        told: list[tuple[str, int, int]] = []
        build(sessions, generations, AxisEncoder(), advance=lambda *said: told.append(said))
        total = ENCODE_BATCH + 3
        assert told == [("en", ENCODE_BATCH, total), ("en", total, total), ("fr", 1, 1)]


class TestVectors:
    def test_rows_are_the_stores_forms_in_its_order(
        self, tiny: LexiconService, tiny_axis: AxisEncoder
    ) -> None:
        index = tiny.index(tiny_axis, "kn")
        with tiny.sessions() as session:
            forms = queries.forms(session, "kn")
        assert [form.lemma for form in forms] == ["ಓಡು", "ಜಲ", "ದಡ", "ನೀರು", "ಬ್ಯಾಂಕ್"]
        expected = [[0, 0, 0, 1], [1, 0, 0, 0], [0, 1, 0, 0], [1, 0, 0, 0], [0, 0, 1, 0]]
        assert index.all_vectors().tolist() == expected
        assert index.ids.tolist() == [form.lexeme_ids[0] for form in forms]
        assert index.manifest.form_digest == queries.form_digest(forms)

    def test_a_language_is_the_first_to_be_built(
        self,
        settings: Settings,
        sessions: Sessions,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        service = world(settings, sessions, monkeypatch, TINY, languages=["fr"])
        encoder = service.encoder(None)
        assert service.index(encoder, "fr").manifest.neighbourhoods == {}
        with pytest.raises(IndexMissing):
            service.index(encoder, "en")


class TestRecord:
    def test_sql_names_the_live_generations_and_their_encoder(
        self, tiny: LexiconService, tiny_axis: AxisEncoder
    ) -> None:
        assert recorded(tiny.sessions, tiny_axis) == pointed(tiny.generations, tiny_axis)
        with tiny.sessions() as session:
            encoder = session.get(models.Encoder, tiny_axis.spec.identity)
            row = session.get(models.Generation, pointed(tiny.generations, tiny_axis)["kn"])
        assert encoder is not None
        assert (encoder.name, encoder.dim) == ("axis", 4)
        assert encoder.spec["model_id"] == "tests/axis"
        assert row is not None
        assert (row.language, row.rows) == ("kn", 5)
        assert row.manifest == tiny.index(tiny_axis, "kn").manifest.model_dump()

    def test_sql_follows_every_rebuild(
        self, service: LexiconService, sessions: Sessions, axis: AxisEncoder
    ) -> None:
        before = recorded(sessions, axis)
        build(sessions, service.generations, axis, ["kn"], force=True)
        after = recorded(sessions, axis)
        assert after == pointed(service.generations, axis)
        assert after["kn"] != before["kn"]
        assert after["en"] == before["en"]

    def test_two_encoders_are_recorded_side_by_side(
        self, service: LexiconService, sessions: Sessions, axis: AxisEncoder
    ) -> None:
        other = AxisEncoder(name="other", revision="2")
        build(sessions, service.generations, other)
        assert recorded(sessions, axis) == pointed(service.generations, axis)
        assert recorded(sessions, other) == pointed(service.generations, other)
        with sessions() as session:
            assert queries.encoder_names(session) == ["axis", "other"]

    def test_an_encoder_is_recorded_once(self, sessions: Sessions) -> None:
        fill(sessions)
        for _ in range(2):
            with writing(sessions) as session:
                record_encoder(session, AxisEncoder())
        with sessions() as session:
            assert len(session.scalars(select(models.Encoder)).all()) == 1

    def test_what_a_kill_kept_from_sql_is_told_by_the_next_build(
        self,
        sessions: Sessions,
        generations: Generations,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        fill(sessions)
        encoder = AxisEncoder()

        def killed(_sessions: Sessions) -> None:
            raise KeyboardInterrupt

        with monkeypatch.context() as patch:
            patch.setattr(record, "writing", killed)
            with pytest.raises(KeyboardInterrupt):
                build(sessions, generations, encoder, ["en"])
        assert list(pointed(generations, encoder)) == ["en"]
        build(sessions, generations, encoder)
        assert recorded(sessions, encoder) == pointed(generations, encoder)
