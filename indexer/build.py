"""Building indices from the store: encode what is new, choose, measure, publish, record."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from indexer.building.choose import Chosen, choose
from indexer.building.encode import Advance, Encoded, Plan, encode
from indexer.building.neighbourhoods import Processor
from indexer.building.record import record
from indexer.building.shards import Shards
from indexer.delta import require_same_store
from indexer.encoders.postprocessed.encoder import PostProcessed
from indexer.encoders.protocol import Encoder
from indexer.generations import arrays
from indexer.generations.folder import Generations, writing_to
from indexer.generations.manifest import Watermark
from indexer.generations.records import Facts
from indexer.indices import kinds
from indexer.indices.gpu import Gpu
from indexer.indices.stored import StoredIndex
from lexicon import changes, queries
from lexicon.changes import Mark
from lexicon.errors import IdentityMismatch, IndexDamaged, IndexMissing
from lexicon.queries import Form
from lexicon.store import Sessions


@dataclass
class BuildReport:
    """Languages that were built, that were already up to date, and that have no words.

    ``repaired`` says why a language was built although its words had not changed; ``reused`` how
    many vectors were taken from earlier builds; ``weak`` the recall of indices that find less
    than they should, because their kind was asked for; ``unfitted`` languages whose words came
    after the encoder was fitted; ``stood_in`` why the CPU did the work of the GPU.
    """

    identity: str
    built: dict[str, int] = field(default_factory=dict)
    current: dict[str, int] = field(default_factory=dict)
    empty: list[str] = field(default_factory=list)
    uncovered: dict[str, int] = field(default_factory=dict)
    repaired: dict[str, str] = field(default_factory=dict)
    reused: dict[str, int] = field(default_factory=dict)
    weak: dict[str, float] = field(default_factory=dict)
    unfitted: list[str] = field(default_factory=list)
    stood_in: str | None = None


def build(
    sessions: Sessions,
    generations: Generations,
    encoder: Encoder,
    languages: Sequence[str] | None = None,
    force: bool = False,
    advance: Advance = lambda _language, _done, _total: None,
    patience: float = 0,
    kind: str | None = None,
    gpu: Gpu | None = None,
) -> BuildReport:
    """Bring an encoder's indices up to date with the store.

    Languages whose live generation is sound, of the wanted kind, and holds exactly the store's
    forms are left alone unless ``force``, which also encodes again what has been encoded. Without
    a ``kind``, the one that was asked for before is still wanted.
    Everything is encoded before anything is published, so a failure changes nothing. While
    another process builds, this one waits for ``patience`` seconds, then raises
    :class:`~lexicon.errors.IndexBusy`.
    """
    spec = encoder.spec
    report = BuildReport(spec.identity)
    generations.require_kind(kind or "auto")
    with generations.building(spec.identity, patience):
        with sessions() as session:
            known = queries.languages(session)
            wanted = [queries.require_language(session, code) for code in languages or known]
            # Read before the words: those that come in between are known twice, not lost.
            now = changes.mark(session)
            mark = Watermark(**vars(now))
            forms = {code: queries.forms(session, code) for code in wanted}
        wanted = [code for code in wanted if _fitted(encoder, code, forms, languages, report)]
        plans = []
        for code in wanted:
            digest = queries.form_digest(forms[code])
            before = _sound(sessions, generations, encoder, code, now, report)
            asked = kind or (before.manifest.asked if before else "auto")
            damaged = code in report.repaired
            if not forms[code] and not damaged and (before is None or not before.rows):
                report.empty.append(code)
            elif not force and before is not None and _same(before, digest, asked):
                report.current[code] = before.rows
                report.uncovered[code] = before.rows - before.manifest.covered
                # A process killed between pointer and SQL left this to be told; vectors that are
                # still kept are those of words that came and went.
                with sessions() as session:
                    left = list(changes.word_vectors(session, spec.identity, code))
                record(sessions, encoder, before.manifest, left)
            else:
                plans.append(Plan(code, forms[code], digest, asked, before, force))
        shards = Shards(generations.shards(spec.identity))
        encoded = {
            plan.language: encode(sessions, generations, encoder, plan, advance, shards)
            for plan in plans
        }
        processor = Processor(gpu)
        _publish(sessions, generations, encoder, encoded, known, mark, processor, report)
        report.stood_in = processor.stood_in
        shards.clear(wanted)
    return report


def _fitted(
    encoder: Encoder,
    language: str,
    forms: Mapping[str, Sequence[Form]],
    named: Sequence[str] | None,
    report: BuildReport,
) -> bool:
    """Whether the encoder has vectors for the words of a language; one that was named must."""
    if not isinstance(encoder, PostProcessed) or language in encoder.languages:
        return True
    if named:
        encoder.require(language)
    if forms[language]:
        report.unfitted.append(language)
    else:
        report.empty.append(language)
    return False


def _sound(
    sessions: Sessions,
    generations: Generations,
    encoder: Encoder,
    language: str,
    now: Mark,
    report: BuildReport,
) -> StoredIndex | None:
    """The live generation, every byte checked; None where there is none, or a wrong one."""
    try:
        index = generations.load(encoder.spec, language)
        if not index.verified:
            generations.verify(index.manifest)
        with sessions() as session:
            require_same_store(session, index, now)
    except IndexMissing:
        return None
    except (IndexDamaged, IdentityMismatch) as error:
        report.repaired[language] = str(error)
        return None
    return index


def _same(index: StoredIndex, digest: str, asked: str) -> bool:
    built = index.manifest
    of_kind = asked == built.asked or asked == built.kind
    return built.form_digest == digest and of_kind


def _publish(
    sessions: Sessions,
    generations: Generations,
    encoder: Encoder,
    encoded: dict[str, Encoded],
    known: Sequence[str],
    mark: Watermark,
    processor: Processor,
    report: BuildReport,
) -> None:
    """Index what has been encoded, and make all of it live together."""
    beside = _beside(generations, encoder, [code for code in known if code not in encoded])
    chosen = {}
    for code, item in encoded.items():
        others = [one.vectors for other, one in encoded.items() if other != code]
        others += [one.half for one in beside.values()]
        engine = generations.engine(item.staged)
        chosen[code] = choose(item.vectors, others, item.plan.asked, engine)
        generations.keep(item.staged, chosen[code].searcher)
    taken = {code: _neighbourhoods(code, encoded, beside, chosen, processor) for code in encoded}
    facts = [
        Facts(
            spec=encoder.spec,
            language=code,
            rows=item.words.rows,
            covered=int(item.words.covered.sum()),
            asked=item.plan.asked,
            kind=chosen[code].searcher.kind,
            parameters=chosen[code].searcher.parameters,
            recall=chosen[code].recall,
            recall_queries=chosen[code].queries,
            form_digest=item.plan.digest,
            watermark=mark,
            neighbourhoods=taken[code][0],
            reverse=taken[code][1],
        )
        for code, item in encoded.items()
    ]
    staged = [(encoded[one.language].staged, one) for one in facts]
    for manifest in generations.publish(staged):
        item = encoded[manifest.language]
        record(sessions, encoder, manifest, item.drawn)
        report.built[manifest.language] = manifest.rows
        report.uncovered[manifest.language] = manifest.rows - manifest.covered
        report.reused[manifest.language] = item.reused
        if manifest.recall is not None and manifest.recall < kinds.FLOOR:
            report.weak[manifest.language] = manifest.recall


def _beside(
    generations: Generations, encoder: Encoder, languages: Sequence[str]
) -> dict[str, StoredIndex]:
    """The live generations that stay as they are."""
    found = {}
    for code in languages:
        try:
            found[code] = generations.load(encoder.spec, code)
        except (IndexMissing, IndexDamaged, IdentityMismatch):
            continue
    return found


def _neighbourhoods(
    language: str,
    encoded: dict[str, Encoded],
    beside: dict[str, StoredIndex],
    chosen: dict[str, Chosen],
    processor: Processor,
) -> tuple[dict[str, str], dict[str, str]]:
    """Write a staged language's means towards every other one, and those of the generations that
    stay towards it; returns which generations those are, for either."""
    item = encoded[language]
    towards, reverse = {}, {}
    with writing_to(item.staged.folder):
        for code, other in encoded.items():
            if code != language:
                means = processor.means_towards(item.vectors, chosen[code].searcher)
                np.save(item.staged.folder / arrays.neighbourhood_file(code), means)
                towards[code] = other.staged.generation
        for code, index in beside.items():
            means = processor.means_towards(item.vectors, index.searcher)
            np.save(item.staged.folder / arrays.neighbourhood_file(code), means)
            back = processor.means_towards(index.half, chosen[language].searcher)
            np.save(item.staged.folder / arrays.reverse_file(code), back)
            towards[code] = reverse[code] = index.generation
    return towards, reverse
