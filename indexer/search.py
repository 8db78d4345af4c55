"""Nearest-translation search."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from indexer import csls
from indexer.answers import (
    MAX_K,
    SCORES,
    ConceptRef,
    Query,
    SearchAnswer,
    SearchRequest,
    Suggested,
    Translation,
)
from indexer.csls import NEIGHBOURHOOD, neighbourhood_means
from indexer.encoders.protocol import Encoder
from indexer.indices.live import LiveIndex
from indexer.indices.protocol import Neighbours
from indexer.service import LexiconService
from indexer.vectors import TIE, Vectors, unit_rows
from lexicon import queries
from lexicon.entries import require_pos
from lexicon.errors import InvalidInput
from lexicon.normalize import clean
from lexicon.queries import Form, SenseRow
from lexicon.suggest import suggestions

DEEPEST = 4_096
"""Places that an approximate index is asked for at most: it is no use to be sure of the order of
what was found when the finding was not."""


@dataclass(frozen=True)
class _Meaning:
    """A query once understood: its vector and the concepts that count as its translations."""

    vector: Vectors
    covered: bool
    lexeme_ids: list[int]
    concept_ids: frozenset[int]
    form: str | None


@dataclass(frozen=True)
class Scores:
    """One word's scores, to six digits."""

    cosine: float
    csls: float
    margin: float
    margin_distance: float


@dataclass(frozen=True)
class _Candidate:
    form: Form
    senses: list[SenseRow]
    row: int
    scores: Scores


def search(service: LexiconService, request: SearchRequest) -> SearchAnswer:
    """The ``k`` nearest forms of the target language, best first.

    Equal scores are ordered by sense rank, then frequency, then lemma: a query word lies midway
    between its senses, and *water* is *eau* before it is *arroser*. A word that the lexicon holds
    is answered from its stored vector; other text is encoded. With ``concept``, the query is that
    sense: the normalised mean of the concept's forms in every language but the target.

    Raises :class:`InvalidInput` for values that cannot be answered and the index's own errors.
    """
    _check(request)
    text = clean(request.text, "query")
    encoder = service.encoder(request.encoder)
    with service.sessions() as session:
        queries.require_language(session, request.source)
        queries.require_language(session, request.target)
        meaning = _understand(service, session, encoder, request, text)
        source, target = service.pair(encoder, request.source, request.target)
        ranking = _Ranking(service, source, target, request, meaning)
        candidates = ranking.best(session)
        meant = [] if meaning.form else suggestions(session, request.source, text)
    results = [
        Translation(
            lemma=candidate.form.lemma,
            language=request.target,
            lexeme_ids=list(candidate.form.lexeme_ids),
            pos=list(dict.fromkeys(sense.pos for sense in candidate.senses)),
            concepts=[ConceptRef(key=s.key, gloss=s.gloss) for s in candidate.senses],
            covered=bool(target.covered[candidate.row]),
            **vars(candidate.scores),
            known_translation=any(
                sense.concept_id in meaning.concept_ids for sense in candidate.senses
            ),
        )
        for candidate in candidates
    ]
    return SearchAnswer(
        query=Query(
            text=text,
            language=request.source,
            covered=meaning.covered,
            lexeme_ids=meaning.lexeme_ids,
        ),
        target_language=request.target,
        encoder=encoder.spec.name,
        score=request.score,
        results=results,
        suggestions=[Suggested(**vars(one)) for one in meant],
        pending=target.changes.pending,
    )


def _check(request: SearchRequest) -> None:
    if not 1 <= request.k <= MAX_K:
        raise InvalidInput(f"k={request.k} is not between 1 and {MAX_K:,}")
    if request.score not in SCORES:
        raise InvalidInput(f"unknown score {request.score!r}; known: {', '.join(SCORES)}")
    if request.pos is not None:
        require_pos(request.pos)
    if request.source == request.target:
        raise InvalidInput(
            f"source and target are both {request.source!r}; choose two different languages"
        )


def known_form(session: Session, language: str, text: str) -> Form | None:
    """The form of the lexicon that ``text`` writes: spelt exactly so, else but for case,
    apostrophes and joiners."""
    matches = queries.lexemes_matching(session, language, text)
    if not matches:
        return None
    lemmas = [row.lemma for row in matches]
    # Lower case first: "terre" before "Terre" for a query that is spelt like neither.
    lemma = (
        text if text in lemmas else min(lemmas, key=lambda lemma: (lemma != lemma.lower(), lemma))
    )
    return Form(lemma, tuple(row.id for row in matches if row.lemma == lemma))


