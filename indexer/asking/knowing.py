"""Which texts of many have to be encoded, and having them encoded together."""

from collections import defaultdict
from collections.abc import Iterable

from sqlalchemy.orm import Session

from indexer.asking.encoding import SharedEncoding
from indexer.encoders.protocol import Encoder
from indexer.service import LexiconService
from lexicon import queries
from lexicon.errors import InvalidInput
from lexicon.normalize import clean, search_key


def prepare(
    service: LexiconService,
    session: Session,
    encoder: Encoder,
    texts: Iterable[tuple[str, str]],
) -> None:
    """Have those (text, language) that the lexicon does not hold encoded together, where encoding
    is shared, before each is asked for. What cannot be encoded is left to whoever asks for it."""
    if not isinstance(service.encode, SharedEncoding):
        return
    wanted: dict[str, dict[str, str]] = defaultdict(dict)
    for text, language in texts:
        try:
            tidy = clean(text)
        except InvalidInput:
            continue
        wanted[language].setdefault(tidy, search_key(tidy))
    for language, keys in wanted.items():
        held = queries.search_keys_held(session, language, sorted(set(keys.values())))
        unknown = [text for text, key in keys.items() if key not in held]
        if unknown:
            service.encode.prepare(encoder, unknown, language)
