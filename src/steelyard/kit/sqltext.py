"""Names and constants as they stand in SQL text."""


def quoted(name: str) -> str:
    """An identifier in double quotes."""
    return '"' + name.replace('"', '""') + '"'


def literal(value: str) -> str:
    """A text constant."""
    return "'" + value.replace("'", "''") + "'"
