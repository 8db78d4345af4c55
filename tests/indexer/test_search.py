"""Nearest-translation search over worlds that can be counted by hand, and against brute force."""

from collections.abc import Iterable, Sequence

import numpy as np
import pytest

from indexer.answers import MAX_K, SCORES, Score
from indexer.build import build
from indexer.service import LexiconService
from lexicon.ingest.report import SourceEntry
from lexicon.ingest.words import replace_source
from lexicon.settings import Settings
from lexicon.store import Sessions, writing
from tests.conftest import TINY, AxisEncoder, fill
from tests.indexer.asking import Float, ask, lemmas, unit
from tests.indexer.indices.generating import half
from tests.indexer.worlds import Table, entry, register, world

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
        # bank: two of four French words at 1/√2; banque: one of four English words.
        means = 2 * DIAGONAL / 4, DIAGONAL / 4
        assert best.pop("csls") == pytest.approx(2 * DIAGONAL - sum(means), abs=1e-4)
        middle = sum(means) / 2
        assert best.pop("margin") == pytest.approx(DIAGONAL / middle, abs=1e-4)
        assert best.pop("margin_distance") == pytest.approx(DIAGONAL - middle, abs=1e-4)
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


def stored(rows: Iterable[Sequence[float]]) -> Float:
    """Unit rows with the digits that are stored."""
    return half(np.array(list(rows), dtype=np.float32)).astype(np.float64)


def reference(table: Table, query: Float) -> dict[str, dict[str, float]]:
    """Every score of every French word for ``query``, in double precision, by sorting."""
    english, french = (stored(table[code].values()) for code in ("en", "fr"))
    to_query = french @ query
    own = np.sort(to_query)[::-1]
    theirs = np.sort(french @ english.T, axis=1)[:, ::-1]
    wide = own[:10].mean() + theirs[:, :10].mean(axis=1)
    middle = (own[:4].mean() + theirs[:, :4].mean(axis=1)) / 2
    scores = {
        "cosine": to_query.clip(-1, 1),
        "csls": 2 * to_query - wide,
        "margin": to_query / middle.clip(0.01),
        "margin_distance": to_query - middle,
    }
    return {name: dict(zip(table["fr"], of, strict=True)) for name, of in scores.items()}


class TestBruteForce:
    @pytest.mark.parametrize(
        ("seed", "english", "french"), [(1, 400, 500), (2, 9, 350), (3, 350, 7), (4, 2, 900)]
    )
    def test_every_score_equals_brute_force_in_double_precision(
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
        texts = {name: unit(stored([table["en"][name]])[0]) for name in list(table["en"])[:6]}
        texts["unknown"] = unit([1, 1, 1, 1])
        orders = set()
        for text, vector in texts.items():
            expected = reference(table, vector)
            for score in SCORES:
                orders.add((text, *sorted(expected[score], key=expected[score].__getitem__)))
                for k in (1, 7, 60, 300, 1_000):
                    found = ask(service, text, k=k, score=score)
                    best = sorted(expected[score].values(), reverse=True)[:k]
                    names = lemmas(found)
                    assert len(set(names)) == len(best)
                    got = [expected[score][name] for name in names]
                    np.testing.assert_allclose(got, best, atol=1.1e-4)
                    for name in expected:
                        np.testing.assert_allclose(
                            [getattr(result, name) for result in found.results],
                            [expected[name][lemma] for lemma in names],
                            atol=3e-6,
                            rtol=5e-5,
                        )
        assert len(orders) > len(texts)

    def test_stored_digits_are_near_enough_to_all_of_them(
        self, settings: Settings, sessions: Sessions, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        random = np.random.default_rng(5)
        names = [f"f{n:03}" for n in range(60)]
        rows = unit(random.standard_normal((61, 128)))
        table: Table = {
            "en": {"x": rows[60].tolist()},
            "fr": dict(zip(names, rows.tolist(), strict=False)),
        }
        encoder = register(monkeypatch, AxisEncoder(table, dim=128))
        fill(sessions, [entry("x", en="x"), *(entry(f"c.{name}", fr=name) for name in names)])
        service = LexiconService(settings, sessions)
        build(sessions, service.generations, encoder)
        expected = dict(zip(names, (rows[:60] @ rows[60]).tolist(), strict=True))
        found = {result.lemma: result.cosine for result in ask(service, "x", k=60).results}
        assert found == pytest.approx(expected, abs=1e-4)


def test_a_margin_finds_what_is_far_from_everything_but_the_query(
    settings: Settings, sessions: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    table: Table = {
        "en": {"x": [1, 1, 0, 0], "y": [1, 0, 0, 0], "z": [1, 0, 0.1, 0]},
        "fr": {"hub": [1, 0.4, 0, 0], "lonely": [0.3, 1, 0, 0], "off": [0, 0, 0, 1]},
    }
    entries = [entry("en", en="x|y|z"), entry("fr", fr="hub|lonely|off")]
    service = world(settings, sessions, monkeypatch, entries, table)
    assert lemmas(ask(service, "x", score="cosine")) == ["hub", "lonely", "off"]
    assert lemmas(ask(service, "x", score="margin")) == ["lonely", "hub", "off"]


@pytest.mark.parametrize("k", [80, 90, 100, 140])
def test_a_ratio_below_zero_may_be_the_better_the_further_a_word_is_from_the_query(
    settings: Settings, sessions: Sessions, monkeypatch: pytest.MonkeyPatch, k: int
) -> None:
    # 150 words that no English word is near, at cosines from 0.1 to -0.1, and beyond them, at -0.2,
    # ten in a crowd of English ones.
    alone = {f"a{n:03}": [0.1 - n / 750, 0, 1, n / 150] for n in range(150)}
    crowded = {f"c{n}": [-0.2, 0.98, 0, n / 1_000] for n in range(10)}
    crowd = {f"e{n}": [-0.2, 0.98, 0, -n / 1_000] for n in range(40)}
    table: Table = {"en": {"x": [1, 0, 0, 0], **crowd}, "fr": {**alone, **crowded}}
    entries = [entry("en", en="|".join(table["en"])), entry("fr", fr="|".join(table["fr"]))]
    service = world(settings, sessions, monkeypatch, entries, table)
    expected = reference(table, unit([1, 0, 0, 0]))["margin"]
    got = [expected[name] for name in lemmas(ask(service, "x", k=k, score="margin"))]
    best = sorted(expected.values(), reverse=True)[:k]
    assert best[-1] < 0
    np.testing.assert_allclose(got, best, atol=1.1e-4)


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
