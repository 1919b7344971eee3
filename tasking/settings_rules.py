"""What the value of a setting may look like: whatever would only fail later, or not be noticed, is named."""

import ipaddress
import re
import unicodedata
from datetime import UTC, datetime
from urllib.parse import SplitResult, urlsplit

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
HOST_ENTRY = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)*|[0-9a-f:]+|\.[a-z0-9-]+(\.[a-z0-9-]+)+")
"""An exact host in lower case, or a suffix that begins with a dot."""
_GUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)
_NOBODY = "00000000-0000-0000-0000-000000000000"
_HOST = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*", re.IGNORECASE)
_KEY = re.compile(r"[!-~]{16,}")
_ID = re.compile(r"""(?!\.*$)[^/\\?#"'{}%\s]+""")
_NAME = re.compile(r"""(?!\.*$)[^/\\?#"{}%]+""")
_BAD_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
_EMPTY_OPTION = re.compile(r"[?&][^=&]*=?(?=&|$)")
"""It would be passed over without a word: `?ssl=` is no encryption."""
_NOT_SEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_SSL = frozenset({"disable", "allow", "prefer", "require", "verify-ca", "verify-full"})
_YEARS = range(2000, 2100)


def is_visible(text: str) -> bool:
    """Whether every character of it can be seen, or is an ordinary space."""
    return not any(
        unicodedata.category(each) in _NOT_SEEN or (each.isspace() and each != " ") for each in text
    )


def is_guid(text: str) -> bool:
    """An id as Entra gives it, and not the one that means nobody."""
    return _GUID.fullmatch(text) is not None and text != _NOBODY


def is_key(text: str) -> bool:
    """Long enough not to be guessed, and fit for a header."""
    return _KEY.fullmatch(text) is not None


def is_host(text: str) -> bool:
    """A host name or an address, without scheme, port and path."""
    try:
        ipaddress.ip_address(text)
    except ValueError:
        last = text.rpartition(".")[2]
        return _HOST.fullmatch(text) is not None and not last.isdigit()
    return True


def is_host_entry(text: str) -> bool:
    """A host, or a suffix such as .example.org."""
    return HOST_ENTRY.fullmatch(text.lower()) is not None


def is_site_id(text: str) -> bool:
    """Graph's id of a site."""
    return _ID.fullmatch(text) is not None


def is_list_id(text: str) -> bool:
    """Graph's id of a list, or its name."""
    return _NAME.fullmatch(text) is not None


def is_safe_url(url: str) -> bool:
    """Whether it is https, or plain http on this machine."""
    parts = _split(url)
    if parts is None:
        return True  # no address at all: said in other words
    return is_encrypted_or_here(parts)


def is_encrypted_or_here(parts: SplitResult) -> bool:
    """Whether an address is https, or plain http on this machine."""
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)


def is_address(url: str) -> bool:
    """Whether it leads to a host, and holds nothing that an address of a service has not."""
    parts = _split(url)
    if parts is None or parts.username is not None or parts.fragment or re.search(r"[\s\\]", url):
        return False
    return is_host(parts.hostname or "")


def is_host_alone(url: str) -> bool:
    """Whether an address has neither path nor query: what is asked of the login is put behind it."""
    parts = _split(url)
    return parts is None or (parts.path in ("", "/") and not parts.query)


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        return parts if parts.port != 0 else None
    except ValueError:
        return None


def is_escaped(url: str) -> bool:
    """Whether each % in it begins an escape: a bare one would be read as part of another letter."""
    return _BAD_ESCAPE.search(url) is None


def is_database(url: str) -> bool:
    """Whether it names a file or a server. A SQLite without a file would forget everything."""
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        return False
    if not is_escaped(url) or _EMPTY_OPTION.search(url) or not all(map(is_visible, _parts(parsed))):
        return False
    if parsed.drivername == "sqlite":
        return bool(parsed.database) and parsed.database != ":memory:" and not parsed.query
    return parsed.drivername in ("postgresql", "postgresql+asyncpg") and _is_server(parsed)


def is_database_here(url: str) -> bool:
    """Whether a database (`is_database`) is a file, or a server on this machine."""
    parsed = make_url(url)
    host = str(parsed.host or parsed.query.get("host", ""))
    return parsed.drivername == "sqlite" or host in LOOPBACK or host.startswith("/")


def _parts(url: URL) -> list[str]:
    return [part for part in (url.username, url.password, url.host, url.database) if part]


def _is_server(url: URL) -> bool:
    query = dict(url.query)
    ssl = query.pop("ssl", "require")
    elsewhere = query.pop("host", None)
    if query or ssl not in _SSL or not url.database:
        return False
    port_is_one = url.port is None or 0 < url.port <= 65535
    return port_is_one and (is_host(url.host) if url.host else elsewhere is not None)


def is_moment(text: str) -> bool:
    """A time with its zone that lies in this century."""
    try:
        moment = datetime.fromisoformat(text)
        return moment.tzinfo is not None and moment.astimezone(UTC).year in _YEARS
    except (ValueError, OverflowError):
        return False
