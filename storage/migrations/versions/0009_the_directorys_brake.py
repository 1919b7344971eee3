"""The last accepted roll of each district, and where too many are missing from it."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import UTCDateTime

revision = "0009"
down_revision: str | None = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "accepted_role",
        sa.Column("entra_id", sa.String(), primary_key=True),
        sa.Column("district_id", sa.String(), primary_key=True),
        sa.Column("role", sa.String(40), primary_key=True),
    )
    op.create_table(
        "directory_brake",
        sa.Column("district_id", sa.String(), primary_key=True),
        sa.Column("since", UTCDateTime(), nullable=False),
        sa.Column("missing", sa.Integer(), nullable=False),
        sa.Column("accepted", sa.Integer(), nullable=False),
        sa.Column("told_at", UTCDateTime(), nullable=True),
        sa.Column("handed_up_at", UTCDateTime(), nullable=True),
    )
    # Whoever has a role now was there at the last reading: the first one after this counts against them.
    op.execute(
        "INSERT INTO accepted_role (entra_id, district_id, role) "
        "SELECT entra_id, district_id, role FROM person_role"
    )


def downgrade() -> None:
    op.drop_table("directory_brake")
    op.drop_table("accepted_role")
