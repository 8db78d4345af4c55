"""Nearest-translation search."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sqlalchemy.orm import Session

from indexer import written
from indexer.answers import MAX_K, SCORES, SearchAnswer, SearchRequest
from indexer.encoders.protocol import Encoded, Encoder
from indexer.indices.live import LiveIndex
from indexer.ranking import Ranked, Ranking
from indexer.service import AtHand, LexiconService
from indexer.vectors import Vectors, unit_rows
from lexicon import queries
from lexicon.entries import require_pos
from lexicon.errors import InvalidInput
from lexicon.facts import EditionOver, Facts, NotInMemory, known_form
from lexicon.normalize import clean
from lexicon.queries import Form, SenseRow
from lexicon.store import Sessions
from lexicon.suggest import Suggestion, suggestions

FEW = 100
"""Results up to which a search is quick enough to hold up others."""


@dataclass(frozen=True)
class _Meaning:
    """A query once understood: its vector and the concepts that count as its translations."""

    vector: Vectors
    covered: bool
    lexeme_ids: list[int]
    concept_ids: frozenset[int]
    form: str | None


@dataclass(frozen=True)
class _Found:
    """What a search found; ``meant`` are words that an unknown query may be a spelling of."""

    meaning: _Meaning
    ranked: list[Ranked]
    target: LiveIndex
    meant: list[Suggestion]

    @property
    def covered(self) -> list[bool]:
        """Of each word that was found."""
        known: list[bool] = self.target.covered[[one.row for one in self.ranked]].tolist()
        return known

    def translations(self) -> list[dict[str, object]]:
        return [
            {
                "lemma": one.word.lemma,
                "language": self.target.language,
                "lexeme_ids": one.word.lexeme_ids,
                "pos": one.word.pos,
                "concepts": [{"key": s.key, "gloss": s.gloss} for s in one.word.senses],
                "covered": known,
                **one.scores._asdict(),
                "known_translation": not self.meaning.concept_ids.isdisjoint(one.word.concepts),
            }
            for one, known in zip(self.ranked, self.covered, strict=True)
        ]


def search(service: LexiconService, request: SearchRequest) -> SearchAnswer:
    """The ``k`` nearest forms of the target language, best first.

    Equal scores are ordered by sense rank, then frequency, then lemma: a query word lies midway
    between its senses, and *water* is *eau* before it is *arroser*. A word that the lexicon holds
    is answered from its stored vector; other text is encoded. With ``concept``, the query is that
    sense: the normalised mean of the concept's forms in every language but the target.

    Raises :class:`InvalidInput` for values that cannot be answered and the index's own errors.
    """
    text = _checked(request)
    asked = _Waiting(service, request, text, service.encoder(request.encoder))
    facts = service.facts()
    while True:
        try:
            return asked.answer(facts)
        except EditionOver:
            facts = service.facts(facts)


def search_at_once(service: LexiconService, request: SearchRequest) -> str | None:
    """The JSON of what :func:`search` gives, if that is a known word and all that it takes is in
    memory and takes no longer than about a millisecond; else None, and nothing has been waited
    for."""
    if request.concept is not None or request.pos is not None or request.k > FEW:
        return None
    text = _checked(request)
    held = service.at_hand(request.encoder, request.source, request.target)
    if held is None:
        return None
    try:
        return _AtOnce(service, request, text, held).written(held.facts)
    except NotInMemory:
        return None


def _checked(request: SearchRequest) -> str:
    """The text as it is looked up."""
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
    return clean(request.text, "query")


class _Waiting:
    """One search that reads, opens and encodes what it needs."""

    def __init__(
        self, service: LexiconService, request: SearchRequest, text: str, encoder: Encoder
    ) -> None:
        self.service = service
        self.request = request
        self.text = text
        self.encoder = encoder
        self.sessions: Sessions | None = service.sessions
        self._encoded: Encoded | None = None

    def source(self) -> LiveIndex:
        return self.service.index(self.encoder, self.request.source)

    def pair(self) -> tuple[LiveIndex, LiveIndex]:
        return self.service.pair(self.encoder, self.request.source, self.request.target)

    def encoded(self) -> Encoded:
        # Once, however often words are changed meanwhile.
        if self._encoded is None:
            encode = self.service.encode
            self._encoded = encode(self.encoder, [self.text], self.request.source)
        return self._encoded

    def answer(self, facts: Facts) -> SearchAnswer:
        found = self._found(facts)
        # Checked and made into models in one go.
        return SearchAnswer.model_validate(
            {
                "query": {
                    "text": self.text,
                    "language": self.request.source,
                    "covered": found.meaning.covered,
                    "lexeme_ids": found.meaning.lexeme_ids,
                },
                "target_language": self.request.target,
                "encoder": self.encoder.spec.name,
                "score": self.request.score,
                "results": found.translations(),
                "suggestions": [vars(one) for one in found.meant],
                "pending": found.target.changes.pending,
            }
        )

    def _found(self, facts: Facts) -> _Found:
        request = self.request
        facts.require_language(request.source, self.sessions)
        facts.require_language(request.target, self.sessions)
        meaning = self._understood(facts)
        source, target = self.pair()
        near = self.service.neighbourhood(target, source)
        ranking = Ranking(facts, self.sessions, target, near, request, meaning.concept_ids)
        ranked = ranking.best(meaning.vector)
        meant: list[Suggestion] = []
        if meaning.form is None:
            with facts.reading(self.sessions) as session:
                meant = suggestions(session, request.source, self.text)
        return _Found(meaning, ranked, target, meant)

    def _understood(self, facts: Facts) -> _Meaning:
        request, text = self.request, self.text
        form = facts.form(request.source, text, self.sessions)
        vector, covered = self._read(form)
        senses: Sequence[SenseRow] = ()
        if form:
            (word,) = facts.words(form.lexeme_ids[:1], self.sessions)
            senses = word.senses if word else ()
        if request.pos is not None and form:
            senses = [sense for sense in senses if sense.pos == request.pos]
            if not senses:
                raise InvalidInput(
                    f"{text!r} ({request.source}) is no {request.pos} in the lexicon; "
                    "leave the part of speech out"
                )
        if request.concept is not None:
            with facts.reading(self.sessions) as session:
                every = queries.concept_senses(session, request.concept)
            if form and not any(sense.key == request.concept for sense in senses):
                keys = ", ".join(dict.fromkeys(sense.key for sense in senses))
                raise InvalidInput(
                    f"{text!r} ({request.source}) does not express {request.concept!r}; "
                    f"it expresses: {keys}"
                )
            senses = [sense for sense in senses if sense.key == request.concept] or every[:1]
            vector = _sense_vector(self.service, self.encoder, every, request.target)
        known = form.lexeme_ids if form else ()
        chosen = request.pos is not None or request.concept is not None
        lexemes = {sense.lexeme_id for sense in senses} if chosen else known
        return _Meaning(
            vector=vector,
            covered=covered,
            lexeme_ids=[lexeme for lexeme in known if lexeme in lexemes],
            concept_ids=frozenset(sense.concept_id for sense in senses),
            form=form.lemma if form else None,
        )

    def _read(self, form: Form | None) -> tuple[Vectors, bool]:
        """The stored vector of a known word; anything else is encoded."""
        stored = None if form is None else _stored(self.source(), form)
        if stored is not None:
            return stored
        found = self.encoded()
        return found.vectors, bool(found.covered[0])


class _AtOnce(_Waiting):
    """One search that only looks at what is there."""

    def __init__(
        self, service: LexiconService, request: SearchRequest, text: str, held: AtHand
    ) -> None:
        super().__init__(service, request, text, held.encoder)
        self.sessions = None
        self._pair = held.source, held.target

    def source(self) -> LiveIndex:
        return self._pair[0]

    def pair(self) -> tuple[LiveIndex, LiveIndex]:
        return self._pair

    def encoded(self) -> Encoded:
        raise NotInMemory

    def written(self, facts: Facts) -> str:
        """The answer as JSON; of a known word, to which nothing is suggested."""
        found = self._found(facts)
        meaning, target, ids = found.meaning, found.target, str(found.meaning.lexeme_ids)
        results = written.results(found.ranked, found.covered, target.language, meaning.concept_ids)
        return (
            f'{{"query":{{"text":{written.text(self.text)},'
            f'"language":{written.text(self.request.source)},'
            f'"covered":{"true" if meaning.covered else "false"},'
            f'"lexeme_ids":{ids.replace(" ", "")}}},'
            f'"target_language":{written.text(self.request.target)},'
            f'"encoder":{written.text(self.encoder.spec.name)},'
            f'"score":"{self.request.score}","results":{results},'
            f'"suggestions":[],"pending":{target.changes.pending}}}'
        )


def _stored(index: LiveIndex, form: Form) -> tuple[Vectors, bool] | None:
    """The vector of a form (1, dim) and whether it is covered, where the index has it."""
    row = index.row_of(form.lexeme_ids[0])
    return (index.one(row), bool(index.covered[row])) if row >= 0 else None


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
    stored = None if form is None else _stored(service.index(encoder, language), form)
    if stored is not None:
        return Read(*stored, form)
    encoded = service.encode(encoder, [text], language)
    return Read(encoded.vectors, bool(encoded.covered[0]), form)


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
