"""A service URL that was seen does not replace the one that works until it has worked itself."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision: str | None = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("conversation", sa.Column("seen_service_url", sa.String(), nullable=True))


def downgrade() -> None:
    op.drop_column("conversation", "seen_service_url")
