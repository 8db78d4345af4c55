"""The study's Table 1 beside ours, over first-listed forms that can be counted by hand."""

import csv
from io import StringIO

import pytest

from indexer.build import build
from indexer.encoders import registry
from indexer.reports.documents.document import said
from indexer.reports.documents.table1 import document
from indexer.reports.formats.writers import WRITERS
from indexer.reports.report import Parameters, report
from indexer.reports.table1 import MODELS, PUBLISHED, STUDY, Row, Side, Table1, table1
from indexer.service import LexiconService
from lexicon.errors import IndexMissing, InvalidInput, UnknownEncoder
from lexicon.settings import Settings
from lexicon.store import Sessions
from tests.conftest import AxisEncoder
from tests.indexer.worlds import Table, entry, register, world

HALF = 0.5**0.5
FEW = Parameters(samples=50, random_pairs=100)

ENTRIES = (
    entry("water", en="water", fr="eau|flotte", hi="पानी", kn="ನೀರು"),
    entry("shore", en="bank|shore", fr="rive", hi="किनारा", kn="ದಡ"),
    entry("run", "verb", en="run", fr="courir", hi="दौड़ना", kn="ಓಡು"),
)
TABLE: Table = {
    "en": {"water": [1, 0, 0, 0], "bank": [0, 1, 1, 0], "shore": [0, 1, 0, 0], "run": [0, 0, 0, 1]},
    # The second word for water is nowhere near it.
    "fr": {
        "eau": [1, 0, 0, 0],
        "flotte": [0, 0, 1, 0],
        "rive": [0, 1, 0, 0],
        "courir": [0, 0, 0, 1],
    },
    "hi": {"पानी": [1, 0, 0, 0], "किनारा": [0, 1, 0, 0], "दौड़ना": [0, 0, 0, -1]},
    "kn": {"ನೀರು": [1, 0, 0, 0], "ದಡ": [0, 1, 0, 0], "ಓಡು": [0, 0, 0, 1]},
}


@pytest.fixture
def four(settings: Settings, sessions: Sessions, monkeypatch: pytest.MonkeyPatch) -> LexiconService:
    return world(settings, sessions, monkeypatch, ENTRIES, TABLE)


@pytest.fixture
def labse(four: LexiconService, monkeypatch: pytest.MonkeyPatch) -> AxisEncoder:
    """The same vectors under the name of one of the study's models."""
    encoder = register(monkeypatch, AxisEncoder(TABLE, name="labse", model_id="tests/labse"))
    build(four.sessions, four.generations, encoder)
    return encoder


def ours(made: Table1, encoder: str = "axis") -> dict[tuple[str, str], Row]:
    return {(row.source, row.target): row for row in made.rows if row.encoder == encoder}


def test_the_mean_is_over_the_first_listed_forms_alone(four: LexiconService) -> None:
    rows = ours(table1(four, parameters=FEW))
    assert list(rows) == list(PUBLISHED)
    # water and eau 1, bank and rive .7071, run and courir 1.
    assert rows["en", "fr"].cosine == pytest.approx((1 + HALF + 1) / 3, abs=1e-3)
    assert rows["en", "fr"].concepts == 3
    # run and its Hindi word point away from each other.
    assert rows["en", "hi"].cosine == pytest.approx((1 + HALF - 1) / 3, abs=1e-3)
    assert rows["hi", "kn"].cosine == pytest.approx((1 + 1 - 1) / 3, abs=1e-3)
    # The report averages over all forms of a concept, which is another number.
    (pair,) = report(four, pairs=["en-fr"], parameters=FEW).pairs
    mean = pair.all["cosine_mean"]
    assert mean is not None
    assert mean.value == pytest.approx((0.5 + (HALF + 1) / 2 + 1) / 3, abs=1e-3)


