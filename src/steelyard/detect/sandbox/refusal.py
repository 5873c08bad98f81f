"""Why a text is not run, or no further: which rule, on which line."""

from steelyard.kit.errors import SteelyardError


class Refusal(SteelyardError):
    """The sandbox refuses a text, or stops it."""

    def __init__(self, rule: str, message: str, line: int = 1) -> None:
        super().__init__(f"line {line}: {rule}: {message}")
        self.rule = rule
        self.message = message
        self.line = line
