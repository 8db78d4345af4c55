"""strata of alignment: figures of a part of the pairs

Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_WRITTEN = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
_KEY = ["run_id", "source", "target", "stratum", "metric"]


def upgrade() -> None:
    with op.batch_alter_table("alignment_score", schema=None) as batch_op:
        batch_op.add_column(sa.Column("stratum", _WRITTEN, nullable=False, server_default=""))
        batch_op.drop_constraint(batch_op.f("pk_alignment_score"), type_="primary")
        batch_op.create_primary_key(batch_op.f("pk_alignment_score"), _KEY)
    # Reports of before are read as reports with fewer figures.
    op.execute("UPDATE alignment_score SET metric = 'concepts' WHERE metric = 'n'")
    op.execute("DELETE FROM alignment_score WHERE metric = 'random_n'")


def downgrade() -> None:
    # Without a place for parts, only the figures of all pairs can stay.
    op.execute("DELETE FROM alignment_score WHERE stratum <> ''")
    with op.batch_alter_table("alignment_score", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("pk_alignment_score"), type_="primary")
        batch_op.create_primary_key(
            batch_op.f("pk_alignment_score"), [one for one in _KEY if one != "stratum"]
        )
        batch_op.drop_column("stratum")
    op.execute("UPDATE alignment_score SET metric = 'n' WHERE metric = 'concepts'")