def test_the_honest_columns_are_the_report_s(
    settings: Settings, sessions: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Enough nouns that some are of one fold, of which random pairs are made.
    more = [entry(f"n{i}", en=f"a{i}", fr=f"b{i}", hi=f"c{i}", kn=f"d{i}") for i in range(12)]
    service = world(settings, sessions, monkeypatch, [*ENTRIES, *more], TABLE)
    row = ours(table1(service, parameters=FEW))["en", "kn"]
    (pair,) = report(service, pairs=["en-kn"], parameters=FEW).pairs
    assert None not in (row.random, row.centred, row.auc, row.p_at_1, row.verdict)
    assert (row.random, row.centred) == (
        pair.all["random_cosine_mean"],
        pair.all["centred_cosine_mean"],
    )
    assert (row.auc, row.p_at_1) == (pair.distinct["auc"], pair.distinct["p_at_1"])
    assert (row.verdict, row.candidates) == (pair.verdict, pair.candidates)


def test_an_encoder_of_another_name_has_no_counterpart(four: LexiconService) -> None:
    made = table1(four, parameters=FEW)
    assert made.study == STUDY
    (side,) = made.encoders
    assert (side.encoder, side.model, side.evaluation) == ("axis", None, "zero-shot")
    assert (side.seed, side.samples, side.random_pairs) == (FEW.seed, 50, 100)
    # The study's figures stand by themselves.
    alone = [row for row in made.rows if row.encoder is None]
    assert [(row.source, row.target, row.model, row.published) for row in alone[:3]] == [
        ("en", "fr", "BLOOM-560M", 0.98),
        ("en", "fr", "BLOOM-1.7B", 0.95),
        ("en", "fr", "LaBSE", 0.90),
    ]
    assert len(alone) == 12
    assert {row.cosine for row in alone} == {None}


def test_an_encoder_of_the_study_stands_beside_its_figures(
    four: LexiconService, labse: AxisEncoder
) -> None:
    made = table1(four, ["labse", "axis", "labse"], parameters=FEW)
    assert [side.encoder for side in made.encoders] == ["labse", "axis"]
    found = [(row.encoder, row.model, row.published) for row in made.rows if row.source == "hi"]
    assert found == [
        ("labse", "LaBSE", 0.82),
        ("axis", None, None),
        (None, "BLOOM-560M", 0.097),
        (None, "BLOOM-1.7B", 0.032),
    ]


def test_all_that_are_indexed_are_scored_unless_some_are_named(
    four: LexiconService, labse: AxisEncoder
) -> None:
    done: list[tuple[int, int]] = []
    made = table1(four, (), lambda now, total: done.append((now, total)), FEW)
    assert [side.encoder for side in made.encoders] == ["axis", "labse"]
    assert (done[0], done[-1]) == ((0, 8), (8, 8))
    assert done == sorted(done)


def test_an_encoder_that_cannot_be_opened_any_more_is_named(
    four: LexiconService, labse: AxisEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = "tests/gone"
    encoder = register(monkeypatch, AxisEncoder(TABLE, name=gone, model_id=gone))
    build(four.sessions, four.generations, encoder)
    monkeypatch.delitem(registry.NAMED, gone)
    made = table1(four, parameters=FEW)
    assert [side.encoder for side in made.encoders] == ["axis", "labse"]
    assert list(made.left_out) == [gone]
    notes = document(made).notes
    assert any(note.startswith(f"Left out: {gone}: ") for note in notes)


def test_without_an_index_there_is_nothing_to_put_beside(
    settings: Settings, sessions: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = world(settings, sessions, monkeypatch, ENTRIES, TABLE, languages=["en"])
    with pytest.raises(InvalidInput, match="no encoder has an index of en, fr, hi and kn; build"):
        table1(service)
    with pytest.raises(IndexMissing):
        table1(service, ["axis"])
    with pytest.raises(UnknownEncoder):
        table1(service, ["word2vec"])


def test_languages_without_a_common_concept_have_no_mean(
    settings: Settings, sessions: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    apart = [entry("one", en="water"), entry("two", fr="eau", hi="पानी"), entry("three", kn="ಓಡು")]
    service = world(settings, sessions, monkeypatch, apart, TABLE)
    rows = ours(table1(service, parameters=FEW))
    assert {(row.cosine, row.concepts, row.verdict) for row in rows.values()} == {(None, 0, None)}


# As it is written


def made_by_hand() -> Table1:
    """One pair of one encoder of the study, and one cell of the study alone."""
    side = Side(
        encoder="labse",
        model="LaBSE",
        identity="labse-01",
        evaluation="zero-shot",
        generations={"en": "g1", "kn": "g2"},
        seed=1,
        samples=50,
        random_pairs=100,
    )
    rows = [
        Row(
            source="en",
            target="kn",
            model="LaBSE",
            published=0.85,
            encoder="labse",
            evaluation="zero-shot",
            concepts=7,
            cosine=0.75,
            candidates=9,
            verdict="aligned",
        ),
        Row(source="en", target="kn", model="BLOOM-560M", published=-0.16),
    ]
    return Table1(encoders=[side], left_out={}, rows=rows)


def test_the_table_says_that_the_lexicons_differ_and_which_model_is_which() -> None:
    facts = " ".join(document(made_by_hand()).facts)
    assert "The lexicons differ" in facts
    assert "labse is the study's LaBSE." in facts
    assert "the study's figures stand alone: BLOOM-560M and BLOOM-1.7B." in facts
    assert "candidates kn 9; identity labse-01; generations en g1, kn g2." in facts
    whole = made_by_hand()
    whole.encoders += [
        whole.encoders[0].model_copy(update={"encoder": name, "model": model})
        for name, model in MODELS.items()
        if name != "labse"
    ]
    assert not any("stand alone" in fact for fact in document(whole).facts)


def test_the_study_s_figures_keep_their_digits() -> None:
    (table,) = document(made_by_hand()).tables
    first, second = ([said(cell) for cell in row] for row in table.rows)
    assert first[:4] == ["en→kn", "labse", "0.85", "0.750"]
    assert first[-3:] == ["7", "9", "aligned"]
    assert second[:4] == ["en→kn", "BLOOM-560M", "−0.16", "–"]
    assert set(second[3:]) == {"–"}


def test_it_is_written_in_every_format() -> None:
    made = document(made_by_hand())
    for name, write in WRITERS.items():
        text = write(made)
        assert "LaBSE" in text, name
        assert "0.85" in text, name
    assert Table1.model_validate_json(WRITERS["json"](made)) == made_by_hand()
    first, second = csv.DictReader(StringIO(WRITERS["csv"](made)))
    assert (first["published"], first["cosine"], first["identity"]) == ("0.85", "0.75", "labse-01")
    assert (first["source_generation"], first["target_generation"]) == ("g1", "g2")
    assert (second["published"], second["cosine"], second["identity"]) == ("-0.16", "", "")
    assert (first["auc"], first["auc_low"]) == ("", "")


def test_what_an_encoder_remembers_is_no_verdict() -> None:
    made = made_by_hand()
    made.rows[0] = made.rows[0].model_copy(update={"evaluation": "memorised", "verdict": None})
    (table,) = document(made).tables
    assert table.rows[0][-1] == "memorised"
