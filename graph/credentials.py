"""The credential by name: never a chain that probes, which is slow and can hang."""

from azure.core.credentials_async import AsyncTokenCredential
from azure.identity.aio import ClientSecretCredential, ManagedIdentityCredential

PUBLIC_LOGIN = "https://login.microsoftonline.com"


def managed_identity(app_id: str) -> ManagedIdentityCredential:
    """The user-assigned managed identity with this client id."""
    return ManagedIdentityCredential(client_id=app_id, retry_total=1, connection_timeout=3, read_timeout=5)


def client_secret(
    tenant_id: str, app_id: str, secret: str, login_url: str = PUBLIC_LOGIN
) -> ClientSecretCredential:
    """An app registration's secret; `login_url` is the https authority of the cloud."""
    return ClientSecretCredential(
        tenant_id, app_id, secret, authority=login_url, retry_total=1, connection_timeout=3, read_timeout=5
    )


def credential_for(
    app_type: str | None, tenant_id: str, app_id: str, secret: str | None, login_url: str = PUBLIC_LOGIN
) -> AsyncTokenCredential:
    """The credential that the settings name; raises `ValueError` where they name none."""
    if app_type == "UserAssignedMSI":
        return managed_identity(app_id)
    if not secret:
        raise ValueError("no credential: set REDLINE_APP_TYPE=UserAssignedMSI or REDLINE_APP_PASSWORD")
    return client_secret(tenant_id, app_id, secret, login_url)
