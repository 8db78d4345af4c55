"""keys and editions: who may write, and when words changed

Revises: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_ROW = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_WRITTEN = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "word_edition",
        sa.Column("number", _ROW, nullable=False),
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("lemmas", sa.JSON(), nullable=True),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_word_edition")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "api_key",
        sa.Column("id", _ROW, nullable=False),
        sa.Column("name", _WRITTEN, nullable=False),
        sa.Column("prefix", sa.String(16), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("scope", sa.String(16), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("scope IN ('read', 'write')", name=op.f("ck_api_key_scope")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_key")),
        sa.UniqueConstraint("prefix", name=op.f("uq_api_key_prefix")),
        # A number that an audit names must not come back as another key.
        sqlite_autoincrement=True,
    )
    # Made anew on SQLite, so that the number of a pair that left is not given again.
    _make_pairs_anew(sqlite_autoincrement=True)


def _make_pairs_anew(**arguments: object) -> None:
    if op.get_bind().dialect.name == "sqlite":
        with op.batch_alter_table("sentence_pair", recreate="always", table_kwargs=arguments):
            pass


def downgrade() -> None:
    _make_pairs_anew()
    op.drop_table("api_key")
    op.drop_table("word_edition")
