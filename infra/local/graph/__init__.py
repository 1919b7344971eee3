"""The local Graph: the few endpoints of Microsoft Graph that RedLine uses, with invented people and data."""

from infra.local.graph.data import Group, LocalGraphData, OrderDocument, Person
from infra.local.graph.server import LocalGraph

__all__ = ["Group", "LocalGraph", "LocalGraphData", "OrderDocument", "Person"]
