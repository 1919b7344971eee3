"""Since when each accepted role is missing, and each group is gone from the directory."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import UTCDateTime

revision = "0011"
down_revision: str | None = "0010"
branch_labels = None
depends_on = None

_OLD = "directory-groups-gone"


def upgrade() -> None:
    op.add_column("accepted_role", sa.Column("missing_since", UTCDateTime(), nullable=True))
    op.create_table(
        "group_gone",
        sa.Column("group_id", sa.String(), primary_key=True),
        sa.Column("since", UTCDateTime(), nullable=False),
    )
    _date_what_is_missing()
    _keep_groups_gone()


def _date_what_is_missing() -> None:
    """In a district that waits since the brake was put; elsewhere they are leavers of before."""
    op.execute(
        "UPDATE accepted_role SET missing_since = COALESCE("
        "(SELECT since FROM directory_brake WHERE directory_brake.district_id = accepted_role.district_id), "
        "(SELECT at FROM bookmark WHERE name = 'directory')) "
        "WHERE NOT EXISTS (SELECT 1 FROM person_role WHERE person_role.entra_id = accepted_role.entra_id "
        "AND person_role.district_id = accepted_role.district_id AND person_role.role = accepted_role.role)"
    )


def _keep_groups_gone() -> None:
    """One time was kept for all of them; each has it from now on."""
    bookmark = sa.table("bookmark", sa.column("name"), sa.column("value"), sa.column("at", UTCDateTime()))
    gone = sa.table("group_gone", sa.column("group_id"), sa.column("since", UTCDateTime()))
    connection = op.get_bind()
    kept = connection.execute(
        sa.select(bookmark.c.value, bookmark.c.at).where(bookmark.c.name == _OLD)
    ).first()
    rows = [{"group_id": each, "since": kept[1]} for each in kept[0].split()] if kept else []
    if rows:
        connection.execute(sa.insert(gone), rows)
    connection.execute(sa.delete(bookmark).where(bookmark.c.name == _OLD))


def downgrade() -> None:
    op.drop_table("group_gone")
    op.drop_column("accepted_role", "missing_since")
