"""imports and suggestions: unsensed concepts, folded spellings, order by code point

Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

from lexicon.folding import fold

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# Every text that is ordered or compared.
TEXTS = {
    "language": ("name", "autonym"),
    "source": ("name", "licence", "version", "checksum"),
    "concept": ("key", "gloss", "field"),
    "external_id": ("identifier",),
    "lexeme": ("lemma", "search_key"),
    "sentence_pair": ("dataset", "key", "premise", "hypothesis"),
    "encoder": ("name",),
}
CHUNK = 10_000


def _collate(collation: str) -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    for table, columns in TEXTS.items():
        changes = ", ".join(
            f'ALTER COLUMN "{column}" TYPE text COLLATE "{collation}"' for column in columns
        )
        op.execute(f'ALTER TABLE "{table}" {changes}')


def upgrade() -> None:
    _collate("C")
    op.add_column(
        "concept", sa.Column("unsensed", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    text = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
    op.add_column("lexeme", sa.Column("folded", text, server_default="", nullable=False))
    _fold_all()
    # Made anew on SQLite, so that the number of a word that left is not given again.
    if op.get_bind().dialect.name == "sqlite":
        numbered = {"sqlite_autoincrement": True}
        with op.batch_alter_table("lexeme", recreate="always", table_kwargs=numbered):
            pass
    with op.batch_alter_table("lexeme", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_lexeme_language_lexeme_folded"), ["language", "folded"], unique=False
        )


def _fold_all() -> None:
    lexeme = sa.table("lexeme", sa.column("id"), sa.column("lemma"), sa.column("folded"))
    change = (
        sa.update(lexeme)
        .where(lexeme.c.id == sa.bindparam("row"))
        .values(folded=sa.bindparam("fold"))
    )
    connection = op.get_bind()
    last = 0
    while rows := connection.execute(
        sa.select(lexeme.c.id, lexeme.c.lemma)
        .where(lexeme.c.id > last)
        .order_by(lexeme.c.id)
        .limit(CHUNK)
    ).all():
        connection.execute(change, [{"row": row.id, "fold": fold(row.lemma)} for row in rows])
        last = rows[-1].id


def downgrade() -> None:
    with op.batch_alter_table("lexeme", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_lexeme_language_lexeme_folded"))
        batch_op.drop_column("folded")
    with op.batch_alter_table("concept", schema=None) as batch_op:
        batch_op.drop_column("unsensed")
    _collate("default")
