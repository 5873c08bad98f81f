"""The platform's own records as deliveries to the data pool: what governance models read of the handling itself."""

from steelyard.web.governance.supplying.step import supply

__all__ = ["supply"]
