"""Which departments' data a body answers for."""

from steelyard.web.orgs.models import Body

PLATFORM = frozenset({"discipline"})
"""Kinds of bodies whose stewards answer for the platform, not for one department."""
SEVERAL = {
    "construction": ("construction", "works-regulators"), "transport": ("works-regulators",),
    "water": ("works-regulators",), "soe": ("state-assets",), "project_owner": ("state-assets",),
    "town_government": ("township",),
}  # fmt: skip
"""Departments of a body whose kind is not simply the department's code."""


def of_body(body: Body) -> frozenset[str] | None:
    """Codes of departments, known or not; None: the platform's bodies answer for all."""
    if body.org_type in PLATFORM:
        return None
    return frozenset(SEVERAL.get(body.org_type, (body.org_type.replace("_", "-"),)))
