"""How much is too much.  Decided in docs/decisions/0020-guards.md."""

from dataclasses import dataclass

from steelyard.catalogue import SupervisionModel
from steelyard.kit import environment


@dataclass(frozen=True)
class Limits:
    """Bounds of every run; a model's own ``run_limits`` come on top."""

    seconds: int = 900
    """Wall time of one model in one run."""
    most_new: int = 10_000
    """New findings of a model beyond which they are not even stored one by one; a model may allow itself more.
    Fewer, but more than the model's ``max_new``, are stored, and their alerts are held where alerts are raised."""
    growth_from: int = 100
    """New findings below this are no flood, whatever the median says."""
    runs: int = 12
    """Full runs whose median tells what is usual."""
    least_runs: int = 6
    """With fewer nothing is known to be usual."""
    vanishing_from: int = 20
    """Findings of a model that vanish in one county at once, from which their share counts."""
    vanishing_share: float = 0.5
    emptied_from: int = 20
    """Rows a dataset must have had in an area before their absence counts."""
    emptied_share: float = 0.9
    """Share of a dataset's rows in an area that may go at once where its contract says nothing of ``max_change``."""
    most_released: int = 50_000
    """Findings one release may send; of a larger batch people choose areas and grades."""
    alone: int = 5_000
    """Findings one person may release without a second."""

    @classmethod
    def from_environment(cls) -> "Limits":
        """``STEELYARD_MODEL_SECONDS``; the other bounds are no matter of taste."""
        return cls(seconds=environment.number("STEELYARD_MODEL_SECONDS", cls.seconds) or cls.seconds)

    def stored(self, model: SupervisionModel) -> int:
        """New findings of a model that are still stored one by one."""
        return max(self.most_new, int(model.run_limits.get("max_new", 0)))
