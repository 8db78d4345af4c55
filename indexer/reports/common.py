"""The words that several encoders know, so that what differs between them is not the words."""

from collections.abc import Sequence

import numpy as np

from indexer.alignment.bitext import Rows
from indexer.alignment.views import Space, View
from indexer.encoders.protocol import Encoder
from indexer.reports.spaces import Language, Languages
from indexer.service import LexiconService
from lexicon import queries
from lexicon.errors import InvalidInput, LexiconError


def indexed(service: LexiconService, codes: Sequence[str]) -> tuple[list[Encoder], dict[str, str]]:
    """The encoders that have a live index of all these languages, by name; and why others that
    have one cannot be used, such as a checkpoint that has been removed."""
    with service.sessions() as session:
        identities = queries.encoder_identities(session)
    live = service.generations.live
    found, unusable = [], {}
    for identity, name in sorted(identities.items(), key=lambda one: one[::-1]):
        if any(live(identity, code) is None for code in codes):
            continue
        try:
            encoder = service.encoder(name)
            same = encoder.spec.identity == identity
        except LexiconError as error:
            unusable[name] = str(error)
            continue
        # One that was built with other weights, or under a name that means another encoder now,
        # has left its index behind.
        if same:
            found.append(encoder)
    return found, unusable


def common(encoders: Sequence[Languages], code: str) -> list[Language]:
    """A language under each encoder, limited to the words that all of them have and cover, in one
    order. All come with the folds of one of them that learnt from folds, if any did.

    Raises :class:`InvalidInput` where two learnt from folds of different words.
    """
    languages = [one.by_code[code] for one in encoders]
    ids = languages[0].ids[languages[0].words.covered]
    for other in languages[1:]:
        ids = ids[np.isin(ids, other.ids[other.words.covered])]
    kept = [one.only(_places(one.ids, ids)) for one in languages]
    dealt = [one.space.fold for one in kept if len(one.space.views) > 1]
    if any(not np.array_equal(fold, dealt[0]) for fold in dealt[1:]):
        raise InvalidInput(
            f"the indices of {' and '.join(one.encoder.spec.name for one in encoders)} hold "
            f"different words of {code}; bring both up to date with: lexicon index build -e NAME"
        )
    fold = dealt[0] if dealt else kept[0].space.fold
    return [_in_folds(one, fold, bool(dealt)) for one in kept]


def _places(ids: Rows, wanted: Rows) -> Rows:
    order = np.argsort(ids, kind="stable")
    return order[np.searchsorted(ids[order], wanted)]


def _in_folds(language: Language, fold: Rows, several: bool) -> Language:
    """With a view for each fold where ``several``, so that views of all encoders go together."""
    views = language.space.views
    if several and len(views) == 1:
        views = [View(views[0].vectors, (one,)) for one in views[0].folds]
    return Language(language.words, Space(views, fold), language.ids, language.fields)
