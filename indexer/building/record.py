"""What SQL says of encoders and generations."""

from collections.abc import Sequence
from dataclasses import asdict

from sqlalchemy import update
from sqlalchemy.orm import Session

from indexer.encoders.protocol import Encoder
from indexer.generations.manifest import Manifest
from lexicon import changes, models
from lexicon.store import Sessions, writing


def record(
    sessions: Sessions, encoder: Encoder, manifest: Manifest, drawn: Sequence[str] = ()
) -> None:
    """Let SQL say which generation the pointer names, and forget vectors that it holds now."""
    with sessions() as session:
        held = session.get(models.Generation, manifest.generation)
        if held is not None and held.live and not drawn:
            return
    with writing(sessions) as session:
        record_encoder(session, encoder)
        mine = (
            models.Generation.encoder == manifest.identity,
            models.Generation.language == manifest.language,
        )
        session.execute(update(models.Generation).where(*mine).values(live=False))
        if held := session.get(models.Generation, manifest.generation):
            # Its date is that of its build, however often it becomes live.
            held.live = True
        else:
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
        changes.drop_word_vectors(session, manifest.identity, manifest.language, drawn)


def record_encoder(session: Session, encoder: Encoder) -> None:
    """Make sure that SQL knows the encoder whose work it is about to record."""
    spec = encoder.spec
    if session.get(models.Encoder, spec.identity) is None:
        session.add(
            models.Encoder(identity=spec.identity, name=spec.name, dim=spec.dim, spec=asdict(spec))
        )
        session.flush()
