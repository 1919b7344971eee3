"""Who has no collar number has none: words that once stood in its place go."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision: str | None = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(sa.text("UPDATE person SET collar_number = '' WHERE collar_number = 'no collar number'"))


def downgrade() -> None:
    """Nothing to bring back: the directory never said it."""
