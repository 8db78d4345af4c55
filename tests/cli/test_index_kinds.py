"""``lexicon index build --kind``."""

import pytest

from indexer.indices import kinds
from indexer.service import LexiconService
from tests.cli.terminal import as_json, invoke, usage_error
from tests.conftest import AxisEncoder

EN_KN = ("search", "water", "--from", "en", "--to", "kn")


@pytest.mark.parametrize("kind", ["flat", "sq", "rabitq", "hnsw", "ivf"])
def test_a_kind_of_index_is_built_and_stays_until_another_is_wanted(
    tiny: LexiconService, axis: AxisEncoder, kind: str
) -> None:
    said = invoke("index", "build", "--kind", kind)
    assert said.exception is None
    assert ("built en 4, fr 4, kn 5 forms" in said.stderr) is (kind != "sq")
    (encoder,) = as_json("status")["encoders"]
    assert [index["kind"] for index in encoder["indices"]] == [kind] * 3
    assert axis.encoded == 0
    assert as_json(*EN_KN)["results"][0]["lemma"] == "ನೀರು"
    assert "up to date for en, fr, kn\n" in invoke("index", "build").stderr
    assert "up to date for en, fr, kn\n" in invoke("index", "build", "--kind", kind).stderr


def test_a_kind_that_finds_too_little_is_announced(
    tiny: LexiconService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kinds, "recall", lambda *_: 0.875)
    said = invoke("index", "build", "--kind", "hnsw", "--language", "kn").stderr
    assert (
        "note: axis kn: this kind of index finds 87.5% of the first ten; "
        "leave --kind out for one that finds 99% or more\n"
    ) in said


def test_an_unknown_kind_names_the_known_ones(tiny: LexiconService) -> None:
    said = usage_error("index", "build", "--kind", "pq")
    assert all(kind in said for kind in ("auto", *kinds.KINDS))
