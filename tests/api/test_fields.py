"""What requests may say is what the store knows."""

from api.routes.concepts import KeyConvertor


def test_a_key_is_one_step_of_a_path() -> None:
    assert KeyConvertor().to_string("a/b c") == "a%2Fb%20c"
