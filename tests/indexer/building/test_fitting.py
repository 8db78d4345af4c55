"""Post-processed encoders, fitted, indexed and searched like any other."""

from pathlib import Path

import numpy as np
import pytest

from indexer.alignment.bitext import bitext, expressions
from indexer.build import BuildReport, build
from indexer.encoders.postprocessed import fits as stored
from indexer.encoders.postprocessed.fits import MAPS, POINTER
from indexer.encoders.postprocessed.methods import METHODS
from indexer.encoders.protocol import Encoder
from indexer.export import Wanted, export
from indexer.generations.folder import Generations
from indexer.housekeeping import damages, entries
from indexer.service import LexiconService
from indexer.status import index_status
from indexer.upkeep import keep_up
from lexicon import queries
from lexicon.errors import IndexMissing, InvalidInput, ModelDamaged, ModelMissing
from lexicon.settings import Settings
from lexicon.store import Sessions
from tests.conftest import TINY, AxisEncoder, fill
from tests.indexer import fitting
from tests.indexer.asking import ask, lemmas, unit
from tests.indexer.fitting import build_fitted, post_processed
from tests.indexer.worlds import entry, register, world

NAME = "axis+center"
SEA = entry("sea.noun.1", en="sea", fr="mer")
REMEDY = "lexicon index build --encoder axis+center"


