"""On PostgreSQL numbers come from sequences: a counter's row is locked until its transaction ends."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision: str | None = "0004"
branch_labels = None
depends_on = None

_KINDS = ("task",)


def upgrade() -> None:
    connection = op.get_bind()
    if connection.dialect.name != "postgresql":
        return
    for kind in _KINDS:
        last = connection.execute(sa.text("SELECT value FROM counter WHERE name = :kind"), {"kind": kind})
        op.execute(f"CREATE SEQUENCE number_of_{kind} START WITH {(last.scalar() or 0) + 1}")


def downgrade() -> None:
    connection = op.get_bind()
    if connection.dialect.name != "postgresql":
        return
    for kind in _KINDS:
        drawn = f"SELECT '{kind}', last_value FROM number_of_{kind} WHERE is_called"
        kept = "ON CONFLICT (name) DO UPDATE SET value = excluded.value"
        op.execute(f"INSERT INTO counter (name, value) {drawn} {kept}")
        op.execute(f"DROP SEQUENCE number_of_{kind}")
