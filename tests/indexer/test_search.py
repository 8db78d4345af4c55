"""Nearest-translation search over worlds that can be counted by hand, and against brute force."""

import numpy as np
import pytest

from indexer.search import MAX_K, Score
from indexer.service import LexiconService
from lexicon.ingest.report import SourceEntry
from lexicon.ingest.words import replace_source
from lexicon.settings import Settings
from lexicon.store import Sessions, writing
from tests.conftest import TINY, AxisEncoder
from tests.indexer.asking import Float, ask, lemmas, unit
from tests.indexer.worlds import Table, entry, world

DIAGONAL = 0.707107


class TestAnswers:
    def test_an_answer_says_all_that_the_contract_names(self, tiny: LexiconService) -> None:
        answer = ask(tiny, "bank", k=1)
        query = answer.query.model_dump()
        assert len(query.pop("lexeme_ids")) == 1
        assert query == {"text": "bank", "language": "en", "covered": True}
        assert (answer.target_language, answer.encoder, answer.score) == ("fr", "axis", "cosine")
        best = answer.results[0].model_dump()
        assert len(best.pop("lexeme_ids")) == 1
        # Every French word has one neighbour of cosine 1/√2 or 1 among three English words.
        assert best.pop("csls") == pytest.approx(
            2 * DIAGONAL - 2 * DIAGONAL / 4 - DIAGONAL / 4, abs=1e-5
        )
        assert best == {
            "lemma": "banque",
            "language": "fr",
            "pos": ["noun"],
            "concepts": [{"key": "bank.noun.2", "gloss": "house that keeps money"}],
            "covered": True,
            "cosine": DIAGONAL,
            "known_translation": True,
        }

    def test_equal_scores_are_ordered_by_sense_rank(self, tiny: LexiconService) -> None:
        for score in ("cosine", "csls"):
            answer = ask(tiny, "water", target="kn", k=2, score=score)
            assert lemmas(answer) == ["ನೀರು", "ಜಲ"]
            assert answer.results[0].cosine == answer.results[1].cosine == 1.0

    def test_equal_scores_and_ranks_are_ordered_by_lemma(self, tiny: LexiconService) -> None:
        answer = ask(tiny, "bank")
        assert lemmas(answer)[:2] == ["banque", "rive"]
        assert [result.cosine for result in answer.results] == [DIAGONAL, DIAGONAL, 0.0, 0.0]
        assert lemmas(answer)[2:] == ["courir", "eau"]

    def test_the_rank_that_counts_is_that_of_the_shared_concept(
        self, settings: Settings, sessions: Sessions, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        # "b" is first choice of another concept, but second of the one that is asked for.
        entries = [entry("one", en="x", fr="c|b"), entry("two", fr="b|c")]
        same = [1, 0, 0, 0]
        table: Table = {"en": {"x": same}, "fr": {"b": same, "c": same}}
        service = world(settings, sessions, monkeypatch, entries, table)
        assert lemmas(ask(service, "x")) == ["c", "b"]

    def test_a_known_word_is_never_encoded(
        self, tiny: LexiconService, tiny_axis: AxisEncoder
    ) -> None:
        assert lemmas(ask(tiny, "water", target="kn", score="csls"))[0] == "ನೀರು"
        assert lemmas(ask(tiny, "bank", concept="bank.noun.1"))[0] == "rive"
        assert tiny_axis.encoded == 0

    def test_an_unknown_text_is_encoded_once_and_marked(
        self, tiny: LexiconService, tiny_axis: AxisEncoder
    ) -> None:
        answer = ask(tiny, "brook")
        assert tiny_axis.encoded == 1
        assert answer.query.covered is False
        assert answer.query.lexeme_ids == []
        # As near to one word as to the next: rank and lemma decide.
        assert lemmas(answer) == ["banque", "courir", "eau", "rive"]
        assert {result.cosine for result in answer.results} == {0.5}
        assert not any(result.known_translation for result in answer.results)

    @pytest.mark.parametrize("written", ["WATER", " water ", "Water", "wa\u200dter"])
    def test_a_known_word_is_found_however_it_is_written(
        self, tiny: LexiconService, tiny_axis: AxisEncoder, written: str
    ) -> None:
        answer = ask(tiny, written, k=1)
        assert lemmas(answer) == ["eau"]
        assert answer.query.text == written.strip()
        assert len(answer.query.lexeme_ids) == 1
        assert tiny_axis.encoded == 0

    def test_text_is_composed_before_it_is_looked_up(
        self, tiny: LexiconService, tiny_axis: AxisEncoder
    ) -> None:
        answer = ask(tiny, "ಓಡು", source="kn", k=1)
        assert lemmas(answer) == ["courir"]
        assert tiny_axis.encoded == 0

    def test_a_homograph_is_one_result_with_all_its_lexemes(
        self, settings: Settings, sessions: Sessions, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        entries = [
            entry("light.noun.1", "noun", en="light", fr="lumière"),
            entry("light.adj.1", "adj", en="light|weightless", fr="léger"),
        ]
        table: Table = {
            "en": {"light": [1, 1, 0, 0], "weightless": [0, 1, 0, 0]},
            "fr": {"lumière": [1, 0, 0, 0], "léger": [0, 1, 0, 0]},
        }
        service = world(settings, sessions, monkeypatch, entries, table)
        answer = ask(service, "léger", source="fr", target="en")
        assert lemmas(answer) == ["weightless", "light"]
        light = answer.results[1]
        assert len(light.lexeme_ids) == 2
        assert light.lexeme_ids == sorted(light.lexeme_ids)
        assert light.pos == ["adj", "noun"]
        assert [concept.key for concept in light.concepts] == ["light.adj.1", "light.noun.1"]
        assert len(ask(service, "light").query.lexeme_ids) == 2

    def test_a_result_that_the_encoder_guessed_says_so(
        self, settings: Settings, sessions: Sessions, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        entries = [entry("one", en="x", fr="known|unknown")]
        table: Table = {"en": {"x": [1, 0, 0, 0]}, "fr": {"known": [1, 0, 0, 0]}}
        service = world(settings, sessions, monkeypatch, entries, table)
        answer = ask(service, "x")
        assert [(r.lemma, r.covered) for r in answer.results] == [
            ("known", True),
            ("unknown", False),
        ]

    def test_a_known_word_that_the_encoder_guessed_says_so(
        self, settings: Settings, sessions: Sessions, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        entries = [entry("one", en="x", fr="y")]
        service = world(settings, sessions, monkeypatch, entries, {"fr": {"y": [1, 0, 0, 0]}})
        query = ask(service, "x").query
        assert query.covered is False
        assert len(query.lexeme_ids) == 1


class TestDepth:
    @pytest.mark.parametrize("k", [4, 5, MAX_K])
    def test_k_beyond_the_rows_gives_every_form(self, tiny: LexiconService, k: int) -> None:
        assert lemmas(ask(tiny, "eau", "fr", "en", k=k)) == ["water", "bank", "run", "shore"]

    def test_one_row_is_enough(
        self, settings: Settings, sessions: Sessions, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        service = world(settings, sessions, monkeypatch, [entry("one", en="x", fr="y")])
        for score in ("cosine", "csls"):
            assert lemmas(ask(service, "x", score=score)) == ["y"]

    @pytest.mark.parametrize("score", ["cosine", "csls"])
    @pytest.mark.parametrize("k", [1, 2, 5])
    def test_a_tie_at_the_cut_goes_to_the_better_rank(
        self,
        settings: Settings,
        sessions: Sessions,
        monkeypatch: pytest.MonkeyPatch,
        k: int,
        score: Score,
    ) -> None:
        # 300 equal forms, far more than the first look into the index; the store's first choices
        # come last there.
        names = [f"f{n:03}" for n in range(300)]
        entries = [
            entry("a.other", fr="|".join(names)),
            entry("z.wanted", en="x", fr="|".join(reversed(names))),
        ]
        table: Table = {"en": {"x": [1, 0, 0, 0]}, "fr": {name: [1, 0, 0, 0] for name in names}}
        service = world(settings, sessions, monkeypatch, entries, table)
        assert lemmas(ask(service, "x", k=k, score=score)) == names[: -k - 1 : -1]

    def test_csls_finds_what_many_nearer_words_hide(
        self, settings: Settings, sessions: Sessions, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def at(degrees: float, tilt: float = 0.0) -> list[float]:
            angle = np.radians(degrees)
            return [float(np.cos(angle)), float(np.sin(angle)), tilt, 0.0]

        # 150 hubs 25° away, which 200 English words surround; 32° away, a word nobody is near.
        crowd = {f"e{n}": at(0, n / 5_000) for n in range(200)}
        hubs = {f"f{n}": at(0, n / 5_000) for n in range(150)}
        entries = [
            entry("query", en="query"),
            entry("crowd", en="|".join(crowd)),
            entry("hubs", fr="|".join(hubs)),
            entry("lonely", fr="lonely"),
        ]
        table: Table = {"en": {"query": at(25), **crowd}, "fr": {"lonely": at(57), **hubs}}
        service = world(settings, sessions, monkeypatch, entries, table)
        assert lemmas(ask(service, "query", k=1, score="cosine")) == ["f0"]
        assert lemmas(ask(service, "query", k=1, score="csls")) == ["lonely"]
        assert lemmas(ask(service, "query", k=151, score="cosine"))[150] == "lonely"


def random_table(seed: int, english: int, french: int) -> Table:
    random = np.random.default_rng(seed)
    return {
        "en": {f"e{n:03}": random.standard_normal(4).tolist() for n in range(english)},
        "fr": {f"f{n:03}": random.standard_normal(4).tolist() for n in range(french)},
    }


def reference(table: Table, query: Float) -> tuple[dict[str, float], dict[str, float]]:
    """Cosine and CSLS of every French word for ``query``, in double precision, by sorting."""
    english, french = (unit(list(table[code].values())) for code in ("en", "fr"))
    to_query = french @ query
    own = np.sort(to_query)[::-1][:10].mean()
    theirs = np.sort(french @ english.T, axis=1)[:, ::-1][:, :10].mean(axis=1)
    scores = 2 * to_query - own - theirs
    names = list(table["fr"])
    return (
        dict(zip(names, to_query.tolist(), strict=True)),
        dict(zip(names, scores.tolist(), strict=True)),
    )


class TestBruteForce:
    @pytest.mark.parametrize(
        ("seed", "english", "french"), [(1, 400, 500), (2, 9, 350), (3, 350, 7)]
    )
    def test_both_scores_equal_brute_force_in_double_precision(
        self,
        settings: Settings,
        sessions: Sessions,
        monkeypatch: pytest.MonkeyPatch,
        seed: int,
        english: int,
        french: int,
    ) -> None:
        table = random_table(seed, english, french)
        entries = [
            *(entry(f"en.{name}", en=name) for name in table["en"]),
            *(entry(f"fr.{name}", fr=name) for name in table["fr"]),
        ]
        service = world(settings, sessions, monkeypatch, entries, table)
        texts = {name: unit(table["en"][name]) for name in list(table["en"])[:6]}
        texts["unknown"] = unit([1, 1, 1, 1])
        changed = 0
        for text, vector in texts.items():
            cosine, csls = reference(table, vector)
            changed += sorted(cosine, key=cosine.__getitem__) != sorted(csls, key=csls.__getitem__)
            for score, expected in (("cosine", cosine), ("csls", csls)):
                for k in (1, 7, 60, 1_000):
                    found = ask(service, text, k=k, score=score)  # type: ignore[arg-type]
                    best = sorted(expected.values(), reverse=True)[:k]
                    names = lemmas(found)
                    assert len(set(names)) == len(best)
                    np.testing.assert_allclose([expected[n] for n in names], best, atol=2e-5)
                    np.testing.assert_allclose(
                        [(r.cosine, r.csls) for r in found.results],
                        [(cosine[n], csls[n]) for n in names],
                        atol=3e-6,
                    )
        assert changed > 0


class TestFrequency:
    def test_the_commoner_of_two_equal_words_comes_first(
        self, service: LexiconService, sessions: Sessions
    ) -> None:
        assert lemmas(ask(service, "bank", "en", "fr", k=2)) == ["banque", "rive"]
        with writing(sessions) as session:
            replace_source(
                session,
                SourceEntry("tiny", "CC0-1.0", "1", "-"),
                TINY,
                {("fr", "rive"): 4.5, ("fr", "banque"): 4.0},
            )
        answer = ask(service, "bank", "en", "fr", k=2)
        assert lemmas(answer) == ["rive", "banque"]
        assert answer.results[0].cosine == answer.results[1].cosine
