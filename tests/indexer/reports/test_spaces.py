"""An encoder's vectors as a report scores them: words, folds, maps that have not seen a fold."""

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from indexer.alignment.bitext import bitext
from indexer.alignment.groups import FOLDS
from indexer.build import build
from indexer.encoders.postprocessed.methods import METHODS, fit_method
from indexer.reports.spaces import Language, Languages, languages, sampled
from indexer.service import LexiconService
from lexicon.models import Lexeme
from lexicon.settings import Settings
from lexicon.store import Sessions, writing
from tests.conftest import AxisEncoder, fill
from tests.indexer.vectors import random_rows
from tests.indexer.worlds import Table, entry, register, world

SIZE, DIM = 30, 6
CODES = ("en", "fr", "hi")


def read(service: LexiconService, name: str | None = None) -> Languages:
    with service.sessions() as session:
        return languages(service, session, service.encoder(name))


class TestWords:
    @pytest.fixture
    def service(
        self, settings: Settings, sessions: Sessions, monkeypatch: pytest.MonkeyPatch
    ) -> LexiconService:
        entries = [
            entry("sea.noun.1", en="Sea|ocean", fr="mer"),
            entry("mother.noun.1", fr="mère|mer"),
            entry("sea.propn.1", "propn", en="Sea"),
        ]
        table: Table = {"en": {"Sea": [1, 0, 0, 0]}}
        service = world(settings, sessions, monkeypatch, entries, table)
        with writing(sessions) as session:
            for lexeme in session.query(Lexeme).filter_by(lemma="ocean"):
                lexeme.frequency = 4.5
        return service

    def test_rows_have_keys_frequencies_and_concepts(self, service: LexiconService) -> None:
        made = read(service)
        english, french = (made.by_code[code] for code in ("en", "fr"))
        words = english.words
        assert (words.language, words.rows, words.left_out, words.tokens) == ("en", 2, 0, None)
        assert words.key.tolist() == ["sea", "ocean"]
        assert words.frequency.tolist() == pytest.approx([float("nan"), 4.5], nan_ok=True)
        assert words.covered.tolist() == [True, False]
        senses = zip(words.expressions.row.tolist(), words.expressions.pos.tolist(), strict=True)
        assert list(senses) == [(0, "noun"), (1, "noun"), (0, "propn")]
        assert french.words.key.tolist() == ["mer", "mère"]
        assert set(english.fields.values()) == {"field"}
        assert set(made.generations) == {"en", "fr"}
        assert made.base is None

    def test_concepts_that_share_a_form_of_any_language_are_in_one_fold(
        self, service: LexiconService
    ) -> None:
        made = read(service)
        english, french = (made.by_code[code].space.fold.tolist() for code in ("en", "fr"))
        assert len({*english, *french}) == 1

    def test_an_encoder_may_say_how_many_tokens_it_makes(
        self, service: LexiconService, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def token_counts(
            self: AxisEncoder, texts: Sequence[str], language: str | None = None
        ) -> NDArray[np.int64]:
            return np.array([len(text) for text in texts], dtype=np.int64)

        monkeypatch.setattr(AxisEncoder, "token_counts", token_counts, raising=False)
        tokens = read(service).by_code["fr"].words.tokens
        assert tokens is not None
        assert tokens.tolist() == [3, 4]

    def test_some_rows_alone(self, service: LexiconService) -> None:
        whole = read(service).by_code["en"]
        some = whole.only(np.array([1]))
        assert (some.words.rows, some.words.key.tolist()) == (1, ["ocean"])
        assert some.words.expressions.row.tolist() == [0]
        assert (
            some.words.expressions.concept.tolist() == whole.words.expressions.concept[1:2].tolist()
        )
        assert some.ids.tolist() == whole.ids[1:].tolist()
        assert some.words.tokens is None
        np.testing.assert_array_equal(some.space.views[0].vectors, whole.space.views[0].vectors[1:])
        back = whole.only(np.array([1, 0]))
        assert back.words.key.tolist() == ["ocean", "sea"]
        assert back.words.expressions.row.tolist() == [1, 0, 1]


def vectors(seed: int) -> dict[str, NDArray[np.float32]]:
    """Rows of each language, which lean to one side."""
    return {
        code: random_rows(SIZE, DIM, seed + place) + np.float32(0.3)
        for place, code in enumerate(CODES)
    }


def table(rows: dict[str, NDArray[np.float32]]) -> Table:
    return {
        code: {f"{code}{number}": row.tolist() for number, row in enumerate(some)}
        for code, some in rows.items()
    }


class TestRefitted:
    @pytest.fixture
    def service(self, settings: Settings, sessions: Sessions) -> LexiconService:
        """Thirty concepts with a word in each language; no index yet."""
        fill(
            sessions,
            [entry(f"c{n}", **{code: f"{code}{n}" for code in CODES}) for n in range(SIZE)],
        )
        return LexiconService(settings, sessions)

    def built(
        self, service: LexiconService, patch: pytest.MonkeyPatch, name: str, said: Table
    ) -> AxisEncoder:
        encoder = AxisEncoder(said, name=name, model_id=f"tests/{name}", dim=DIM)
        build(service.sessions, service.generations, register(patch, encoder))
        return encoder

    @pytest.mark.parametrize("method", sorted(METHODS))
    def test_each_fold_is_seen_through_what_the_others_say(
        self, service: LexiconService, monkeypatch: pytest.MonkeyPatch, method: str
    ) -> None:
        self.built(service, monkeypatch, "axis", table(vectors(1)))
        made = read(service, f"axis+{method}")
        assert made.evaluation == "cross-validated"
        assert made.base is not None
        plain = {code: space.views[0].vectors for code, space in made.base.items()}
        english = made.by_code["en"]
        for code, language in made.by_code.items():
            fold, views = language.space.fold, language.space.views
            assert [view.folds for view in views] == [(number,) for number in range(FOLDS)]
            both = bitext(language.words.expressions, english.words.expressions)
            for number, view in enumerate(views):
                there = {one: made.by_code[one].space.fold != number for one in CODES}
                # Row numbers among the rows that are left.
                place = {one: np.cumsum(kept) - 1 for one, kept in there.items()}
                seen = there[code][both.source] & there["en"][both.target]
                pairs = place[code][both.source[seen]], place["en"][both.target[seen]]
                fitted = fit_method(
                    method,
                    {one: plain[one][kept] for one, kept in there.items()},
                    {} if code == "en" else {code: pairs},
                )[code]
                np.testing.assert_allclose(view.vectors, fitted.apply(plain[code]), atol=1e-5)
                assert 0 < (fold == number).sum() < SIZE

    @pytest.mark.parametrize("method", sorted(METHODS))
    def test_what_a_fold_says_changes_every_map_but_its_own(
        self, service: LexiconService, monkeypatch: pytest.MonkeyPatch, method: str
    ) -> None:
        before = vectors(1)
        self.built(service, monkeypatch, "before", table(before))
        made = read(service, f"before+{method}")
        held_out = 2
        after = {}
        for code in CODES:
            language = made.by_code[code]
            changed = set(language.words.key[language.space.fold == held_out].tolist())
            assert 0 < len(changed) < SIZE
            after[code] = np.stack(
                [
                    (vectors(50) if f"{code}{number}" in changed else before)[code][number]
                    for number in range(SIZE)
                ]
            )
        self.built(service, monkeypatch, "after", table(after))
        again = read(service, f"after+{method}")
        for code in CODES:
            one, other = made.by_code[code].space, again.by_code[code].space
            np.testing.assert_array_equal(one.fold, other.fold)
            stays = one.fold != held_out
            same = [
                np.allclose(first.vectors[stays], second.vectors[stays], atol=1e-5)
                for first, second in zip(one.views, other.views, strict=True)
            ]
            assert same == [number == held_out for number in range(FOLDS)]

    def test_a_language_that_cannot_be_turned_is_left_out(
        self, settings: Settings, sessions: Sessions, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        entries = [entry(f"c{n}", en=f"en{n}", fr=f"fr{n}") for n in range(SIZE)]
        fill(sessions, [*entries, entry("alone", hi="hi0")])
        service = LexiconService(settings, sessions)
        self.built(service, monkeypatch, "axis", table(vectors(1)))
        assert set(read(service, "axis+procrustes").by_code) == {"en", "fr"}
        assert set(read(service, "axis+center").by_code) >= {"en", "fr"}


def test_languages_are_sampled_with_their_own_folds(tiny: LexiconService) -> None:
    made = read(tiny)
    english, kannada = made.by_code["en"], made.by_code["kn"]
    data = sampled(english, kannada, random_pairs=50, seed=1)
    assert (data.source.language, data.target.language) == ("en", "kn")
    np.testing.assert_array_equal(data.fold, english.space.fold[data.pairs.source])
    assert isinstance(english, Language)
