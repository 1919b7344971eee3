"""Indexes by what is read: the outbox by what is due, a lane or a task by its waiting rows.

Two indexes by district go: others begin with the district.
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_COVERED = (("task", "ix_task_district_id"), ("outcome", "ix_outcome_district_id"))


def upgrade() -> None:
    op.drop_index("ix_outbox_waiting", table_name="outbox")
    op.drop_index("ix_outbox_task", table_name="outbox")
    op.create_index("ix_outbox_due", "outbox", ["state", "send_after", "id", "purpose", "kind"])
    op.create_index("ix_outbox_lane", "outbox", ["lane", "state", "id"])
    op.create_index("ix_outbox_task", "outbox", ["task_id", "state"])
    for table, name in _COVERED:
        op.drop_index(name, table_name=table)


def downgrade() -> None:
    for table, name in _COVERED:
        op.create_index(name, table, ["district_id"])
    op.drop_index("ix_outbox_task", table_name="outbox")
    op.drop_index("ix_outbox_lane", table_name="outbox")
    op.drop_index("ix_outbox_due", table_name="outbox")
    op.create_index("ix_outbox_waiting", "outbox", ["state", "lane", "send_after"])
    op.create_index("ix_outbox_task", "outbox", ["task_id"])
