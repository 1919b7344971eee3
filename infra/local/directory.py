"""What the local Graph knows of the fictional force: its people, groups and copies of orders."""

from infra.local.graph.data import Group, LocalGraphData, OrderDocument, Person
from infra.local.people import GROUPS, PEOPLE

COPIES = ("DVPO-3", "DVPN-4")


def graph_data() -> LocalGraphData:
    """The data for the local Graph to start from."""
    return LocalGraphData(
        people=[Person(each.entra_id, each.name, each.collar_number) for each in PEOPLE],
        groups=[
            Group(id, name, [each.entra_id for each in members]) for id, (name, members) in GROUPS.items()
        ],
        documents=[
            OrderDocument(f"orders/{ref}.pdf", f"{ref} (FICTIONAL)", ["Invented for practice. Not an order."])
            for ref in COPIES
        ],
    )
