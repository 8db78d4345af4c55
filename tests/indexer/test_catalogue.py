"""Which encoders there are and what they have built, as far as folders and names say."""

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import delete

from indexer import catalogue
from indexer.service import LexiconService
from lexicon.models import Encoder, Generation
from lexicon.settings import Settings
from lexicon.store import Sessions, writing
from tests.conftest import AxisEncoder

IDENTITY = AxisEncoder.spec.identity


def axis_of(service: LexiconService) -> list[catalogue.EncoderItem]:
    """What is told of encoders that are not known by name."""
    return [one for one in catalogue.encoders(service) if one.identity is not None]


@pytest.mark.parametrize(
    ("name", "seen"),
    [
        ("labse", "labse"),
        ("bloom-560m?layer=12+whiten", "bloom-560m?layer=12+whiten"),
        ("intfloat/e5", "intfloat/e5"),
        ("/srv/mine", "mine-0"),
        ("/srv/own", "/srv/own"),
        ("labse?colour=red", "mine-0"),
        ("mine-0", "mine-0"),
    ],
)
def test_paths_of_folders_stay_on_their_machine(tmp_path: Path, name: str, seen: str) -> None:
    settings = Settings(home=tmp_path, encoder="/srv/own")
    assert catalogue.shown(name, "mine-0", settings) == seen


def test_files_are_here_or_not(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    folder = tmp_path / "own" / "model"
    folder.mkdir(parents=True)
    names = ("embedded", "embedded+center", str(folder), str(folder) + "x", "labse", "labse?x=1")
    assert [catalogue.is_here(name, settings) for name in names] == [
        *(True, True, True),
        *(False, False, False),
    ]
    (settings.models / "labse").mkdir(parents=True)
    assert catalogue.is_here("labse+center", settings)


def test_an_encoder_that_the_store_does_not_know_is_told_of(
    service: LexiconService, sessions: Sessions
) -> None:
    with writing(sessions) as session:
        session.execute(delete(Generation))
        session.execute(delete(Encoder))
    [one] = axis_of(service)
    assert (one.name, one.identity, one.dim) == ("axis", IDENTITY, 4)
    assert one.languages == ["en", "fr", "kn"]


def test_a_folder_under_another_name_is_told_of_by_it(
    service: LexiconService,
) -> None:
    indices = service.settings.indices
    (indices / IDENTITY).rename(indices / "mine-0")
    known, unknown = axis_of(service)
    assert (known.name, known.languages, known.problem) == ("axis", [], None)
    assert (unknown.name, unknown.dim, unknown.languages) == ("mine-0", None, [])
    assert unknown.problem is not None
    [first, *_] = catalogue.generations(service, "mine-0")
    assert (first.encoder, first.rows, first.created_at) == ("mine-0", None, None)


def test_a_date_that_is_none_is_not_told(service: LexiconService) -> None:
    item = service.generations.listed()[0]
    assert item.manifest is not None
    spoilt = item.manifest.model_copy(update={"created_at": "yesterday"})
    told = catalogue._generation("axis", replace(item, manifest=spoilt))
    assert told.created_at is None
