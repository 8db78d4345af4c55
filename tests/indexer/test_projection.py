"""Words brought to two dimensions: which, where, and kept for whom."""

import os
import sys
from pathlib import Path

import numpy as np
import pytest

from indexer import projection
from indexer.build import build
from indexer.plane import principal_components
from indexer.projection import Projection, Selection, choose, project
from indexer.service import LexiconService
from indexer.vectors import Vectors
from lexicon import queries
from lexicon.errors import ExtraMissing, InvalidInput, StoreUnavailable, UnknownLanguage
from lexicon.settings import Settings
from lexicon.store import Sessions
from tests.conftest import TINY, AxisEncoder, fill
from tests.indexer.worlds import entry, world


def named(made: Projection) -> list[str]:
    return [f"{word.form} {word.language}" for word in made.words]


def files(service: LexiconService) -> list[Path]:
    return sorted((service.settings.home / "projections").rglob("*.*"))


def pca(service: LexiconService, selection: Selection = Selection()) -> Projection:  # noqa: B008
    return project(service, None, selection, "pca")


class TestWords:
    def test_every_word_by_language_and_the_lines_between_first_choices(
        self, service: LexiconService
    ) -> None:
        made = pca(service)
        # By field and key: landscape, money, motion, water.
        assert named(made) == [
            "bank en", "shore en", "run en", "water en",
            "rive fr", "banque fr", "courir fr", "eau fr",
            "ದಡ kn", "ಬ್ಯಾಂಕ್ kn", "ಓಡು kn", "ನೀರು kn", "ಜಲ kn",
        ]  # fmt: skip
        assert made.lines.tolist() == [
            [0, 4], [0, 5], [0, 8], [0, 9], [2, 6], [2, 10], [3, 7], [3, 11],
            [4, 8], [5, 9], [6, 10], [7, 11],
        ]  # fmt: skip
        assert made.words[0].glosses == ("land beside a river", "house that keeps money")
        assert (made.concepts, made.pending, made.memorised) == (4, 0, False)
        assert made.points.shape == (13, 2)
        assert made.points.dtype == np.float32
        # Words with equal vectors lie in one place.
        assert made.points[4].tolist() == made.points[8].tolist()
        assert made.points[11].tolist() == made.points[12].tolist()

    def test_languages_and_fields_can_be_chosen(self, service: LexiconService) -> None:
        made = pca(service, Selection(("kn", "en", "kn")))
        assert named(made)[:2] == ["ದಡ kn", "ಬ್ಯಾಂಕ್ kn"]
        assert len(made.words) == 9
        assert made.lines.tolist() == [[0, 5], [1, 5], [2, 7], [3, 8]]
        with pytest.raises(InvalidInput, match=r"^4 words are too few for a map; choose more"):
            pca(service, Selection(field="water"))
        with pytest.raises(UnknownLanguage):
            pca(service, Selection(("xx",)))

    def test_an_unknown_field_is_refused_with_what_may_be_meant(
        self, service: LexiconService
    ) -> None:
        with pytest.raises(InvalidInput) as refused:
            pca(service, Selection(field="watre"))
        assert str(refused.value) == (
            "no concept of the field 'watre' has a word in en, fr, kn; did you mean water?"
        )
        for nothing in (Selection(("kn",), "zzz"), Selection(("hi",), "water")):
            with pytest.raises(InvalidInput, match=r"in (kn|hi); see: lexicon words export"):
                pca(service, nothing)

    def test_more_words_than_wanted_are_refused(self, service: LexiconService) -> None:
        for selection, most, said in (
            (Selection(), 12, "a map of 13 words would have more than 12 words; choose a field"),
            (Selection(), 3, "a map of 4 concepts would have more than 3 words"),
            (Selection(concepts=3), 2, "a map of 3 concepts would have more than 2 words"),
        ):
            with pytest.raises(InvalidInput, match=said):
                choose(service, None, selection, "pca", most=most)
        assert len(choose(service, None, Selection(), "pca", most=13).words) == 13

    def test_some_concepts_are_drawn_always_the_same(self, service: LexiconService) -> None:
        two = pca(service, Selection(concepts=2))
        assert two.concepts == 2
        assert named(two) == named(pca(service, Selection(concepts=2)))
        drawn = {tuple(named(project(service, None, Selection(concepts=2), "pca", seed)))
                 for seed in range(6)}  # fmt: skip
        assert len(drawn) > 1
        assert pca(service, Selection(concepts=9)).concepts == 4
        with pytest.raises(InvalidInput, match="0 concepts are no map; give at least 1"):
            pca(service, Selection(concepts=0))

    def test_words_without_a_vector_are_counted_and_their_lines_left_out(
        self, service: LexiconService, sessions: Sessions, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("indexer.delta.FEW", 0)
        before = pca(service)
        fill(sessions, [*TINY, entry("ink.noun.1", en="ink", fr="encre", kn="ದಡ")])
        made = pca(service)
        assert (made.pending, made.concepts) == (2, 5)
        assert sorted(named(made)) == sorted(named(before))
        assert len(made.lines) == len(before.lines)

    def test_a_word_that_leaves_meanwhile_is_pending(
        self, service: LexiconService, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        known = queries.forms_of_lexemes
        monkeypatch.setattr(
            queries,
            "forms_of_lexemes",
            lambda session, ids: {
                one: form for one, form in known(session, ids).items() if form.lemma != "eau"
            },
        )
        made = pca(service)
        assert made.pending == 1
        assert "eau fr" not in named(made)


class TestMethods:
    def test_without_the_extra_tsne_says_what_to_install(
        self, service: LexiconService, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setitem(sys.modules, "openTSNE", None)
        with pytest.raises(ExtraMissing, match="t-SNE needs the extra 'plots'"):
            project(service)
        with pytest.raises(InvalidInput, match="unknown method 'umap'; known: tsne, pca"):
            project(service, method="umap")
        assert files(service) == []


class TestKept:
    @pytest.fixture
    def counted(self, monkeypatch: pytest.MonkeyPatch) -> list[int]:
        """How many words were projected each time that points were worked out."""
        times: list[int] = []
        plain = principal_components

        def counting(vectors: Vectors) -> object:
            times.append(len(vectors))
            return plain(vectors)

        monkeypatch.setattr(projection, "principal_components", counting)
        return times

    def test_points_are_worked_out_once(self, service: LexiconService, counted: list[int]) -> None:
        made, again = pca(service), pca(service)
        assert counted == [13]
        assert again.points.tobytes() == made.points.tobytes()
        assert again.explained == made.explained
        assert again.words == made.words
        assert len(files(service)) == 1

    def test_each_selection_method_and_seed_has_its_own(
        self, service: LexiconService, counted: list[int]
    ) -> None:
        pca(service)
        pca(service, Selection(("en", "kn")))
        project(service, None, Selection(), "pca", 1)
        assert counted == [13, 9, 13]
        assert len(files(service)) == 3

    def test_all_concepts_are_the_same_however_they_are_asked_for(
        self, service: LexiconService, counted: list[int]
    ) -> None:
        for concepts in (None, 4, 1_000):
            pca(service, Selection(concepts=concepts))
        assert counted == [13]

    def test_whether_a_map_is_stored_is_known(self, service: LexiconService) -> None:
        chosen = choose(service, method="pca")
        assert chosen.stored() is None
        made = chosen.work_out()
        again = chosen.stored()
        assert again is not None
        assert again.points.tobytes() == made.points.tobytes()
        assert choose(service, method="pca").path == chosen.path
        assert choose(service, method="tsne").stored() is None

    def test_only_so_many_are_kept(
        self, service: LexiconService, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(projection, "KEPT", 2)
        kept = []
        for seed in range(4):
            project(service, None, Selection(), "pca", seed)
            kept.append(choose(service, None, Selection(), "pca", seed).path)
            os.utime(kept[-1], (seed, seed))
            assert files(service) == sorted(kept[-2:])

    def test_a_new_generation_is_projected_anew_in_place_of_the_old_one(
        self, service: LexiconService, sessions: Sessions, axis: AxisEncoder, counted: list[int]
    ) -> None:
        pca(service)
        (before,) = files(service)
        build(sessions, service.generations, axis, force=True)
        pca(service)
        assert counted == [13, 13]
        (after,) = files(service)
        assert after != before

    def test_a_damaged_file_is_made_again(
        self, service: LexiconService, counted: list[int]
    ) -> None:
        made = pca(service)
        (path,) = files(service)
        whole = path.read_bytes()
        flipped = whole[:80] + bytes([whole[80] ^ 1]) + whole[81:]
        for damaged in (whole[:-1], flipped, b"", b"\xff\xff\n" + whole):
            path.write_bytes(damaged)
            assert pca(service).points.tobytes() == made.points.tobytes()
            assert path.read_bytes() == whole
        assert counted == [13] * 5

    def test_tsne_is_kept_without_shares_of_variance(
        self, service: LexiconService, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(projection, "tsne", lambda rows, _seed, _advance: rows[:, :2])
        made, again = project(service), project(service)
        assert made.explained is again.explained is None
        assert again.points.tobytes() == made.points.tobytes()

    def test_a_folder_that_cannot_be_written_is_said(self, service: LexiconService) -> None:
        (service.settings.home / "projections").write_text("a file")
        with pytest.raises(StoreUnavailable, match=r"cannot be written .* or set LEXICON_HOME"):
            pca(service)


def test_an_encoder_that_remembers_is_said(
    settings: Settings, sessions: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = world(settings, sessions, monkeypatch, TINY)
    encoder = AxisEncoder(trained_on="this lexicon")
    monkeypatch.setitem(service._encoders, "axis", encoder)
    build(sessions, service.generations, encoder)
    assert pca(service).memorised
