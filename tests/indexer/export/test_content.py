"""Vectors as other programs read them."""

from pathlib import Path

import numpy as np
import pytest

from indexer import delta
from indexer.build import build
from indexer.export import Exported, Wanted, export
from indexer.service import LexiconService
from indexer.vectors import Vectors
from lexicon import queries
from lexicon.entries import checked
from tests.conftest import TINY, AxisEncoder, fill
from tests.indexer.export.files import FORMATS, WORDS, read_word2vec

PHRASES = (
    checked(
        "well.noun.1",
        "noun",
        "water",
        "hole with water",
        {"en": "water hole|water_hole|deep water hole", "fr": "trou d’eau", "hi": "जल कुंड|कुआँ"},
    ),
    checked("run.noun.1", "noun", "motion", "an act of running", {"en": "run", "kn": "ಓಟ"}),
)


def read_as_gensim(path: Path) -> dict[str, list[float]]:
    """As gensim reads it: the vector is what stands behind the last spaces."""
    lines = path.read_bytes().split(b"\n")
    many, dim = map(int, lines[0].split())
    assert lines[-1] == b""
    found = {}
    for line in lines[1:-1]:
        parts = line.rstrip().decode().split(" ")
        assert len(parts) == dim + 1
        found[parts[0]] = [float(part) for part in parts[1:]]
    assert len(found) == many
    return found


def expected(
    service: LexiconService, encoder: AxisEncoder, language: str
) -> tuple[list[str], Vectors]:
    """Forms of the live index in row order, and their vectors."""
    index = service.index(encoder, language)
    with service.sessions() as session:
        forms = queries.forms_of_lexemes(session, index.ids.tolist())
    return [forms[lexeme].lemma for lexeme in index.ids.tolist()], index.all_vectors()


@pytest.fixture
def many(service: LexiconService, axis: AxisEncoder) -> LexiconService:
    """All four languages have words, some of them phrases."""
    fill(service.sessions, [*TINY, *PHRASES])
    build(service.sessions, service.generations, axis)
    return service


class TestReadingItBack:
    @pytest.mark.parametrize("language", ["en", "fr", "hi", "kn"])
    @pytest.mark.usefixtures("small_blocks")
    def test_word2vec_is_what_muse_and_gensim_read(
        self, many: LexiconService, axis: AxisEncoder, out: Path, language: str
    ) -> None:
        made = export(many, axis, language, WORDS, out)
        forms, vectors = expected(many, axis, language)
        texts = list(dict.fromkeys(form.replace(" ", "_") for form in forms))
        found = read_word2vec(out)
        assert list(found) == texts
        assert made.rows == len(texts)
        for form, vector in zip(reversed(forms), vectors[::-1], strict=True):
            if form != "water_hole":
                assert np.abs(found[form.replace(" ", "_")] - vector).max() < 1e-6
        again = read_as_gensim(out)
        assert {word: list(vector) for word, vector in found.items()} == again

    @pytest.mark.parametrize("language", ["en", "fr", "hi", "kn"])
    @pytest.mark.usefixtures("small_blocks")
    def test_npz_is_what_numpy_reads(
        self, many: LexiconService, axis: AxisEncoder, out: Path, language: str
    ) -> None:
        export(many, axis, language, Wanted("npz"), out)
        forms, vectors = expected(many, axis, language)
        index = many.index(axis, language)
        with np.load(out, allow_pickle=False) as held:
            assert set(held) == {"forms", "vectors", "lexeme_ids", "covered"}
            assert held["forms"].tolist() == forms
            assert held["vectors"].dtype == np.float32
            assert np.abs(held["vectors"] - vectors).max() < 1e-6
            assert np.allclose(np.linalg.norm(held["vectors"], axis=1), 1)
            assert held["covered"].tolist() == index.covered.tolist()
            assert held["lexeme_ids"][:, 0].tolist() == index.ids.tolist()

    @pytest.mark.parametrize("language", ["en", "fr", "hi", "kn"])
    @pytest.mark.usefixtures("small_blocks")
    def test_parquet_is_what_pyarrow_reads(
        self, many: LexiconService, axis: AxisEncoder, out: Path, language: str
    ) -> None:
        arrow = pytest.importorskip("pyarrow")
        from pyarrow import parquet  # type: ignore[import-untyped]

        export(many, axis, language, Wanted("parquet"), out)
        table = parquet.read_table(out)
        forms, vectors = expected(many, axis, language)
        index = many.index(axis, language)
        assert table.column_names == ["form", "vector", "covered", "lexeme_ids"]
        assert table.schema.field("vector").type == arrow.list_(arrow.float32(), 4)
        assert table["form"].to_pylist() == forms
        assert np.abs(np.array(table["vector"].to_pylist()) - vectors).max() < 1e-6
        assert table["covered"].to_pylist() == index.covered.tolist()
        assert [ids[0] for ids in table["lexeme_ids"].to_pylist()] == index.ids.tolist()

    def test_all_lexemes_of_a_form_are_with_it(
        self, many: LexiconService, axis: AxisEncoder, out: Path, tmp_path: Path
    ) -> None:
        pytest.importorskip("pyarrow")
        from pyarrow import parquet

        with many.sessions() as session:
            stored = {one.lemma: list(one.lexeme_ids) for one in queries.forms(session, "en")}
        assert len(stored["run"]) == 2
        export(many, axis, "en", Wanted("npz"), out)
        with np.load(out) as held:
            pairs = zip(held["forms"].tolist(), held["lexeme_ids"].tolist(), strict=True)
            assert {form: [one for one in ids if one != -1] for form, ids in pairs} == stored
        export(many, axis, "en", Wanted("parquet"), tmp_path / "parquet")
        table = parquet.read_table(tmp_path / "parquet").to_pylist()
        assert {row["form"]: row["lexeme_ids"] for row in table} == stored

    def test_the_same_vectors_make_the_same_npz(
        self, service: LexiconService, axis: AxisEncoder, out: Path
    ) -> None:
        export(service, axis, "kn", Wanted("npz"), out)
        before = out.read_bytes()
        export(service, axis, "kn", Wanted("npz"), out, overwrite=True)
        assert out.read_bytes() == before


