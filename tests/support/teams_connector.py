"""The stand-in for Teams' connector, for tests; it lives in `infra/local` because `make demo` runs it too."""

from infra.local.teams_faults import Fault
from infra.local.teams_kept import Message, Person, Received, Version
from infra.local.teams_stand_in import TeamsConnector

__all__ = ["Fault", "Message", "Person", "Received", "TeamsConnector", "Version"]
