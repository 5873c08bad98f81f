"""Linking records without numbers: models learnt from the pool, edges with tiers, clusters of what belongs together."""

from steelyard.identity.linkage.clustering import Clusters, Group, Report, cluster, cluster_all
from steelyard.identity.linkage.model import TrainedModel
from steelyard.identity.linkage.scoring import EDGES, score
from steelyard.identity.linkage.tiers import EXACT, exact, tiered
from steelyard.identity.linkage.training import NothingToLearn, train

__all__ = [
    "EDGES",
    "EXACT",
    "Clusters",
    "Group",
    "NothingToLearn",
    "Report",
    "TrainedModel",
    "cluster",
    "cluster_all",
    "exact",
    "score",
    "tiered",
    "train",
]
