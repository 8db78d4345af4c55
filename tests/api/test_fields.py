"""What requests may say is what the store knows."""

from typing import get_args

from api.fields import PartOfSpeech
from api.routes.concepts import KeyConvertor
from lexicon.entries import PARTS_OF_SPEECH


def test_every_part_of_speech_can_be_named() -> None:
    assert get_args(PartOfSpeech) == PARTS_OF_SPEECH


def test_a_key_is_one_step_of_a_path() -> None:
    assert KeyConvertor().to_string("a/b c") == "a%2Fb%20c"