class TestWhatIsLeftOut:
    def test_spaces_become_underscores_and_the_first_of_two_equal_texts_stays(
        self, many: LexiconService, axis: AxisEncoder, out: Path
    ) -> None:
        axis.table = {"en": {"water hole": [1, 0, 0, 0], "water_hole": [0, 1, 0, 0]}}
        build(many.sessions, many.generations, axis, ["en"], force=True)
        made = export(many, axis, "en", WORDS, out)
        assert (made.underscored, made.doubled, made.spaced) == (2, 1, 0)
        assert read_word2vec(out)["water_hole"].tolist() == [1, 0, 0, 0]
        assert "deep_water_hole" in read_word2vec(out)

    def test_forms_with_spaces_can_be_left_out(
        self, many: LexiconService, axis: AxisEncoder, out: Path
    ) -> None:
        made = export(many, axis, "en", Wanted("word2vec", spaces="skip"), out)
        assert (made.underscored, made.doubled, made.spaced) == (0, 0, 2)
        assert set(read_word2vec(out)) == {"water", "bank", "shore", "run", "water_hole"}

    @pytest.mark.parametrize("form", ["npz", "parquet"])
    def test_other_formats_keep_spaces(
        self, many: LexiconService, axis: AxisEncoder, out: Path, form: str
    ) -> None:
        made = export(many, axis, "en", Wanted(form, spaces="skip"), out)
        assert made == Exported(rows=7, dim=4)

    @pytest.mark.parametrize("form", FORMATS)
    def test_guessed_words_can_be_left_out(
        self, many: LexiconService, axis: AxisEncoder, out: Path, form: str
    ) -> None:
        made = export(many, axis, "kn", Wanted(form, covered=True), out)
        assert (made.rows, made.guessed) == (5, 1)
        if form == "npz":
            with np.load(out) as held:
                assert "ಓಟ" not in held["forms"].tolist()
                assert held["covered"].all()

    def test_words_that_came_since_the_build_are_there_and_those_that_left_are_not(
        self, service: LexiconService, axis: AxisEncoder, out: Path
    ) -> None:
        leaf = checked("leaf.noun.1", "noun", "plants", "green", {"en": "leaf", "kn": "ಎಲೆ"})
        fill(service.sessions, [*(one for one in TINY if one.key != "run.verb.1"), leaf])
        made = export(service, axis, "kn", WORDS, out)
        assert made == Exported(rows=5, dim=4)
        assert set(read_word2vec(out)) == {"ನೀರು", "ಜಲ", "ದಡ", "ಬ್ಯಾಂಕ್", "ಎಲೆ"}

    def test_words_without_a_vector_are_counted(
        self,
        service: LexiconService,
        axis: AxisEncoder,
        out: Path,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(delta, "FEW", 1)
        leaf = checked("leaf.noun.1", "noun", "plants", "green", {"kn": "ಎಲೆ|ಪರ್ಣ|ಪತ್ರ"})
        fill(service.sessions, [*TINY, leaf])
        made = export(service, axis, "kn", WORDS, out)
        assert (made.rows, made.pending) == (6, 2)
        assert len(read_word2vec(out)) == 6

    def test_words_that_go_meanwhile_are_counted(
        self,
        service: LexiconService,
        axis: AxisEncoder,
        out: Path,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        index = service.index(axis, "kn")
        monkeypatch.setattr(service, "index", lambda *_: index)
        fill(service.sessions, [one for one in TINY if one.key != "run.verb.1"])
        made = export(service, axis, "kn", Wanted("npz"), out)
        assert (made.rows, made.gone) == (4, 1)

    @pytest.mark.parametrize("form", FORMATS)
    def test_nothing_left_to_write_is_an_empty_file_of_its_format(
        self, service: LexiconService, axis: AxisEncoder, out: Path, form: str
    ) -> None:
        axis.table = {"kn": {}}
        build(service.sessions, service.generations, axis, ["kn"], force=True)
        made = export(service, axis, "kn", Wanted(form, covered=True), out)
        assert (made.rows, made.guessed) == (0, 5)
        if form == "word2vec":
            assert out.read_bytes() == b"0 4\n"
        elif form == "npz":
            with np.load(out) as held:
                assert held["vectors"].shape == (0, 4)
                assert held["forms"].shape == held["covered"].shape == (0,)
                assert held["lexeme_ids"].shape == (0, 1)
        else:
            from pyarrow import parquet

            assert parquet.read_table(out).num_rows == 0


@pytest.mark.usefixtures("small_blocks")
def test_vectors_are_read_block_by_block(
    service: LexiconService, axis: AxisEncoder, out: Path
) -> None:
    told: list[tuple[int, int]] = []
    export(service, axis, "kn", WORDS, out, advance=lambda *one: told.append(one))
    assert told == [(2, 5), (4, 5), (5, 5)]
