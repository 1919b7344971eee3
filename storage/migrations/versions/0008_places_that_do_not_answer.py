"""How often a place did not answer, and an address may have been wrong: counted by themselves."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision: str | None = "0007"
branch_labels = None
depends_on = None
_COUNTS = ("no_place", "doubts")


def upgrade() -> None:
    for name in _COUNTS:
        op.add_column("outbox", sa.Column(name, sa.Integer(), nullable=False, server_default=sa.text("0")))


def downgrade() -> None:
    for name in _COUNTS:
        op.drop_column("outbox", name)
