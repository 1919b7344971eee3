"""Indexes of what is open, standing or not closed; `closed_at` of an order, which a job sets."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import UTCDateTime

revision = "0012"
down_revision: str | None = "0011"
branch_labels = None
depends_on = None

_OPEN = "state IN ('UNALLOCATED', 'ASSIGNED', 'ACCEPTED')"
_NOT_CLOSED = "closed_at IS NULL"
_CLOSED = "closed_at IS NOT NULL"
_SENT_BACK = "state IN ('REJECTED', 'RETURNED')"
_UNKEYED = "state = 'KEYED_BY_HAND' AND athena_ref IS NULL"
_ANSWERS = "answer_key IS NOT NULL"

_GONE_BEFORE: dict[str, tuple[str, list[str]]] = {
    "ix_outcome_to_key": ("outcome", ["district_id"]),
    "ix_outcome_subject_id": ("outcome", ["subject_id"]),
    "ix_outbox_answer": ("outbox", ["answer_key"]),
    "ix_message_person": ("message", ["person_id"]),
    "ix_task_order_id": ("task", ["order_id"]),
    "ix_task_subject_id": ("task", ["subject_id"]),
    "ix_protective_order_district_id": ("protective_order", ["district_id"]),
}


def upgrade() -> None:
    op.add_column("protective_order", sa.Column("closed_at", UTCDateTime(), nullable=True))
    for name, (table, _) in _GONE_BEFORE.items():
        op.drop_index(name, table)
    _where("ix_task_supervisor_open", "task", ["supervisor_id", "due_at"], _OPEN)
    _where("ix_task_people_open", "task", ["district_id", "owner_id", "supervisor_id"], _OPEN)
    _where("ix_task_subject_open", "task", ["subject_id", "due_at"], _OPEN)
    _where("ix_task_order_open", "task", ["order_id", "kind"], _OPEN)
    _where("ix_outcome_to_key", "outcome", ["district_id", "state", "athena_ref", "recorded_at"], _UNKEYED)
    _where("ix_outcome_sent_back", "outcome", ["district_id", "recorded_at"], _SENT_BACK)
    _where("ix_outcome_sent_back_anywhere", "outcome", ["state", "task_id"], _SENT_BACK)
    op.create_index("ix_outcome_subject_happened", "outcome", ["subject_id", "happened_at"])
    op.create_index("ix_outcome_order_happened", "outcome", ["order_id", "happened_at"])
    _where("ix_outbox_answer", "outbox", ["answer_key"], _ANSWERS)
    _standing("ix_message_person_standing", ["person_id", "purpose", "posted_at"])
    op.create_index("ix_message_activity", "message", ["conversation_id", "activity_id"])
    _where("ix_order_open", "protective_order", ["district_id", "last_day", "ref"], _NOT_CLOSED)
    _where("ix_order_ends", "protective_order", ["last_day"], _NOT_CLOSED)
    _where("ix_order_closed", "protective_order", ["last_day"], _CLOSED)


def _where(name: str, table: str, columns: list[str], condition: str) -> None:
    where = sa.text(condition)
    op.create_index(name, table, columns, sqlite_where=where, postgresql_where=where)


def _standing(name: str, columns: list[str]) -> None:
    sqlite, postgresql = sa.text("gone IS 0"), sa.text("gone IS false")
    op.create_index(name, "message", columns, sqlite_where=sqlite, postgresql_where=postgresql)


def downgrade() -> None:
    for name, table in (
        ("ix_order_closed", "protective_order"),
        ("ix_order_ends", "protective_order"),
        ("ix_order_open", "protective_order"),
        ("ix_message_activity", "message"),
        ("ix_message_person_standing", "message"),
        ("ix_outbox_answer", "outbox"),
        ("ix_outcome_order_happened", "outcome"),
        ("ix_outcome_subject_happened", "outcome"),
        ("ix_outcome_sent_back_anywhere", "outcome"),
        ("ix_outcome_sent_back", "outcome"),
        ("ix_outcome_to_key", "outcome"),
        ("ix_task_order_open", "task"),
        ("ix_task_subject_open", "task"),
        ("ix_task_people_open", "task"),
        ("ix_task_supervisor_open", "task"),
    ):
        op.drop_index(name, table)
    for name, (table, columns) in _GONE_BEFORE.items():
        if name == "ix_outcome_to_key":
            _where(name, table, columns, _UNKEYED)
        else:
            op.create_index(name, table, columns)
    op.drop_column("protective_order", "closed_at")
