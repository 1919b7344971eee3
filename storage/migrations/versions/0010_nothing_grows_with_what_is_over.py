"""Indexes for what is asked at every tap: which result stands, what waits to be keyed, who has which card."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision: str | None = "0009"
branch_labels = None
depends_on = None

_UNKEYED = sa.text("state = 'KEYED_BY_HAND' AND athena_ref IS NULL")


def upgrade() -> None:
    op.create_index("ix_task_outcome", "task", ["outcome_id"])
    op.create_index("ix_outcome_district_recorded", "outcome", ["district_id", "recorded_at"])
    op.create_index(
        "ix_outcome_to_key",
        "outcome",
        ["district_id"],
        sqlite_where=_UNKEYED,
        postgresql_where=_UNKEYED,
    )
    op.create_index("ix_outbox_answer", "outbox", ["answer_key"])
    op.create_index("ix_message_person", "message", ["person_id"])


def downgrade() -> None:
    op.drop_index("ix_message_person", "message")
    op.drop_index("ix_outbox_answer", "outbox")
    op.drop_index("ix_outcome_to_key", "outcome")
    op.drop_index("ix_outcome_district_recorded", "outcome")
    op.drop_index("ix_task_outcome", "task")