@dataclass(frozen=True)
class Read:
    """A text's vector (1, dim) and whether its encoder knew it; ``form`` if the lexicon has it."""

    vector: Vectors
    covered: bool
    form: Form | None


def read(
    service: LexiconService, session: Session, encoder: Encoder, language: str, text: str
) -> Read:
    """The stored vector of a known word; anything else is encoded."""
    form = known_form(session, language, text)
    if form is not None:
        index = service.index(encoder, language)
        first = np.array(form.lexeme_ids[:1], dtype=np.int64)
        row = int(index.rows_of(first)[0])
        if row >= 0:
            return Read(index.vectors(first), bool(index.covered[row]), form)
    encoded = service.encode(encoder, [text], language)
    return Read(encoded.vectors, bool(encoded.covered[0]), form)


def _understand(
    service: LexiconService, session: Session, encoder: Encoder, request: SearchRequest, text: str
) -> _Meaning:
    found = read(service, session, encoder, request.source, text)
    senses = queries.senses_of(session, found.form.lexeme_ids) if found.form else []
    if request.pos is not None and found.form:
        senses = [sense for sense in senses if sense.pos == request.pos]
        if not senses:
            raise InvalidInput(
                f"{text!r} ({request.source}) is no {request.pos} in the lexicon; "
                "leave the part of speech out"
            )
    vector = found.vector
    if request.concept is not None:
        every = queries.concept_senses(session, request.concept)
        if found.form and not any(sense.key == request.concept for sense in senses):
            keys = ", ".join(dict.fromkeys(sense.key for sense in senses))
            raise InvalidInput(
                f"{text!r} ({request.source}) does not express {request.concept!r}; "
                f"it expresses: {keys}"
            )
        senses = [sense for sense in senses if sense.key == request.concept] or every[:1]
        vector = _sense_vector(service, encoder, every, request.target)
    lexemes = {sense.lexeme_id for sense in senses}
    known = found.form.lexeme_ids if found.form else ()
    chosen = request.pos is not None or request.concept is not None
    return _Meaning(
        vector=vector,
        covered=found.covered,
        lexeme_ids=[lexeme for lexeme in known if not chosen or lexeme in lexemes],
        concept_ids=frozenset(sense.concept_id for sense in senses),
        form=found.form.lemma if found.form else None,
    )


def _sense_vector(
    service: LexiconService, encoder: Encoder, senses: Sequence[SenseRow], target: str
) -> Vectors:
    rows = []
    for language in sorted({sense.language for sense in senses} - {target}):
        words = [sense for sense in senses if sense.language == language]
        index = service.index(encoder, language)
        ids = np.array([sense.lexeme_id for sense in words], dtype=np.int64)
        held = index.rows_of(ids) >= 0
        # Words that have come since the index was built are encoded.
        new = [sense.lemma for sense, there in zip(words, held, strict=True) if not there]
        encoded = [service.encode(encoder, new, language).vectors] if new else []
        rows.append(np.concatenate([index.vectors(ids[held]), *encoded]).mean(axis=0))
    if not rows:
        raise InvalidInput(
            f"concept {senses[0].key!r} has words in {target!r} only; search without a concept"
        )
    return unit_rows(np.mean(rows, axis=0, keepdims=True), "the chosen concept")


