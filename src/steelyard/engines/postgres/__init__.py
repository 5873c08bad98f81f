"""The operational store: find or start a PostgreSQL server, and connect to it in a role."""

from steelyard.engines.postgres.address import Address, DatabaseUnreachable
from steelyard.engines.postgres.database import Database, Role, database
from steelyard.engines.postgres.server import Server, ServerFailed

__all__ = ["Address", "Database", "DatabaseUnreachable", "Role", "Server", "ServerFailed", "database"]
