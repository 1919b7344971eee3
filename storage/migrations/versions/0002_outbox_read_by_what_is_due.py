"""The outbox is read by what is due, and each lane and each task by its own waiting rows.

Revision ID: 0002
Revises: 0001
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Two indexes in place of one that every claim had to read from end to end; states beside the tasks."""
    op.drop_index("ix_outbox_waiting", table_name="outbox")
    op.drop_index("ix_outbox_task", table_name="outbox")
    op.create_index("ix_outbox_due", "outbox", ["state", "send_after", "id", "purpose", "kind"])
    op.create_index("ix_outbox_lane", "outbox", ["lane", "state", "id"])
    op.create_index("ix_outbox_task", "outbox", ["task_id", "state"])


def downgrade() -> None:
    """The indexes that there were before."""
    op.drop_index("ix_outbox_task", table_name="outbox")
    op.drop_index("ix_outbox_lane", table_name="outbox")
    op.drop_index("ix_outbox_due", table_name="outbox")
    op.create_index("ix_outbox_waiting", "outbox", ["state", "lane", "send_after"])
    op.create_index("ix_outbox_task", "outbox", ["task_id"])
