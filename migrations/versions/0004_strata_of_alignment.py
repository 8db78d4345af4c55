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
_RATES = "('p_at_1', 'p_at_5', 'p_at_10', 'chance_p_at_1')"


def _same_pair(column: str, metric: str) -> str:
    """That column of another figure of the same pair."""
    return (
        f"(SELECT CAST(other.{column} AS INTEGER) FROM alignment_score AS other "
        "WHERE other.run_id = alignment_score.run_id AND other.source = alignment_score.source "
        f"AND other.target = alignment_score.target AND other.metric = '{metric}')"
    )


def _count(metrics: str, by: str) -> None:
    op.execute(
        f"UPDATE alignment_score SET n = COALESCE({_same_pair('value', by)}, n) "
        f"WHERE metric IN {metrics}"
    )


def upgrade() -> None:
    with op.batch_alter_table("alignment_score", schema=None) as batch_op:
        batch_op.add_column(sa.Column("stratum", _WRITTEN, nullable=False, server_default=""))
        batch_op.drop_constraint(batch_op.f("pk_alignment_score"), type_="primary")
        batch_op.create_primary_key(batch_op.f("pk_alignment_score"), _KEY)
    # Reports of before are read as reports with fewer figures, each with what it counts: before,
    # all had the number of concepts.
    _count(_RATES, "forms")
    _count("('random_cosine_mean')", "random_n")
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
    op.execute(
        "INSERT INTO alignment_score (run_id, source, target, metric, value, n) "
        "SELECT run_id, source, target, 'random_n', "
        f"COALESCE({_same_pair('n', 'random_cosine_mean')}, 0), n "
        "FROM alignment_score WHERE metric = 'n'"
    )
    _count(_RATES, "n")
    _count("('random_cosine_mean')", "n")
