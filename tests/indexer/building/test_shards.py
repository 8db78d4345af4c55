"""Batches of a stopped build: kept, used by the same build only, and gone once it is published."""

import random
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

import indexer.building.encode as encoding
from indexer.build import build
from indexer.building import shards
from indexer.building.shards import Shards
from indexer.encoders.protocol import Encoded
from indexer.generations.folder import Generations
from indexer.service import LexiconService
from lexicon.settings import Settings
from lexicon.store import Sessions
from tests.conftest import TINY, AxisEncoder, fill
from tests.indexer.worlds import entry

TEXTS = ["water", "bank", "nowhere"]


class StoppedEncoder(AxisEncoder):
    """Is interrupted once it has encoded ``batches`` batches; remembers what it encoded."""

    def __init__(self, batches: int = 1_000, **changes: object) -> None:
        super().__init__(None, **changes)
        self.left = batches
        self.asked: list[tuple[str | None, list[str]]] = []

    def encode(self, texts: Sequence[str], language: str | None = None) -> Encoded:
        if not self.left:
            raise KeyboardInterrupt
        self.left -= 1
        self.asked.append((language, list(texts)))
        return super().encode(texts, language)


@pytest.fixture
def keeping(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every batch is worth keeping, and a batch has two texts."""
    monkeypatch.setattr(shards, "WORTH_KEEPING", 0)
    monkeypatch.setattr(encoding, "ENCODE_BATCH", 2)


@pytest.fixture
def generations(settings: Settings) -> Generations:
    return Generations(settings.indices)


def stop(
    sessions: Sessions, generations: Generations, batches: int, **changes: object
) -> StoppedEncoder:
    encoder = StoppedEncoder(batches, **changes)
    with pytest.raises(KeyboardInterrupt):
        build(sessions, generations, encoder, force=True)
    return encoder


def kept(generations: Generations, encoder: AxisEncoder) -> list[Path]:
    return sorted(generations.shards(encoder.spec.identity).rglob("*.npz"))


@pytest.mark.usefixtures("keeping")
class TestBuild:
    @pytest.mark.parametrize("batches", [0, 1, 3, 6])
    def test_the_next_build_encodes_the_rest_and_only_that(
        self, sessions: Sessions, generations: Generations, batches: int
    ) -> None:
        fill(sessions)
        stopped = stop(sessions, generations, batches)
        assert len(kept(generations, stopped)) == batches
        assert generations.live(stopped.spec.identity, "en") is None
        # en 4, fr 4, kn 5 forms, two at a time: seven batches.
        following = StoppedEncoder()
        report = build(sessions, generations, following)
        assert report.built == {"en": 4, "fr": 4, "kn": 5}
        assert len(following.asked) == 7 - batches
        every = [text for _, texts in stopped.asked + following.asked for text in texts]
        assert len(every) == len(set(every)) == 13

    def test_what_it_publishes_is_what_an_unstopped_build_publishes(
        self, settings: Settings, sessions: Sessions, generations: Generations, tmp_path: Path
    ) -> None:
        fill(sessions, [*TINY, entry("sea.noun.1", en="sea", fr="mer", hi="समुद्र")])
        stopped = stop(sessions, generations, 4)
        report = build(sessions, generations, StoppedEncoder())
        service = LexiconService(settings, sessions)
        built = {
            code: service.index(stopped, code).all_vectors() for code in ("en", "fr", "hi", "kn")
        }
        whole = Generations(tmp_path / "whole")
        straight = build(sessions, whole, StoppedEncoder())
        assert (report.built, report.uncovered) == (straight.built, straight.uncovered)
        for code, vectors in built.items():
            unstopped = whole.load(stopped.spec, code)
            np.testing.assert_array_equal(vectors, unstopped.all_vectors())

    def test_it_may_be_stopped_again_and_again(
        self, sessions: Sessions, generations: Generations
    ) -> None:
        fill(sessions)
        for done in range(1, 7):
            stopped = stop(sessions, generations, 1)
            assert len(kept(generations, stopped)) == done
        following = StoppedEncoder()
        build(sessions, generations, following)
        assert len(following.asked) == 1

    def test_what_was_kept_is_gone_once_it_is_published(
        self, sessions: Sessions, generations: Generations
    ) -> None:
        fill(sessions)
        stopped = stop(sessions, generations, 3)
        build(sessions, generations, StoppedEncoder())
        assert not generations.shards(stopped.spec.identity).exists()
        again = StoppedEncoder()
        build(sessions, generations, again, force=True)
        assert len(again.asked) == 7

    def test_an_encoder_of_another_identity_begins_anew(
        self, sessions: Sessions, generations: Generations
    ) -> None:
        fill(sessions)
        stopped = stop(sessions, generations, 6)
        other = StoppedEncoder(revision="2")
        build(sessions, generations, other)
        assert len(other.asked) == 7
        assert len(kept(generations, stopped)) == 6

    def test_words_that_changed_are_encoded(
        self, sessions: Sessions, generations: Generations
    ) -> None:
        fill(sessions)
        stop(sessions, generations, 2)
        # English was bank, run and shore, water: now other words share a batch.
        fill(sessions, [one for one in TINY if one.key != "run.verb.1"])
        following = StoppedEncoder()
        build(sessions, generations, following)
        assert [texts for code, texts in following.asked if code == "en"] == [
            ["bank", "shore"],
            ["water"],
        ]

    def test_words_that_are_new_leave_whole_batches_as_they_were(
        self, sessions: Sessions, generations: Generations
    ) -> None:
        fill(sessions)
        stop(sessions, generations, 2)
        fill(sessions, [*TINY, entry("abc.noun.1", en="abc")])
        following = StoppedEncoder()
        build(sessions, generations, following)
        assert [texts for code, texts in following.asked if code == "en"] == [["abc"]]

    def test_damaged_batches_are_encoded_again(
        self, sessions: Sessions, generations: Generations
    ) -> None:
        fill(sessions)
        stopped = stop(sessions, generations, 6)
        one, two, three, *_ = kept(generations, stopped)
        one.write_bytes(b"")
        two.write_bytes(two.read_bytes()[:-30])
        three.unlink()
        following = StoppedEncoder()
        build(sessions, generations, following)
        assert len(following.asked) == 4


def test_quick_batches_are_not_kept(sessions: Sessions, generations: Generations) -> None:
    fill(sessions)
    stopped = StoppedEncoder(2)
    with pytest.raises(KeyboardInterrupt):
        build(sessions, generations, stopped)
    assert kept(generations, stopped) == []


@pytest.mark.usefixtures("keeping")
class TestShards:
    @pytest.fixture
    def file(self, tmp_path: Path) -> Path:
        """The one batch that is kept."""
        Shards(tmp_path).encode(AxisEncoder(), TEXTS, "en")
        (made,) = tmp_path.rglob("*.npz")
        return made

    def test_what_is_read_is_what_was_made(self, file: Path, tmp_path: Path) -> None:
        encoder = AxisEncoder()
        read = Shards(tmp_path).encode(encoder, TEXTS, "en")
        made = AxisEncoder().encode(TEXTS, "en")
        assert encoder.encoded == 0
        assert read.vectors.tobytes() == made.vectors.tobytes()
        assert read.covered.tolist() == made.covered.tolist() == [True, True, False]
        assert read.truncated.tolist() == [False] * 3
        assert read.vectors.dtype.name == "float32"

    @pytest.mark.parametrize(
        ("texts", "language", "changes"),
        [
            (["bank", "water", "nowhere"], "en", {}),
            (["water", "bank"], "en", {}),
            (["water", "bank", "nowhere", "run"], "en", {}),
            (["water", "bank\nnowhere"], "en", {}),
            (TEXTS, "fr", {}),
            (TEXTS, "en", {"revision": "2"}),
            (TEXTS, "en", {"precision": "bf16"}),
            (TEXTS, "en", {"pooling": "mean"}),
            (TEXTS, "en", {"layer": 1}),
            (TEXTS, "en", {"normaliser_version": 2}),
        ],
    )
    def test_anything_else_is_not_used(
        self,
        file: Path,
        tmp_path: Path,
        texts: list[str],
        language: str,
        changes: dict[str, object],
    ) -> None:
        encoder = AxisEncoder(None, **changes)
        Shards(tmp_path).encode(encoder, texts, language)
        assert encoder.encoded == len(texts)

    @pytest.mark.parametrize(
        "wrong",
        [
            {"vectors": np.ones((3, 5), np.float32)},
            {"vectors": np.ones((2, 4), np.float32)},
            {"vectors": np.full((3, 4), np.nan, np.float32)},
            {"vectors": np.ones(12, np.float32)},
            {"vectors": np.array([["a"] * 4] * 3)},
            {"covered": np.ones(2, np.bool_)},
            {"truncated": np.ones(4, np.bool_)},
            {"covered": np.bool_(True)},
            {"covered": np.array([None] * 3)},
        ],
        ids=lambda wrong: "{}-{}".format(*next((k, v.shape) for k, v in wrong.items())),
    )
    def test_a_batch_of_another_shape_is_not_used(
        self, file: Path, tmp_path: Path, wrong: dict[str, np.ndarray]
    ) -> None:
        with np.load(file) as held:
            arrays = {**held, **wrong}
        np.savez(file, **arrays)
        self.is_made_again(tmp_path)

    @pytest.mark.parametrize("name", ["vectors", "covered", "truncated"])
    def test_a_batch_that_lacks_something_is_not_used(
        self, file: Path, tmp_path: Path, name: str
    ) -> None:
        with np.load(file) as held:
            np.savez(file, **{key: held[key] for key in held if key != name})
        self.is_made_again(tmp_path)

    def test_another_kind_of_file_is_not_used(self, file: Path, tmp_path: Path) -> None:
        file.write_text("something else")
        self.is_made_again(tmp_path)
        with file.open("wb") as stream:
            np.save(stream, np.ones((3, 4), np.float32))
        self.is_made_again(tmp_path)

    def test_a_folder_in_the_way_is_no_error(self, file: Path, tmp_path: Path) -> None:
        file.unlink()
        file.mkdir()
        assert len(Shards(tmp_path).encode(AxisEncoder(), TEXTS, "en").vectors) == 3

    def test_no_damage_goes_unseen(self, file: Path, tmp_path: Path) -> None:
        whole = file.read_bytes()
        chance = random.Random(0)
        expected = AxisEncoder().encode(TEXTS, "en")
        for _ in range(300):
            broken = bytearray(whole)
            if chance.random() < 0.3:
                del broken[chance.randrange(len(broken)) :]
            else:
                broken[chance.randrange(len(broken))] ^= 1 << chance.randrange(8)
            file.write_bytes(broken)
            found = Shards(tmp_path).encode(AxisEncoder(), TEXTS, "en")
            np.testing.assert_array_equal(found.vectors, expected.vectors)
            np.testing.assert_array_equal(found.covered, expected.covered)

    def test_a_batch_that_cannot_be_kept_is_encoded_all_the_same(self, tmp_path: Path) -> None:
        folder = tmp_path / "shards"
        folder.write_text("in the way")
        assert len(Shards(folder).encode(AxisEncoder(), TEXTS, "en").vectors) == 3
        Shards(folder).clear(["en"])

    def test_clearing_a_language_leaves_the_others(self, file: Path, tmp_path: Path) -> None:
        Shards(tmp_path).encode(AxisEncoder(), TEXTS, "fr")
        Shards(tmp_path).clear(["en"])
        assert [path.name for path in tmp_path.iterdir()] == ["fr"]

    @pytest.mark.parametrize("left", [lambda _: None, lambda file: file.unlink()])
    def test_clearing_leaves_nothing(
        self, file: Path, tmp_path: Path, left: Callable[[Path], None]
    ) -> None:
        file.with_name("half.part").write_bytes(b"half")
        left(file)
        Shards(tmp_path).clear(["en", "fr"])
        assert not tmp_path.exists()

    def is_made_again(self, folder: Path) -> None:
        for expected in (3, 0):
            encoder = AxisEncoder()
            found = Shards(folder).encode(encoder, TEXTS, "en")
            assert found.covered.tolist() == [True, True, False]
            assert encoder.encoded == expected
