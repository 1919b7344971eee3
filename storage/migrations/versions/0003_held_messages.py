"""Messages that were held for their words of danger, calls for help, and which results were typed."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import UTCDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "held_message",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("message_key", sa.String(), nullable=False),
        sa.Column("task_id", sa.Uuid(), nullable=False),
        sa.Column("district_id", sa.String(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("code", sa.String(40), nullable=True),
        sa.Column("happened_at", UTCDateTime(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("conversation_id", sa.String(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("tell_at", UTCDateTime(), nullable=True),
        sa.Column("told_at", UTCDateTime(), nullable=True),
        sa.Column("answered_at", UTCDateTime(), nullable=True),
        sa.Column("answered_as", sa.String(40), nullable=True),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"]),
        sa.ForeignKeyConstraint(["subject_id"], ["subject.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("message_key"),
    )
    op.create_index("ix_held_message_tell_at", "held_message", ["tell_at"])
    op.create_index("ix_held_message_task", "held_message", ["task_id", "answered_at"])
    op.create_table(
        "call_for_help",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("message_key", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("district_id", sa.String(), nullable=False),
        sa.Column("task_id", sa.Uuid(), nullable=True),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("tell_at", UTCDateTime(), nullable=True),
        sa.Column("told_at", UTCDateTime(), nullable=True),
        sa.Column("menu_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("message_key"),
    )
    op.create_index("ix_call_for_help_tell_at", "call_for_help", ["tell_at"])
    op.create_index("ix_call_for_help_person", "call_for_help", ["person_id", "at"])
    op.add_column("outcome", sa.Column("message_key", sa.String(), nullable=True))
    op.create_index("ix_outcome_message_key", "outcome", ["message_key"])


def downgrade() -> None:
    op.drop_index("ix_outcome_message_key", table_name="outcome")
    op.drop_column("outcome", "message_key")
    op.drop_table("call_for_help")
    op.drop_table("held_message")
