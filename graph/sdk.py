"""The parts of the SDK that we use, loaded in one place and at once.

The SDK loads its request builders when they are first used, which would hold up the event loop in the
first request; and every one of them warns about itself while it is loaded.
"""

import warnings

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    import httpcore  # noqa: F401 - the HTTP client loads it late as well
    import msgraph.generated.groups.groups_request_builder
    import msgraph.generated.groups.item.group_item_request_builder
    import msgraph.generated.groups.item.transitive_members.transitive_members_request_builder
    import msgraph.generated.sites.item.lists.item.list_item_request_builder
    import msgraph.generated.sites.item.lists.lists_request_builder
    import msgraph.generated.sites.item.site_item_request_builder
    import msgraph.generated.sites.sites_request_builder  # noqa: F401
    from kiota_abstractions.base_request_configuration import RequestConfiguration
    from kiota_abstractions.headers_collection import HeadersCollection
    from kiota_abstractions.method import Method
    from kiota_abstractions.request_information import RequestInformation
    from msgraph.generated.drives.item.items.item.drive_item_item_request_builder import (
        DriveItemItemRequestBuilder,
    )
    from msgraph.generated.groups.item.transitive_members.graph_user.graph_user_request_builder import (
        GraphUserRequestBuilder,
    )
    from msgraph.generated.sites.item.lists.item.columns.columns_request_builder import ColumnsRequestBuilder
    from msgraph.generated.sites.item.lists.item.items.delta.delta_request_builder import DeltaRequestBuilder
    from msgraph.generated.sites.item.lists.item.items.items_request_builder import ItemsRequestBuilder
    from msgraph.graph_request_adapter import GraphRequestAdapter
    from msgraph.graph_request_adapter import options as telemetry_options
    from msgraph.graph_service_client import GraphServiceClient

__all__ = [
    "ColumnsRequestBuilder",
    "DeltaRequestBuilder",
    "DriveItemItemRequestBuilder",
    "GraphRequestAdapter",
    "GraphServiceClient",
    "GraphUserRequestBuilder",
    "HeadersCollection",
    "ItemsRequestBuilder",
    "Method",
    "RequestConfiguration",
    "RequestInformation",
    "telemetry_options",
]
