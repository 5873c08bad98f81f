"""The statistical step for records without numbers: models learnt from the pool, scored edges with tiers."""

from steelyard.identity.linkage.model import TrainedModel
from steelyard.identity.linkage.scoring import EDGES, score
from steelyard.identity.linkage.tiers import tiered
from steelyard.identity.linkage.training import NothingToLearn, train

__all__ = ["EDGES", "NothingToLearn", "TrainedModel", "score", "tiered", "train"]
