"""The parsed text under the name by which the sandbox knows it."""

from steelyard.catalogue.tree import RESERVED, SqlBroken, Tree, line_of, origins, parse, read, tables_of

__all__ = ["RESERVED", "SqlBroken", "Tree", "line_of", "origins", "parse", "read", "tables_of"]
