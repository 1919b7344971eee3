"""The error code in a body of Graph's: a 404 of a wrong address looks the same without it."""

from typing import Any

from kiota_abstractions.api_error import APIError
from kiota_abstractions.serialization import ParseNode


class GraphFault(APIError):
    """A refusal with Graph's own code for it; never with its words, which can hold ids."""

    graph_code: str = ""

    @staticmethod
    def create_from_discriminator_value(node: ParseNode | None) -> "GraphFault":
        """Read the code; a body without one leaves it empty."""
        fault = GraphFault()
        error = node.get_child_node("error") if node else None
        code = error.get_child_node("code") if error else None
        fault.graph_code = (code.get_str_value() if code else None) or ""
        return fault

    def get_field_deserializers(self) -> dict[str, Any]:
        """Nothing more of it is read."""
        return {}

    def serialize(self, _writer: Any) -> None:
        """It is never written."""
