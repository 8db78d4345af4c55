"""Building indices from the store: encode, stage, take neighbourhood means, publish, record."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from indexer.csls import NEIGHBOURHOOD, neighbourhood_means
from indexer.encoders.protocol import Encoder
from indexer.generation import Facts, Generations, Staged, writing_to
from indexer.indices import faiss as faiss_index
from indexer.manifest import Manifest
from indexer.shards import Shards
from indexer.vectors import Vectors
from lexicon import models, queries
from lexicon.errors import IdentityMismatch, IndexDamaged, IndexMissing
from lexicon.queries import Form
from lexicon.store import Sessions, writing

ENCODE_BATCH = 2_048

Advance = Callable[[str, int, int], None]
"""Told (language, forms done, forms in all) as a build goes on."""


@dataclass
class BuildReport:
    """Languages that were built, that were already up to date, and that have no words.

    ``repaired`` says why a language was built although its words had not changed.
    """

    identity: str
    built: dict[str, int] = field(default_factory=dict)
    current: dict[str, int] = field(default_factory=dict)
    empty: list[str] = field(default_factory=list)
    uncovered: dict[str, int] = field(default_factory=dict)
    repaired: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class _Encoded:
    """One language on its way to a generation."""

    forms: list[Form]
    digest: str
    vectors: Vectors
    covered: NDArray[np.bool_]
    staged: Staged


def build(
    sessions: Sessions,
    generations: Generations,
    encoder: Encoder,
    languages: Sequence[str] | None = None,
    force: bool = False,
    advance: Advance = lambda _language, _done, _total: None,
    patience: float = 0,
) -> BuildReport:
    """Bring an encoder's indices up to date with the store.

    Languages whose live generation is sound and holds exactly the store's forms are left alone
    unless ``force``. Everything is encoded before anything is published, so a failure changes
    nothing. While another process builds, this one waits for ``patience`` seconds, then raises
    :class:`~lexicon.errors.IndexBusy`.
    """
    spec = encoder.spec
    report = BuildReport(spec.identity)
    with generations.building(spec.identity, patience):
        with sessions() as session:
            known = queries.languages(session)
            wanted = [queries.require_language(session, code) for code in languages or known]
            forms = {code: queries.forms(session, code) for code in known}
        shards = Shards(generations.shards(spec.identity))
        todo: dict[str, str] = {}
        for code in wanted:
            digest = queries.form_digest(forms[code])
            if not forms[code]:
                report.empty.append(code)
            elif not force and _up_to_date(generations, encoder, code, digest, report):
                report.current[code] = len(forms[code])
                # A process killed between pointer and SQL left this to be told.
                _record(sessions, encoder, generations.manifest(spec.identity, code))
            else:
                todo[code] = digest
        encoded = {
            code: _encode(generations, encoder, code, forms[code], digest, advance, shards)
            for code, digest in todo.items()
        }
        means = _neighbourhoods(generations, encoder, encoded, known)
        for code, item in encoded.items():
            _publish(sessions, generations, encoder, code, item, means[code])
            report.built[code] = len(item.forms)
            report.uncovered[code] = int((~item.covered).sum())
        shards.clear()
    return report


def _up_to_date(
    generations: Generations, encoder: Encoder, language: str, digest: str, report: BuildReport
) -> bool:
    try:
        index = generations.load(encoder.spec, language)
    except IndexMissing:
        return False
    except (IndexDamaged, IdentityMismatch) as error:
        report.repaired[language] = str(error)
        return False
    if index.manifest.form_digest == digest:
        report.uncovered[language] = index.manifest.rows - index.manifest.covered
        return True
    return False


def _encode(
    generations: Generations,
    encoder: Encoder,
    language: str,
    forms: list[Form],
    digest: str,
    advance: Advance,
    shards: Shards,
) -> _Encoded:
    vectors = np.empty((len(forms), encoder.spec.dim), dtype=np.float32)
    covered = np.empty(len(forms), dtype=np.bool_)
    for start in range(0, len(forms), ENCODE_BATCH):
        batch = [form.lemma for form in forms[start : start + ENCODE_BATCH]]
        encoded = shards.encode(encoder, batch, language)
        vectors[start : start + len(batch)] = encoded.vectors
        covered[start : start + len(batch)] = encoded.covered
        advance(language, start + len(batch), len(forms))
    staged = generations.stage(encoder.spec.identity, language)
    with writing_to(staged.folder):
        faiss_index.write(staged.folder, vectors, [form.lexeme_ids for form in forms], covered)
    return _Encoded(forms, digest, vectors, covered, staged)


def _neighbourhoods(
    generations: Generations, encoder: Encoder, encoded: dict[str, _Encoded], known: list[str]
) -> dict[str, dict[str, str]]:
    """Write each staged language's CSLS means towards every other language; returns which
    generation of the other language they were taken against."""
    others: dict[str, tuple[str, Vectors]] = {
        code: (item.staged.generation, item.vectors) for code, item in encoded.items()
    }
    for code in known:
        if code not in others:
            try:
                index = generations.load(encoder.spec, code)
            except (IndexMissing, IndexDamaged, IdentityMismatch):
                continue
            others[code] = (index.manifest.generation, index.all_vectors())
    taken: dict[str, dict[str, str]] = {code: {} for code in encoded}
    for code, item in encoded.items():
        for other, (generation, vectors) in others.items():
            if other != code:
                means = means_towards(item.vectors, vectors)
                with writing_to(item.staged.folder):
                    np.save(item.staged.folder / faiss_index.neighbourhood_file(other), means)
                taken[code][other] = generation
    return taken


def means_towards(words: Vectors, others: Vectors) -> NDArray[np.float32]:
    """(n,) mean cosine of each word to its nearest ``others``: r of the CSLS formula."""
    return neighbourhood_means(faiss_index.nearest_cosines(words, others, NEIGHBOURHOOD))


def _publish(
    sessions: Sessions,
    generations: Generations,
    encoder: Encoder,
    language: str,
    item: _Encoded,
    neighbourhoods: dict[str, str],
) -> None:
    manifest = generations.publish(
        item.staged,
        Facts(
            spec=encoder.spec,
            language=language,
            rows=len(item.forms),
            covered=int(item.covered.sum()),
            kind=faiss_index.KIND,
            form_digest=item.digest,
            neighbourhoods=neighbourhoods,
        ),
    )
    _record(sessions, encoder, manifest)


def _record(sessions: Sessions, encoder: Encoder, manifest: Manifest) -> None:
    """Let SQL say which generation the pointer names."""
    with sessions() as session:
        held = session.get(models.Generation, manifest.generation)
        if held is not None and held.live:
            return
    with writing(sessions) as session:
        record_encoder(session, encoder)
        mine = (
            models.Generation.encoder == manifest.identity,
            models.Generation.language == manifest.language,
        )
        session.execute(update(models.Generation).where(*mine).values(live=False))
        session.execute(
            delete(models.Generation).where(models.Generation.id == manifest.generation)
        )
        session.add(
            models.Generation(
                id=manifest.generation,
                encoder=manifest.identity,
                language=manifest.language,
                rows=manifest.rows,
                form_digest=manifest.form_digest,
                manifest=manifest.model_dump(),
                live=True,
            )
        )


def record_encoder(session: Session, encoder: Encoder) -> None:
    """Make sure that SQL knows the encoder whose work it is about to record."""
    spec = encoder.spec
    if session.get(models.Encoder, spec.identity) is None:
        session.add(
            models.Encoder(identity=spec.identity, name=spec.name, dim=spec.dim, spec=asdict(spec))
        )
        session.flush()
