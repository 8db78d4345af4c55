"""the first schema

Revises: nothing
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# SQLite only numbers rows by itself in a column that is literally INTEGER.
ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "encoder",
        sa.Column("identity", sa.String(length=128), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("dim", sa.Integer(), nullable=False),
        sa.Column("spec", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("identity", name=op.f("pk_encoder")),
    )
    with op.batch_alter_table("encoder", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_encoder_name"), ["name"], unique=False)

    op.create_table(
        "language",
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("autonym", sa.Text(), nullable=False),
        sa.Column("script", sa.String(length=4), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_language")),
    )
    op.create_table(
        "source",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("licence", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("checksum", sa.Text(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source")),
        sa.UniqueConstraint("name", name=op.f("uq_source_name")),
    )
    op.create_table(
        "alignment_run",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("encoder", sa.String(length=128), nullable=False),
        sa.Column("evaluation", sa.String(length=32), nullable=False),
        sa.Column("parameters", sa.JSON(), nullable=False),
        sa.Column("generations", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["encoder"], ["encoder.identity"], name=op.f("fk_alignment_run_encoder")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alignment_run")),
    )
    with op.batch_alter_table("alignment_run", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_alignment_run_encoder"), ["encoder"], unique=False)

    op.create_table(
        "concept",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("gloss", sa.Text(), nullable=False),
        sa.Column("pos", sa.String(length=16), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("source_id", ROW_ID, nullable=False),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name=op.f("fk_concept_source_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_concept")),
        sa.UniqueConstraint("key", name=op.f("uq_concept_key")),
    )
    with op.batch_alter_table("concept", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_concept_field"), ["field"], unique=False)
        batch_op.create_index(batch_op.f("ix_concept_source_id"), ["source_id"], unique=False)

    op.create_table(
        "generation",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("encoder", sa.String(length=128), nullable=False),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("form_digest", sa.String(length=64), nullable=False),
        sa.Column("manifest", sa.JSON(), nullable=False),
        sa.Column("live", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["encoder"], ["encoder.identity"], name=op.f("fk_generation_encoder")
        ),
        sa.ForeignKeyConstraint(
            ["language"], ["language.code"], name=op.f("fk_generation_language")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_generation")),
    )
    with op.batch_alter_table("generation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_generation_encoder"), ["encoder"], unique=False)

    op.create_table(
        "lexeme",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column("lemma", sa.Text(), nullable=False),
        sa.Column("search_key", sa.Text(), nullable=False),
        sa.Column("script", sa.String(length=4), nullable=False),
        sa.Column("pos", sa.String(length=16), nullable=False),
        sa.Column("frequency", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(["language"], ["language.code"], name=op.f("fk_lexeme_language")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lexeme")),
        sa.UniqueConstraint("language", "lemma", "pos", name=op.f("uq_lexeme_language_lemma_pos")),
    )
    with op.batch_alter_table("lexeme", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_lexeme_language_lexeme_search_key"),
            ["language", "search_key"],
            unique=False,
        )

    op.create_table(
        "sentence_pair",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("dataset", sa.Text(), nullable=False),
        sa.Column("split", sa.String(length=32), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("premise", sa.Text(), nullable=False),
        sa.Column("hypothesis", sa.Text(), nullable=False),
        sa.Column("premise_language", sa.String(length=16), nullable=False),
        sa.Column("hypothesis_language", sa.String(length=16), nullable=False),
        sa.Column("label", sa.String(length=16), nullable=True),
        sa.Column("source_id", ROW_ID, nullable=True),
        sa.CheckConstraint(
            "label IN ('entailment', 'neutral', 'contradiction')",
            name=op.f("ck_sentence_pair_label"),
        ),
        sa.ForeignKeyConstraint(
            ["hypothesis_language"],
            ["language.code"],
            name=op.f("fk_sentence_pair_hypothesis_language"),
        ),
        sa.ForeignKeyConstraint(
            ["premise_language"], ["language.code"], name=op.f("fk_sentence_pair_premise_language")
        ),
        sa.ForeignKeyConstraint(
            ["source_id"], ["source.id"], name=op.f("fk_sentence_pair_source_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sentence_pair")),
        sa.UniqueConstraint(
            "dataset",
            "split",
            "premise_language",
            "hypothesis_language",
            "key",
            name="uq_sentence_pair_identity",
        ),
    )
    with op.batch_alter_table("sentence_pair", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sentence_pair_source_id"), ["source_id"], unique=False)

    op.create_table(
        "alignment_score",
        sa.Column("run_id", ROW_ID, nullable=False),
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.Column("target", sa.String(length=16), nullable=False),
        sa.Column("metric", sa.String(length=64), nullable=False),
        sa.Column("value", sa.Double(), nullable=False),
        sa.Column("low", sa.Double(), nullable=True),
        sa.Column("high", sa.Double(), nullable=True),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["run_id"],
            ["alignment_run.id"],
            name=op.f("fk_alignment_score_run_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "run_id", "source", "target", "metric", name=op.f("pk_alignment_score")
        ),
    )
    op.create_table(
        "external_id",
        sa.Column("scheme", sa.String(length=32), nullable=False),
        sa.Column("identifier", sa.Text(), nullable=False),
        sa.Column("concept_id", ROW_ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["concept_id"],
            ["concept.id"],
            name=op.f("fk_external_id_concept_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("scheme", "identifier", "concept_id", name=op.f("pk_external_id")),
    )
    with op.batch_alter_table("external_id", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_external_id_concept_id"), ["concept_id"], unique=False)

    op.create_table(
        "nli_prediction",
        sa.Column("pair_id", ROW_ID, nullable=False),
        sa.Column("checkpoint", sa.String(length=128), nullable=False),
        sa.Column("entailment", sa.Double(), nullable=False),
        sa.Column("neutral", sa.Double(), nullable=False),
        sa.Column("contradiction", sa.Double(), nullable=False),
        sa.Column("truncated", sa.Boolean(), nullable=False),
        sa.Column("predicted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["pair_id"],
            ["sentence_pair.id"],
            name=op.f("fk_nli_prediction_pair_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("pair_id", "checkpoint", name=op.f("pk_nli_prediction")),
    )
    with op.batch_alter_table("nli_prediction", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_nli_prediction_checkpoint"), ["checkpoint"], unique=False
        )

    op.create_table(
        "sense",
        sa.Column("concept_id", ROW_ID, nullable=False),
        sa.Column("lexeme_id", ROW_ID, nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("source_id", ROW_ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["concept_id"], ["concept.id"], name=op.f("fk_sense_concept_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["lexeme_id"], ["lexeme.id"], name=op.f("fk_sense_lexeme_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name=op.f("fk_sense_source_id")),
        sa.PrimaryKeyConstraint("concept_id", "lexeme_id", name=op.f("pk_sense")),
    )
    with op.batch_alter_table("sense", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sense_lexeme_id"), ["lexeme_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sense_source_id"), ["source_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("sense", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sense_source_id"))
        batch_op.drop_index(batch_op.f("ix_sense_lexeme_id"))

    op.drop_table("sense")
    with op.batch_alter_table("nli_prediction", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_nli_prediction_checkpoint"))

    op.drop_table("nli_prediction")
    with op.batch_alter_table("external_id", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_external_id_concept_id"))

    op.drop_table("external_id")
    op.drop_table("alignment_score")
    with op.batch_alter_table("sentence_pair", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sentence_pair_source_id"))

    op.drop_table("sentence_pair")
    with op.batch_alter_table("lexeme", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_lexeme_language_lexeme_search_key"))

    op.drop_table("lexeme")
    with op.batch_alter_table("generation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_generation_encoder"))

    op.drop_table("generation")
    with op.batch_alter_table("concept", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_concept_source_id"))
        batch_op.drop_index(batch_op.f("ix_concept_field"))

    op.drop_table("concept")
    with op.batch_alter_table("alignment_run", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_alignment_run_encoder"))

    op.drop_table("alignment_run")
    op.drop_table("source")
    op.drop_table("language")
    with op.batch_alter_table("encoder", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_encoder_name"))

    op.drop_table("encoder")
