"""An encoder's vectors of each language, as a report scores them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from sqlalchemy.orm import Session

from indexer.alignment.bitext import Expressions, Rows, bitext
from indexer.alignment.groups import FOLDS
from indexer.alignment.sample import Sample, Words, folds, sample
from indexer.alignment.views import Space, View
from indexer.encoders.postprocessed.encoder import PostProcessed
from indexer.encoders.postprocessed.methods import PIVOT, fit_method
from indexer.encoders.protocol import CountsTokens, Encoder
from indexer.indices.live import LiveIndex
from indexer.service import LexiconService
from indexer.vectors import LexemeIds, Vectors
from lexicon import changes, queries
from lexicon.queries import SenseFacts

Evaluation = Literal["memorised", "zero-shot", "cross-validated"]


@dataclass(frozen=True)
class Language:
    """The words of a language and where their vectors are; ``ids`` (rows,) a lexeme of each row,
    ``fields`` of its concepts by id."""

    words: Words
    space: Space
    ids: LexemeIds
    fields: Mapping[int, str]

    def only(self, rows: Rows) -> "Language":
        """The same language with these rows and no others, in that order."""
        place = np.full(self.words.rows, -1, dtype=np.int64)
        place[rows] = np.arange(len(rows))
        some = self.words.expressions
        kept = place[some.row] >= 0
        tokens = self.words.tokens
        return Language(
            replace(
                self.words,
                expressions=Expressions(place[some.row[kept]], some.concept[kept], some.pos[kept]),
                key=self.words.key[rows],
                frequency=self.words.frequency[rows],
                tokens=None if tokens is None else tokens[rows],
                covered=self.words.covered[rows],
            ),
            Space(
                [View(view.vectors[rows], view.folds) for view in self.space.views],
                self.space.fold[rows],
            ),
            self.ids[rows],
            self.fields,
        )


def sampled(source: Language, target: Language, random_pairs: int, seed: int) -> Sample:
    """The pairs that two languages are scored on."""
    return sample(
        source.words,
        target.words,
        source.space.fold,
        target.space.fold,
        random_pairs,
        seed,
    )


@dataclass(frozen=True)
class Languages:
    """All written languages of a store under one encoder.

    ``base`` are the same words under the encoder that this one is made from, None for one that is
    its own. ``generations`` are the indices that were read.
    """

    encoder: Encoder
    evaluation: Evaluation
    generations: Mapping[str, str]
    by_code: Mapping[str, Language]
    base: Mapping[str, Space] | None = None


def languages(service: LexiconService, session: Session, encoder: Encoder) -> Languages:
    """Every written language, whichever of them are scored: folds must not depend on that.

    What a post-processed encoder learnt is learnt again for each fold from the words outside it.
    """
    plain = encoder.base if isinstance(encoder, PostProcessed) else encoder
    codes = queries.written_languages(session)
    indices = {code: service.index(plain, code) for code in codes}
    facts = {code: queries.sense_facts(session, code) for code in codes}
    words = {code: _words(plain, indices[code], facts[code]) for code in codes}
    dealt = folds([words[code].expressions for code in codes])
    fold = {code: _padded(one, words[code].rows) for code, one in zip(codes, dealt, strict=True)}
    vectors = {code: index.all_vectors() for code, index in indices.items()}
    base = {code: Space([View(vectors[code])], fold[code]) for code in codes}
    generations = {code: index.generation for code, index in indices.items()}
    fields = {code: {fact.concept_id: fact.field for fact in facts[code]} for code in codes}
    if isinstance(encoder, PostProcessed):
        spaces = _refitted(encoder.method, vectors, words, fold)
    else:
        spaces = base
    evaluation: Evaluation = plain.spec.evaluation
    if isinstance(encoder, PostProcessed) and evaluation == "zero-shot":
        # What the base remembers is in every fold.
        evaluation = "cross-validated"
    return Languages(
        encoder,
        evaluation,
        generations,
        {
            code: Language(words[code], spaces[code], indices[code].ids, fields[code])
            for code in spaces
        },
        base if isinstance(encoder, PostProcessed) else None,
    )


Edition = tuple[str, str, tuple[tuple[str, int, int], ...]]
"""An encoder's identity, an edition of the store's words and a version of each language's index."""


def edition(service: LexiconService, encoder: Encoder) -> Edition:
    """Of what :func:`languages` would read: what was made of the same is the same."""
    plain = encoder.base if isinstance(encoder, PostProcessed) else encoder
    with service.sessions() as session:
        words = changes.edition(session)
        codes = queries.written_languages(session)
    versions = tuple(service.index(plain, code).version for code in codes)
    return encoder.spec.identity, words, versions


def _words(encoder: Encoder, index: LiveIndex, facts: Sequence[SenseFacts]) -> Words:
    rows = index.rows_of(np.array([fact.lexeme_id for fact in facts], dtype=np.int64))
    there = rows >= 0
    kept = [fact for fact, has in zip(facts, there.tolist(), strict=True) if has]
    found = rows[there]
    key = np.full(index.rows, "", dtype=object)
    lemma = np.full(index.rows, "", dtype=object)
    frequency = np.full(index.rows, np.nan)
    for row, fact in zip(found.tolist(), kept, strict=True):
        key[row], lemma[row] = fact.search_key, fact.lemma
        if fact.frequency is not None:
            frequency[row] = fact.frequency
    tokens = None
    if isinstance(encoder, CountsTokens):
        # Rows without a sense are in no pair, so that nothing is asked of them.
        tokens = encoder.token_counts(list(lemma), index.language)
    return Words(
        index.language,
        Expressions(
            found,
            np.array([fact.concept_id for fact in kept], dtype=np.int64),
            np.array([fact.pos for fact in kept], dtype=np.str_),
        ),
        key.astype(np.str_),
        frequency,
        tokens,
        index.covered,
        int((~there).sum()),
    )


def _padded(fold: Rows, rows: int) -> Rows:
    """Rows behind the last that expresses something are in no fold."""
    return np.concatenate([fold, np.full(rows - len(fold), -1, dtype=np.int64)])


def _refitted(
    method: str,
    vectors: Mapping[str, Vectors],
    words: Mapping[str, Words],
    fold: Mapping[str, Rows],
) -> dict[str, Space]:
    views: dict[str, list[View]] = {}
    pivot = {
        code: bitext(one.expressions, words[PIVOT].expressions)
        for code, one in words.items()
        if PIVOT in words and code != PIVOT
    }
    for held_out in range(FOLDS):
        kept = {code: np.flatnonzero(fold[code] != held_out) for code in vectors}
        pairs = {}
        for code, both in pivot.items():
            seen = fold[code][both.source] != held_out
            pairs[code] = (
                np.searchsorted(kept[code], both.source[seen]),
                np.searchsorted(kept[PIVOT], both.target[seen]),
            )
        maps = fit_method(method, {code: vectors[code][kept[code]] for code in vectors}, pairs)
        for code, fitted in maps.items():
            views.setdefault(code, []).append(View(fitted.apply(vectors[code]), (held_out,)))
    return {code: Space(some, fold[code]) for code, some in views.items() if len(some) == FOLDS}
