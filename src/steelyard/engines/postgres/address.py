"""Where a PostgreSQL server listens."""

import os
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from steelyard.kit.errors import SteelyardError


class DatabaseUnreachable(SteelyardError):
    """The database cannot be reached."""

    permanent = False


def secret(name: str) -> str | None:
    """An environment value, or the content of the file named by ``NAME_FILE``."""
    file = os.environ.get(f"{name}_FILE")
    if file:
        return Path(file).read_text(encoding="utf-8").strip()
    return os.environ.get(name)


@dataclass(frozen=True)
class Address:
    """Host (or socket folder), port and database of a server, without the account."""

    host: str
    port: int
    name: str
    admin: str
    """Account that may create roles."""
    password: str | None = None
    embedded: bool = False

    @classmethod
    def from_environment(cls) -> "Address | None":
        """From ``DATABASE_URL`` (or ``DATABASE_URL_FILE``), None where it is not set."""
        url = secret("DATABASE_URL")
        if not url:
            return None
        parts = urlsplit(url)
        if parts.scheme not in {"postgres", "postgresql"} or not parts.path.strip("/"):
            raise DatabaseUnreachable("DATABASE_URL must read postgresql://user:password@host:port/name")
        return cls(
            host=unquote(parts.hostname or "localhost"),
            port=parts.port or 5432,
            name=parts.path.strip("/"),
            admin=unquote(parts.username or "postgres"),
            password=unquote(parts.password) if parts.password else None,
        )
