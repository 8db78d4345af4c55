"""Identity: what makes two encoders two."""

from dataclasses import fields, replace
from hashlib import sha256
from pathlib import Path

import pytest

from indexer.encoders.protocol import EncoderSpec
from lexicon.disk import file_digest

SPEC = EncoderSpec(
    name="axis",
    model_id="tests/axis",
    revision="1",
    layer=0,
    pooling="mean",
    post_processing="none",
    normaliser_version=1,
    precision="fp32",
    dim=4,
    max_length=10,
)


@pytest.mark.parametrize(
    "field", [field.name for field in fields(EncoderSpec) if field.name != "name"]
)
def test_any_fact_that_differs_is_another_identity(field: str) -> None:
    value = getattr(SPEC, field)
    other = value + 1 if isinstance(value, int) else f"{value}x"
    changed = replace(SPEC, **{field: other})  # type: ignore[arg-type]
    assert changed.identity != SPEC.identity


def test_the_identity_is_the_name_and_sixteen_digits() -> None:
    name, _, digits = SPEC.identity.partition("-")
    assert name == "axis"
    assert len(digits) == 16
    assert int(digits, 16) >= 0


def test_where_a_folder_lies_does_not_matter() -> None:
    one = replace(SPEC, name="/home/one/labse")
    two = replace(SPEC, name="/mnt/two/labse")
    assert one.identity == two.identity
    assert one.identity.startswith("labse-")


def test_an_encoder_that_was_taught_a_lexicon_remembers() -> None:
    assert SPEC.evaluation == "zero-shot"
    assert replace(SPEC, trained_on="digest").evaluation == "memorised"


def test_the_digest_is_that_of_the_bytes_in_order(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    one.write_bytes(b"a" * 1_500_000)
    two.write_bytes(b"b")
    assert file_digest(one, two) == sha256(b"a" * 1_500_000 + b"b").hexdigest()
    assert file_digest(two, one) != file_digest(one, two)
    assert file_digest() == sha256().hexdigest()
