"""Bringing a database to the newest schema, and telling whether it is there."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from storage.database import Database

_SCRIPTS = Path(__file__).parent / "migrations"


def alembic_config(connection: Connection | None = None) -> Config:
    """Alembic's settings: our scripts, to be run on this connection."""
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS))
    config.attributes["connection"] = connection
    return config


async def migrate(database: Database, to: str = "head") -> None:
    """Apply every migration that is missing (or up to one revision), in one transaction."""
    await database.write(lambda connection: command.upgrade(alembic_config(connection), to))


async def is_current(database: Database) -> bool:
    """Whether the database has the newest schema."""
    return await database.read(_stands_at_head)


def _stands_at_head(connection: Connection) -> bool:
    found = MigrationContext.configure(connection).get_current_revision()
    return found == ScriptDirectory.from_config(alembic_config()).get_current_head()
