"""The first tables"""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import UTCDateTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit_event",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("actor_id", sa.String(), nullable=False),
        sa.Column("operation", sa.String(40), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("district_id", sa.String(), nullable=True),
        sa.Column("task_id", sa.Uuid(), nullable=True),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("order_id", sa.Uuid(), nullable=True),
        sa.Column("outcome_id", sa.Uuid(), nullable=True),
        sa.Column("conversation_id", sa.String(), nullable=True),
        sa.Column("reason_code", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_audit_event_subject_id"), "audit_event", ["subject_id"], unique=False)
    op.create_index(op.f("ix_audit_event_task_id"), "audit_event", ["task_id"], unique=False)
    op.create_table(
        "bookmark",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "conversation",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("service_url", sa.String(), nullable=False),
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("entra_id", sa.String(), nullable=True),
        sa.Column("team_id", sa.String(), nullable=True),
        sa.Column("district_id", sa.String(), nullable=True),
        sa.Column("updated_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_conversation_district_id"), "conversation", ["district_id"], unique=False)
    op.create_index(op.f("ix_conversation_entra_id"), "conversation", ["entra_id"], unique=False)
    op.create_table(
        "counter",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "outbox",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("purpose", sa.String(40), nullable=True),
        sa.Column("district_id", sa.String(), nullable=False),
        sa.Column("lane", sa.String(), nullable=False),
        sa.Column("task_id", sa.Uuid(), nullable=True),
        sa.Column("outcome_id", sa.Uuid(), nullable=True),
        sa.Column("order_id", sa.Uuid(), nullable=True),
        sa.Column("person_id", sa.String(), nullable=True),
        sa.Column("conversation_id", sa.String(), nullable=True),
        sa.Column("answer_key", sa.String(), nullable=True),
        sa.Column("hint", sa.String(), nullable=False),
        sa.Column("task_ids", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("send_after", UTCDateTime(), nullable=False),
        sa.Column("retry_at", UTCDateTime(), nullable=True),
        sa.Column("lease_until", UTCDateTime(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("unclear", sa.Integer(), nullable=False),
        sa.Column("unreachable", sa.Boolean(), nullable=False),
        sa.Column("last_error", sa.String(), nullable=True),
        sa.Column("proof", sa.String(), nullable=True),
        sa.Column("done_at", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("key"),
    )
    op.create_index("ix_outbox_task", "outbox", ["task_id"], unique=False)
    op.create_index("ix_outbox_waiting", "outbox", ["state", "lane", "send_after"], unique=False)
    op.create_table(
        "person",
        sa.Column("entra_id", sa.String(), nullable=False),
        sa.Column("teams_id", sa.String(), nullable=True),
        sa.Column("display_name", sa.String(), nullable=False),
        sa.Column("collar_number", sa.String(), nullable=False),
        sa.Column("rank", sa.String(40), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("seen_in_directory_at", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("entra_id"),
        sa.UniqueConstraint("teams_id"),
    )
    op.create_table(
        "seen_activity",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("answer", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_index(op.f("ix_seen_activity_at"), "seen_activity", ["at"], unique=False)
    op.create_table(
        "person_role",
        sa.Column("entra_id", sa.String(), nullable=False),
        sa.Column("district_id", sa.String(), nullable=False),
        sa.Column("role", sa.String(40), nullable=False),
        sa.ForeignKeyConstraint(
            ["entra_id"],
            ["person.entra_id"],
        ),
        sa.PrimaryKeyConstraint("entra_id", "district_id", "role"),
    )
    op.create_table(
        "subject",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(), nullable=False),
        sa.Column("district_id", sa.String(), nullable=False),
        sa.Column("card_name", sa.String(), nullable=False),
        sa.Column("address_line", sa.String(), nullable=False),
        sa.Column("warnings", sa.JSON(), nullable=False),
        sa.Column("briefing", sa.String(), nullable=False),
        sa.Column("restricted", sa.Boolean(), nullable=False),
        sa.Column("lead_officer_id", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["lead_officer_id"],
            ["person.entra_id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("number"),
        sa.UniqueConstraint("ref"),
    )
    op.create_index(op.f("ix_subject_district_id"), "subject", ["district_id"], unique=False)
    op.create_table(
        "protective_order",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("ref", sa.String(), nullable=False),
        sa.Column("order_type", sa.String(40), nullable=False),
        sa.Column("district_id", sa.String(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=True),
        sa.Column("served_at", UTCDateTime(), nullable=True),
        sa.Column("served_how", sa.String(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("document_key", sa.String(), nullable=True),
        sa.Column("protected_person_marker", sa.Boolean(), nullable=False),
        sa.Column("safe_contact_plan_at", UTCDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["subject_id"],
            ["subject.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("ref"),
    )
    op.create_index(
        op.f("ix_protective_order_district_id"), "protective_order", ["district_id"], unique=False
    )
    op.create_index(op.f("ix_protective_order_subject_id"), "protective_order", ["subject_id"], unique=False)
    op.create_table(
        "subject_access",
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("entra_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["subject_id"],
            ["subject.id"],
        ),
        sa.PrimaryKeyConstraint("subject_id", "entra_id"),
    )
    op.create_table(
        "order_condition",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("condition_type", sa.String(40), nullable=False),
        sa.Column("exact_wording", sa.String(), nullable=False),
        sa.Column("short_form", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"],
            ["protective_order.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_order_condition_order_id"), "order_condition", ["order_id"], unique=False)
    op.create_table(
        "task",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(), nullable=False),
        sa.Column("district_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("visit_kind", sa.String(40), nullable=True),
        sa.Column("disruption_type", sa.String(40), nullable=True),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("order_id", sa.Uuid(), nullable=True),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("owner_id", sa.String(), nullable=True),
        sa.Column("supervisor_id", sa.String(), nullable=False),
        sa.Column("due_at", UTCDateTime(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("form_id", sa.String(), nullable=True),
        sa.Column("outcome_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("state_changed_at", UTCDateTime(), nullable=False),
        sa.Column("accepted_at", UTCDateTime(), nullable=True),
        sa.Column("next_reminder_at", UTCDateTime(), nullable=True),
        sa.Column("asked_until", UTCDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"],
            ["protective_order.id"],
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"],
            ["person.entra_id"],
        ),
        sa.ForeignKeyConstraint(
            ["subject_id"],
            ["subject.id"],
        ),
        sa.ForeignKeyConstraint(
            ["supervisor_id"],
            ["person.entra_id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("form_id"),
        sa.UniqueConstraint("number"),
        sa.UniqueConstraint("ref"),
    )
    op.create_index(op.f("ix_task_district_id"), "task", ["district_id"], unique=False)
    op.create_index("ix_task_district_state_due", "task", ["district_id", "state", "due_at"], unique=False)
    op.create_index(op.f("ix_task_order_id"), "task", ["order_id"], unique=False)
    op.create_index("ix_task_owner_state", "task", ["owner_id", "state"], unique=False)
    op.create_index("ix_task_reminder", "task", ["next_reminder_at"], unique=False)
    op.create_index(op.f("ix_task_subject_id"), "task", ["subject_id"], unique=False)
    op.create_table(
        "message",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.String(40), nullable=False),
        sa.Column("district_id", sa.String(), nullable=False),
        sa.Column("conversation_id", sa.String(), nullable=False),
        sa.Column("activity_id", sa.String(), nullable=False),
        sa.Column("task_id", sa.Uuid(), nullable=True),
        sa.Column("order_id", sa.Uuid(), nullable=True),
        sa.Column("person_id", sa.String(), nullable=True),
        sa.Column("posted_at", UTCDateTime(), nullable=False),
        sa.Column("gone", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"],
            ["protective_order.id"],
        ),
        sa.ForeignKeyConstraint(
            ["task_id"],
            ["task.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_message_purpose_district", "message", ["purpose", "district_id"], unique=False)
    op.create_index(op.f("ix_message_task_id"), "message", ["task_id"], unique=False)
    op.create_table(
        "outcome",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("task_id", sa.Uuid(), nullable=False),
        sa.Column("district_id", sa.String(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("order_id", sa.Uuid(), nullable=True),
        sa.Column("code", sa.String(40), nullable=False),
        sa.Column("happened_at", UTCDateTime(), nullable=False),
        sa.Column("recorded_at", UTCDateTime(), nullable=False),
        sa.Column("officer_id", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("corrects_id", sa.Uuid(), nullable=True),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("route", sa.String(40), nullable=False),
        sa.Column("hand_over_after", UTCDateTime(), nullable=False),
        sa.Column("leaving_at", UTCDateTime(), nullable=True),
        sa.Column("list_item_id", sa.String(), nullable=True),
        sa.Column("list_item_etag", sa.String(), nullable=True),
        sa.Column("athena_ref", sa.String(), nullable=True),
        sa.Column("desk_reason", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["corrects_id"],
            ["outcome.id"],
        ),
        sa.ForeignKeyConstraint(
            ["order_id"],
            ["protective_order.id"],
        ),
        sa.ForeignKeyConstraint(
            ["subject_id"],
            ["subject.id"],
        ),
        sa.ForeignKeyConstraint(
            ["task_id"],
            ["task.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_outcome_district_id"), "outcome", ["district_id"], unique=False)
    op.create_index("ix_outcome_district_state", "outcome", ["district_id", "state"], unique=False)
    op.create_index(op.f("ix_outcome_subject_id"), "outcome", ["subject_id"], unique=False)
    op.create_index(op.f("ix_outcome_task_id"), "outcome", ["task_id"], unique=False)
    op.create_table(
        "task_change",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("task_id", sa.Uuid(), nullable=False),
        sa.Column("district_id", sa.String(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("actor_id", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("from_state", sa.String(40), nullable=True),
        sa.Column("to_state", sa.String(40), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["task_id"],
            ["task.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_task_change_task_id"), "task_change", ["task_id"], unique=False)
    op.create_table(
        "task_note",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("task_id", sa.Uuid(), nullable=False),
        sa.Column("district_id", sa.String(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("author_id", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["task_id"],
            ["task.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_task_note_task_id"), "task_note", ["task_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_task_note_task_id"), table_name="task_note")
    op.drop_table("task_note")
    op.drop_index(op.f("ix_task_change_task_id"), table_name="task_change")
    op.drop_table("task_change")
    op.drop_index(op.f("ix_outcome_task_id"), table_name="outcome")
    op.drop_index(op.f("ix_outcome_subject_id"), table_name="outcome")
    op.drop_index("ix_outcome_district_state", table_name="outcome")
    op.drop_index(op.f("ix_outcome_district_id"), table_name="outcome")
    op.drop_table("outcome")
    op.drop_index(op.f("ix_message_task_id"), table_name="message")
    op.drop_index("ix_message_purpose_district", table_name="message")
    op.drop_table("message")
    op.drop_index(op.f("ix_task_subject_id"), table_name="task")
    op.drop_index("ix_task_reminder", table_name="task")
    op.drop_index("ix_task_owner_state", table_name="task")
    op.drop_index(op.f("ix_task_order_id"), table_name="task")
    op.drop_index("ix_task_district_state_due", table_name="task")
    op.drop_index(op.f("ix_task_district_id"), table_name="task")
    op.drop_table("task")
    op.drop_index(op.f("ix_order_condition_order_id"), table_name="order_condition")
    op.drop_table("order_condition")
    op.drop_table("subject_access")
    op.drop_index(op.f("ix_protective_order_subject_id"), table_name="protective_order")
    op.drop_index(op.f("ix_protective_order_district_id"), table_name="protective_order")
    op.drop_table("protective_order")
    op.drop_index(op.f("ix_subject_district_id"), table_name="subject")
    op.drop_table("subject")
    op.drop_table("person_role")
    op.drop_index(op.f("ix_seen_activity_at"), table_name="seen_activity")
    op.drop_table("seen_activity")
    op.drop_table("person")
    op.drop_index("ix_outbox_waiting", table_name="outbox")
    op.drop_index("ix_outbox_task", table_name="outbox")
    op.drop_table("outbox")
    op.drop_table("counter")
    op.drop_index(op.f("ix_conversation_entra_id"), table_name="conversation")
    op.drop_index(op.f("ix_conversation_district_id"), table_name="conversation")
    op.drop_table("conversation")
    op.drop_table("bookmark")
    op.drop_index(op.f("ix_audit_event_task_id"), table_name="audit_event")
    op.drop_index(op.f("ix_audit_event_subject_id"), table_name="audit_event")
    op.drop_table("audit_event")