class _Ranking:
    """Looks deeper into the index until the first k cannot change any more."""

    def __init__(
        self,
        service: LexiconService,
        source: LiveIndex,
        target: LiveIndex,
        request: SearchRequest,
        meaning: _Meaning,
    ) -> None:
        self.target = target
        self.request = request
        self.meaning = meaning
        self.near = service.neighbourhood(target, source)
        self.own = np.zeros(2, dtype=np.float32)

    def best(self, session: Session) -> list[_Candidate]:
        k = self.request.k
        rows = self.target.rows if self.target.exact else min(self.target.rows, DEEPEST)
        depth = k + 4 * NEIGHBOURHOOD
        thorough = self.request.pos is not None
        while True:
            nearest = self.target.search(self.meaning.vector, min(depth, rows))
            self.own = neighbourhood_means(nearest.cosine[:, :NEIGHBOURHOOD])[0]
            ordered = self._ordered(self._candidates(session, nearest, thorough))
            complete = depth >= rows
            if complete and (thorough or len(ordered) >= k):
                return ordered[:k]
            if not complete and self._settled(ordered, float(nearest.cosine[0, -1])):
                return ordered[:k]
            # More than a few of the best have left the store, or the order is still open.
            thorough = thorough or len(ordered) < k
            depth *= 4

    def _candidates(
        self, session: Session, nearest: Neighbours, thorough: bool
    ) -> list[_Candidate]:
        ids, rows = nearest.ids[0], nearest.rows[0]
        scores = self._scores(nearest.cosine, self.near.means[rows])
        wanted = self._worth_reading(scores[self.request.score], thorough)
        forms = queries.forms_of_lexemes(session, ids[wanted].tolist())
        lexemes = [lexeme for form in forms.values() for lexeme in form.lexeme_ids]
        senses: dict[int, list[SenseRow]] = {}
        for sense in queries.senses_of(session, lexemes):
            if self.request.pos in (None, sense.pos):
                senses.setdefault(sense.lexeme_id, []).append(sense)
        found = []
        for place in wanted:
            form = forms.get(int(ids[place]))
            # A form that has left the store since the index was built is not an answer.
            held = [s for lexeme in form.lexeme_ids for s in senses.get(lexeme, [])] if form else []
            if form and (held or self.request.pos is None):
                held.sort(key=lambda sense: (sense.unsensed, sense.rank, sense.key))
                found.append(
                    _Candidate(
                        form,
                        held,
                        int(rows[place]),
                        Scores(**{n: round(float(one[place]), 6) for n, one in scores.items()}),
                    )
                )
        return found

    def _scores(
        self, cosine: NDArray[np.float32], means: NDArray[np.float32]
    ) -> dict[str, NDArray[np.float32]]:
        """Every score of words with these cosines (1, n) and means (n, 2), by name, (n,)."""
        wide, narrow = self.own[:1], self.own[1:]
        ratio, distance = csls.margins(cosine, narrow, means[:, 1])
        return {
            "cosine": np.clip(cosine[0], -1, 1),
            "csls": csls.csls(cosine, wide, means[:, 0])[0],
            "margin": ratio[0],
            "margin_distance": distance[0],
        }

    def _worth_reading(self, scores: NDArray[np.float32], thorough: bool) -> NDArray[np.int64]:
        """Places to look up in SQL: all of them, or those whose score can be among the first k
        when hardly anything has left the store since the build."""
        enough = self.request.k + NEIGHBOURHOOD
        if thorough or len(scores) <= enough:
            return np.arange(len(scores))
        return np.flatnonzero(scores >= np.sort(scores)[-enough] - TIE)

    def _settled(self, ordered: list[_Candidate], last_cosine: float) -> bool:
        """Whether nothing beyond ``last_cosine`` can reach the first k."""
        if len(ordered) < self.request.k:
            return False
        # The best that a row further down could score: that of the last with the least mean, or,
        # for a ratio below zero, with the greatest.
        last = np.full((1, 2), last_cosine, dtype=np.float32)
        bounds = np.array([self.near.least, self.near.greatest], dtype=np.float32)
        best = float(self._scores(last, bounds)[self.request.score].max())
        return best < self._score(ordered[self.request.k - 1]) - TIE

    def _ordered(self, candidates: list[_Candidate]) -> list[_Candidate]:
        """By score; those within ``TIE`` of the best of their group by sense rank, then the
        commoner word where frequencies are known, then lemma."""
        by_score = sorted(candidates, key=self._score, reverse=True)
        group_of: dict[int, int] = {}
        group, leader = 0, 0.0
        for place, candidate in enumerate(by_score):
            if place == 0 or leader - self._score(candidate) > TIE:
                group, leader = place, self._score(candidate)
            group_of[candidate.row] = group
        return sorted(
            by_score,
            key=lambda c: (group_of[c.row], self._sense_rank(c), -_frequency(c), c.form.lemma),
        )

    def _score(self, candidate: _Candidate) -> float:
        return float(getattr(candidate.scores, self.request.score))

    def _sense_rank(self, candidate: _Candidate) -> int:
        """Rank of the best sense shared with the query, or of the best sense."""
        shared = [s.rank for s in candidate.senses if s.concept_id in self.meaning.concept_ids]
        return min(shared or [sense.rank for sense in candidate.senses] or [0])


def _frequency(candidate: _Candidate) -> float:
    """Zipf value of the form, 0 where its language has none."""
    return max((sense.frequency or 0.0 for sense in candidate.senses), default=0.0)
