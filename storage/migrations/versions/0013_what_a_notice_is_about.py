"""What else a notice is about, and its facts: ids, codes and times that only it knows."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision: str | None = "0012"
branch_labels = None
depends_on = None

_ABOUT = "about_id IS NOT NULL"


def upgrade() -> None:
    # The version before this one, which may run beside it, writes rows without any of these.
    op.add_column("outbox", sa.Column("facts", sa.JSON(), nullable=True))
    op.add_column("outbox", sa.Column("about_id", sa.Uuid(), nullable=True))
    op.add_column("message", sa.Column("about_id", sa.Uuid(), nullable=True))
    where = sa.text(_ABOUT)
    columns = ["about_id", "purpose", "posted_at"]
    op.create_index("ix_message_about", "message", columns, sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    op.drop_index("ix_message_about", "message")
    op.drop_column("message", "about_id")
    op.drop_column("outbox", "about_id")
    op.drop_column("outbox", "facts")
