"""words that come and go: what an index must learn without being built again

Revises: 0002
"""

from uuid import uuid4

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_ROW = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "departed_lexeme",
        sa.Column("number", _ROW, nullable=False),
        sa.Column("lexeme_id", _ROW, nullable=False),
        sa.Column("language", sa.String(16), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_departed_lexeme")),
        sqlite_autoincrement=True,
    )
    identity = op.create_table(
        "store_identity",
        sa.Column("id", sa.String(36), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_store_identity")),
    )
    op.bulk_insert(identity, [{"id": str(uuid4())}])
    op.create_table(
        "word_vector",
        sa.Column("encoder", sa.String(128), nullable=False),
        sa.Column("language", sa.String(16), nullable=False),
        sa.Column("digest", sa.String(32), nullable=False),
        sa.Column("covered", sa.Boolean(), nullable=False),
        sa.Column("vector", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["encoder"],
            ["encoder.identity"],
            name=op.f("fk_word_vector_encoder"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["language"], ["language.code"], name=op.f("fk_word_vector_language")
        ),
        sa.PrimaryKeyConstraint("encoder", "language", "digest", name=op.f("pk_word_vector")),
    )
    # A million senses of one source: the index says nothing, and every import pays for it.
    with op.batch_alter_table("sense", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sense_source_id"))


def downgrade() -> None:
    with op.batch_alter_table("sense", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sense_source_id"), ["source_id"], unique=False)
    op.drop_table("word_vector")
    op.drop_table("store_identity")
    op.drop_table("departed_lexeme")
