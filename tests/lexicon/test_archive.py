"""The file of a backup: every kind of damage is found before anything is written."""

import gzip
import tarfile
import zlib
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from lexicon.backup.archive import may_hold
from lexicon.backup.whole import back_up, restore
from lexicon.errors import BackupDamaged, BackupRefused
from lexicon.settings import Settings
from tests.lexicon import whole


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A home that does not exist yet; which database it has makes no difference here."""
    return Settings(home=tmp_path / "home")


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A backup that can be restored."""
    folder = tmp_path_factory.mktemp("sound")
    whole.fill(Settings(home=folder / "home"))
    back_up(Settings(home=folder / "home"), folder / "file")
    return (folder / "file").read_bytes()


@pytest.fixture
def file(sound: bytes, tmp_path: Path) -> Path:
    file = tmp_path / "lexicon.tar.gz"
    file.write_bytes(sound)
    return file


def refusal(settings: Settings, file: Path) -> str:
    """What is said of a damaged file; nothing was written."""
    with pytest.raises(BackupDamaged) as caught:
        restore(settings, file)
    assert not settings.home.exists()
    message = str(caught.value)
    assert "\n" not in message
    assert message.startswith(f"{file} is damaged or no backup (")
    assert message.endswith(") and is not restored; use another copy of it")
    return message


def test_the_sound_one_is_restored(settings: Settings, file: Path) -> None:
    assert restore(settings, file).rows == len(whole.rows())


def test_a_file_cut_anywhere_is_refused(settings: Settings, file: Path, sound: bytes) -> None:
    for length in (*range(0, len(sound), 97), len(sound) - 1):
        file.write_bytes(sound[:length])
        refusal(settings, file)


def unpacked(data: bytes | bytearray) -> bytes | None:
    try:
        return gzip.decompress(data)
    except (OSError, EOFError, zlib.error):
        return None


def test_a_bit_flipped_anywhere_is_refused(settings: Settings, file: Path, sound: bytes) -> None:
    refused = 0
    for place in (*range(0, len(sound), 13), *range(len(sound) - 8, len(sound))):
        changed = bytearray(sound)
        changed[place] ^= 1 << place % 8
        # Gzip can say the same in other bits, such as when it ran.
        if unpacked(changed) != gzip.decompress(sound):
            file.write_bytes(changed)
            refusal(settings, file)
            refused += 1
    assert refused > len(sound) / 13 * 0.7


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"PK\x03\x04 not ours",
        gzip.compress(b"", mtime=0),
        gzip.compress(b"no tar", mtime=0),
        gzip.compress(bytes(10_240), mtime=0),
    ],
)
def test_a_foreign_file_is_refused(settings: Settings, file: Path, data: bytes) -> None:
    file.write_bytes(data)
    refusal(settings, file)


def test_something_after_the_end_is_refused(settings: Settings, file: Path, sound: bytes) -> None:
    file.write_bytes(sound + b"more")
    refusal(settings, file)


def test_what_is_not_there_or_no_file_is_refused(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(BackupRefused, match=r"there is no file .*none; name a backup"):
        restore(settings, tmp_path / "none")
    with pytest.raises(BackupRefused, match=r"cannot be read \(Is a directory\)"):
        restore(settings, tmp_path)


@pytest.mark.parametrize(
    "name",
    [
        "/etc/passwd",
        "../manifest.json",
        "tables/../../x.jsonl",
        "tables/x.jsonl/y",
        "tables/X.jsonl",
        "indices/../en/live",
        "indices/axis/en/../live",
        "indices/axis/en",
        "indices/axis/en/live/index.faiss",
        "indices/axis/en/.staging-1/index.faiss",
        "indices/axis/en/g1/..",
        "indices/axis/en/g1//x",
        "indices/axis/en/g1/a\\b",
        "indices//en/live",
        "other",
        "",
    ],
)
def test_a_name_that_leads_elsewhere_is_refused(
    settings: Settings, file: Path, sound: bytes, name: str
) -> None:
    assert not may_hold(name)
    whole.pack(file, [(tarfile.TarInfo(name), b"x")])
    assert f"no backup has a member {name!r}" in refusal(settings, file)


@pytest.mark.parametrize(
    "name", ["manifest.json", "tables/x_1.jsonl", "indices/a b/en/live", "indices/ನೀ/en/g-1/s/x"]
)
def test_a_name_of_ours_is_accepted(name: str) -> None:
    assert may_hold(name)


@pytest.mark.parametrize(
    "kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE, tarfile.DIRTYPE]
)
def test_what_is_no_plain_file_is_refused(settings: Settings, file: Path, kind: bytes) -> None:
    info = tarfile.TarInfo("indices/axis/en/live")
    info.type, info.linkname = kind, "/etc/passwd"
    whole.pack(file, [(info, b"")])
    assert "'indices/axis/en/live' is not a plain file" in refusal(settings, file)


def repacked(file: Path, change: Callable[[dict[str, bytes]], Any]) -> None:
    """Change the members and leave the manifest as it is."""
    content = whole.members(file)
    change(content)
    whole.pack(file, ((tarfile.TarInfo(name), data) for name, data in content.items()))


def test_a_member_that_is_changed_missing_or_added_is_found(
    settings: Settings, file: Path, sound: bytes
) -> None:
    pointer = "indices/axis-01/en/live"
    for change in (
        lambda content: content.update({pointer: b"other"}),
        lambda content: content.pop(pointer),
        lambda content: content.update({pointer: content[pointer][::-1]}),
    ):
        file.write_bytes(sound)
        repacked(file, change)
        assert f"its {pointer} is not what was written" in refusal(settings, file)
    file.write_bytes(sound)
    extra = {"indices/axis-01/fr/live": b"x"}
    repacked(
        file,
        lambda content: content.update(extra, **{"manifest.json": content.pop("manifest.json")}),
    )
    assert "its indices/axis-01/fr/live is not what was written" in refusal(settings, file)


def test_a_member_that_comes_twice_is_refused(settings: Settings, file: Path) -> None:
    twice = [*whole.members(file).items()]
    twice.insert(1, twice[0])
    whole.pack(file, ((tarfile.TarInfo(name), data) for name, data in twice))
    assert "too often or too late" in refusal(settings, file)


def _say(form: object, facts: dict[str, Any], _content: dict[str, bytes]) -> None:
    facts["format"] = form


def test_a_manifest_that_is_none_is_refused(settings: Settings, file: Path, sound: bytes) -> None:
    repacked(file, lambda content: content.pop("manifest.json"))
    assert "it has no manifest.json" in refusal(settings, file)
    for text in (b"", b"[]", b"{}", b'{"format": 1}', b"\xff", b"null"):
        file.write_bytes(sound)
        repacked(file, partial(dict.update, **{"manifest.json": text}))
        assert "its manifest.json is not one" in refusal(settings, file)
    for form in (0, "1", None, -3):
        file.write_bytes(sound)
        whole.forge(file, partial(_say, form))
        assert f"its format is {form!r}" in refusal(settings, file)


def test_tables_that_the_manifest_does_not_list_are_refused(settings: Settings, file: Path) -> None:
    whole.forge(file, lambda facts, _content: facts["tables"].reverse())
    assert "its tables are not those that its manifest lists" in refusal(settings, file)