class TestBuilding:
    def test_nothing_is_encoded_that_the_base_has(
        self, service: LexiconService, axis: AxisEncoder
    ) -> None:
        report = build_fitted(service, NAME)
        assert axis.encoded == 0
        assert report.built == {"en": 4, "fr": 4, "kn": 5}
        assert report.empty == ["hi"]
        encoder = post_processed(service, NAME)
        assert report.identity == encoder.spec.identity != axis.spec.identity
        index = service.index(encoder, "fr")
        # One word on each axis, so their mean is a quarter of each.
        expected = unit(service.index(axis, "fr").all_vectors() - 0.25)
        np.testing.assert_allclose(index.all_vectors(), expected, atol=1e-3)
        assert index.manifest.spec["post_processing"] == encoder.spec.post_processing

    def test_the_base_is_built_first(
        self, settings: Settings, sessions: Sessions, axis: AxisEncoder
    ) -> None:
        fill(sessions)
        service = LexiconService(settings, sessions)
        assert build_fitted(service, NAME).built == {"en": 4, "fr": 4, "kn": 5}
        assert axis.encoded == 13
        assert service.index(axis, "en").rows == 4

    @pytest.mark.parametrize("method", METHODS)
    def test_every_method_answers(
        self, service: LexiconService, axis: AxisEncoder, method: str
    ) -> None:
        build_fitted(service, f"axis+{method}")
        answer = ask(service, "water", "en", "kn", k=2, encoder=f"axis+{method}")
        assert answer.encoder == f"axis+{method}"
        assert len(answer.results) == 2
        assert lemmas(ask(service, "water", "en", "kn", k=2)) == ["ನೀರು", "ಜಲ"]

    def test_centring_keeps_what_the_axes_mean(self, service: LexiconService) -> None:
        build_fitted(service, NAME)
        assert lemmas(ask(service, "run", "en", "fr", k=1, encoder=NAME)) == ["courir"]
        assert ask(service, "run", "en", "fr", encoder=NAME).results[0].known_translation

    def test_what_is_up_to_date_is_left_alone(
        self, service: LexiconService, axis: AxisEncoder
    ) -> None:
        build_fitted(service, NAME)
        again = build_fitted(service, NAME)
        assert again.built == {}
        assert again.current == {"en": 4, "fr": 4, "kn": 5}

    def test_a_word_without_a_direction_is_not_covered(
        self,
        settings: Settings,
        sessions: Sessions,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        service = world(
            settings,
            sessions,
            monkeypatch,
            [entry("water", en="water", fr="eau"), entry("run", en="run")],
            {"en": {"water": [1, 0, 0, 0], "run": [0, 0, 0, 1]}, "fr": {"eau": [1, 0, 0, 0]}},
        )
        report = build_fitted(service, NAME)
        assert report.uncovered == {"en": 0, "fr": 1}
        (found,) = ask(service, "water", "en", "fr", encoder=NAME).results
        assert (found.lemma, found.covered) == ("eau", False)

    def test_no_words_cannot_be_fitted(
        self, settings: Settings, sessions: Sessions, axis: AxisEncoder
    ) -> None:
        fill(sessions, [])
        with pytest.raises(
            InvalidInput, match=r"^there are no words to fit encoder 'axis\+center'"
        ):
            build_fitted(LexiconService(settings, sessions), NAME)


class TestProcrustes:
    @pytest.fixture
    def turned(
        self, settings: Settings, sessions: Sessions, monkeypatch: pytest.MonkeyPatch
    ) -> LexiconService:
        """Two hundred concepts, whose French words lie where the English ones do, turned."""
        draw = np.random.default_rng(4)
        english = unit(draw.normal(size=(200, 8)) + 1)
        french = english @ np.linalg.qr(draw.normal(size=(8, 8)))[0]
        table = {
            "en": {f"e{n}": row.tolist() for n, row in enumerate(english)},
            "fr": {f"f{n}": row.tolist() for n, row in enumerate(french)},
        }
        words = [entry(f"c{n}", en=f"e{n}", fr=f"f{n}") for n in range(200)]
        encoder = register(monkeypatch, AxisEncoder(table, dim=8))
        fill(sessions, words)
        service = LexiconService(settings, sessions)
        build(sessions, service.generations, encoder)
        return service

    def right(self, service: LexiconService, encoder: Encoder) -> float:
        """P@1 of the English words among the French ones."""
        with service.sessions() as session:
            sides = [
                expressions(service.index(encoder, code), queries.sense_triples(session, code))[0]
                for code in ("en", "fr")
            ]
        pairs = bitext(*sides)
        english, french = (service.index(encoder, code).all_vectors() for code in ("en", "fr"))
        found = (english[pairs.source] @ french.T).argmax(axis=1)
        return float((found == pairs.target).mean())

    def test_a_turned_language_is_turned_back(self, turned: LexiconService) -> None:
        build_fitted(turned, "axis+procrustes")
        encoder = post_processed(turned, "axis+procrustes")
        assert self.right(turned, turned.encoder(None)) < 0.05
        assert self.right(turned, encoder) > 0.95
        fitted_to = encoder.fit.record.languages
        assert (fitted_to["en"].pairs, fitted_to["fr"].pairs) == (0, 200)

    def test_pairs_are_part_of_what_was_learnt_from(
        self, turned: LexiconService, sessions: Sessions
    ) -> None:
        build_fitted(turned, "axis+procrustes")
        build_fitted(turned, "axis+center")
        before = {
            method: post_processed(turned, f"axis+{method}").spec.trained_on
            for method in ("procrustes", "center")
        }
        assert before["procrustes"] != before["center"]
        # The same words, two of which mean something else now.
        mixed = [entry(f"c{n}", en=f"e{n}", fr=f"f{n}") for n in range(198)]
        mixed += [entry("c198", en="e198", fr="f199"), entry("c199", en="e199", fr="f198")]
        fill(sessions, mixed)
        for method, changes in (("procrustes", True), ("center", False)):
            build_fitted(turned, f"axis+{method}", again=True)
            after = post_processed(turned, f"axis+{method}").spec.trained_on
            assert (after != before[method]) is changes

    def test_a_language_without_translations_is_left_out_and_named(
        self, service: LexiconService, sessions: Sessions
    ) -> None:
        fill(sessions, [*TINY, entry("peak", hi="शिखर")])
        report = build_fitted(service, "axis+procrustes")
        assert report.unfitted == ["hi"]
        assert list(report.built) == ["en", "fr", "kn"]

    def test_without_english_there_is_nothing_to_turn_onto(
        self, service: LexiconService, sessions: Sessions
    ) -> None:
        fill(sessions, [entry("peak", hi="शिखर", fr="cime")])
        with pytest.raises(InvalidInput, match="there are no English vectors"):
            build_fitted(service, "axis+procrustes")


class TestFits:
    def test_unfitted_names_the_command(self, service: LexiconService) -> None:
        with pytest.raises(
            ModelMissing, match=rf"not fitted yet; .*: {REMEDY}$".replace("+", r"\+")
        ):
            ask(service, "water", encoder=NAME)
        assert str(index_status(service, NAME).problem).endswith(REMEDY)

    def test_a_fit_is_kept_and_new_words_are_mapped_by_it(
        self, service: LexiconService, sessions: Sessions, axis: AxisEncoder
    ) -> None:
        build_fitted(service, NAME)
        before = post_processed(service, NAME).spec
        fill(sessions, [*TINY, SEA])
        report = build_fitted(service, NAME)
        assert report.built == {"en": 5, "fr": 5}
        assert report.reused == {"en": 4, "fr": 4}
        assert axis.encoded == 2
        assert post_processed(service, NAME).spec == before

    def test_a_new_word_is_found_at_once(self, service: LexiconService, sessions: Sessions) -> None:
        build_fitted(service, NAME)
        fill(sessions, [*TINY, SEA])
        encoder = post_processed(service, NAME)
        assert "mer" in lemmas(ask(service, "sea", encoder=NAME))
        assert keep_up(service, encoder).changed == {"en": 1, "fr": 1}
        assert [index.changes for index in index_status(service, NAME).indices] == [1, 1, 0]

    def test_a_word_that_nothing_has_is_mapped_in_its_language(
        self, service: LexiconService
    ) -> None:
        build_fitted(service, NAME)
        assert len(ask(service, "flurbish", encoder=NAME).results) == 4

    def test_refitting_is_another_encoder_under_the_same_name(
        self, service: LexiconService, sessions: Sessions
    ) -> None:
        build_fitted(service, NAME)
        before = post_processed(service, NAME).spec
        fill(sessions, [*TINY, SEA])
        assert build_fitted(service, NAME, again=True).built == {"en": 5, "fr": 5, "kn": 5}
        after = post_processed(service, NAME)
        assert after.spec.identity != before.identity
        assert service.index(after, "en").rows == 5
        # Another process that knew the first fit finds the new one.
        other = LexiconService(service.settings, sessions)
        assert post_processed(other, NAME).spec == after.spec

    def test_the_fit_before_is_kept_and_older_ones_go(
        self, service: LexiconService, sessions: Sessions
    ) -> None:
        specs = []
        for many in range(3):
            fill(sessions, [*TINY, *(entry(f"n{n}", en=f"n{n}") for n in range(many))])
            build_fitted(service, NAME, again=True)
            specs.append(post_processed(service, NAME).spec)
        assert len({spec.identity for spec in specs}) == 3
        there = {one.item.identity for one in entries(service, [NAME])}
        assert there == {spec.identity for spec in specs[1:]}
        kept = post_processed(service, NAME).fits.folder
        assert len([path for path in kept.iterdir() if path.is_dir()]) == 2

    def test_what_is_left_of_a_damaged_fit_goes_too(
        self, service: LexiconService, sessions: Sessions
    ) -> None:
        build_fitted(service, NAME)
        left = post_processed(service, NAME).fits.folder / ("0" * 64)
        left.mkdir()
        build_fitted(service, NAME, again=True)
        assert not left.exists()

    @pytest.mark.parametrize("name", [MAPS, POINTER])
    def test_a_damaged_fit_is_refused_and_fitted_again(
        self, service: LexiconService, name: str
    ) -> None:
        build_fitted(service, NAME)
        before = post_processed(service, NAME)
        for file in before.fits.folder.rglob(name):
            file.write_bytes(b"damage")
        fresh = LexiconService(service.settings, service.sessions)
        with pytest.raises(ModelDamaged, match=r"fit it again with: lexicon index build"):
            ask(fresh, "a text that nobody wrote", encoder=NAME)
        # What it was fitted to has not changed, so the indices are still its own.
        assert build_fitted(fresh, NAME).current == {"en": 4, "fr": 4, "kn": 5}
        assert len(ask(fresh, "a text that nobody wrote", encoder=NAME).results) == 4

    def test_a_build_that_fails_leaves_the_fit_in_use(
        self, service: LexiconService, sessions: Sessions, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        build_fitted(service, NAME)
        before = post_processed(service, NAME).spec
        fill(sessions, [*TINY, SEA])

        def killed(sessions: Sessions, generations: Generations, encoder: Encoder) -> BuildReport:
            if encoder.spec.name == NAME:
                raise KeyboardInterrupt
            return build(sessions, generations, encoder)

        with monkeypatch.context() as patch:
            patch.setattr(fitting, "build", killed)
            with pytest.raises(KeyboardInterrupt):
                build_fitted(service, NAME, again=True)
        assert post_processed(service, NAME).spec == before
        assert "mer" in lemmas(ask(service, "sea", encoder=NAME))

    def test_a_language_that_came_later_is_named(
        self, service: LexiconService, sessions: Sessions
    ) -> None:
        build_fitted(service, NAME)
        fill(sessions, [*TINY, entry("peak", en="peak", hi="शिखर")])
        assert build_fitted(service, NAME).unfitted == ["hi"]
        with pytest.raises(InvalidInput, match=r"not fitted to language 'hi'.* --refit$"):
            ask(service, "peak", target="hi", encoder=NAME)
        with pytest.raises(InvalidInput, match=r"not fitted to language 'hi'.* --refit$"):
            build(sessions, service.generations, post_processed(service, NAME), ["hi"])
        build_fitted(service, NAME, again=True)
        assert lemmas(ask(service, "peak", target="hi", encoder=NAME)) == ["शिखर"]

    def test_a_fitted_language_without_an_index_is_built(
        self, service: LexiconService, sessions: Sessions
    ) -> None:
        build_fitted(service, NAME)
        encoder = post_processed(service, NAME)
        service.generations.forget(encoder.spec.identity)
        with pytest.raises(
            IndexMissing, match=r"build it with: lexicon index build --encoder axis"
        ):
            ask(service, "water", encoder=NAME)


class TestBase:
    def test_a_base_without_an_index_is_encoded(
        self, service: LexiconService, axis: AxisEncoder
    ) -> None:
        build_fitted(service, NAME)
        encoder = post_processed(service, NAME)
        before = service.index(encoder, "en").all_vectors()
        service.generations.forget(axis.spec.identity)
        build(service.sessions, service.generations, encoder, ["en"], force=True)
        assert axis.encoded == 4
        np.testing.assert_allclose(service.index(encoder, "en").all_vectors(), before, atol=1e-3)

    def test_a_damaged_base_is_encoded(self, service: LexiconService, axis: AxisEncoder) -> None:
        build_fitted(service, NAME)
        for file in (service.settings.indices / axis.spec.identity / "en").rglob("vectors.npy"):
            file.write_bytes(file.read_bytes()[:-1])
        build(
            service.sessions, service.generations, post_processed(service, NAME), ["en"], force=True
        )
        assert axis.encoded == 4

    def test_a_large_base_is_checked_before_it_is_read(
        self, service: LexiconService, axis: AxisEncoder, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        build_fitted(service, NAME)
        monkeypatch.setattr("indexer.generations.folder.MAPPED_FROM", 0)
        for file in (service.settings.indices / axis.spec.identity / "en").rglob("vectors.npy"):
            held = bytearray(file.read_bytes())
            held[-1] ^= 1
            file.write_bytes(held)
        build(
            service.sessions,
            service.generations,
            post_processed(service, NAME),
            ["en", "fr"],
            force=True,
        )
        assert axis.encoded == 4

    def test_indices_are_listed_checked_and_exported_like_any_other(
        self, service: LexiconService, tmp_path: Path
    ) -> None:
        build_fitted(service, NAME)
        found = entries(service, [NAME])
        assert [one.item.language for one in found] == ["en", "fr", "kn"]
        assert all(one.known and one.encoder == NAME for one in found)
        assert damages(service, found) == []
        encoder = post_processed(service, NAME)
        written = export(service, encoder, "en", Wanted("word2vec"), tmp_path / "en.txt")
        assert written.rows == 4

    def test_the_embedded_encoder_is_fitted_too(
        self, settings: Settings, sessions: Sessions
    ) -> None:
        fill(sessions)
        service = LexiconService(settings, sessions)
        build_fitted(service, "embedded+procrustes")
        encoder = post_processed(service, "embedded+procrustes")
        assert encoder.spec.identity.startswith("embedded+procrustes-")
        assert encoder.spec.dim == encoder.base.spec.dim
        answer = ask(service, "water", "en", "kn", k=2, encoder="embedded+procrustes")
        assert sorted(lemmas(answer)) == sorted(["ನೀರು", "ಜಲ"])


def test_the_command_is_that_of_the_remedy() -> None:
    assert stored.command(NAME) == REMEDY
