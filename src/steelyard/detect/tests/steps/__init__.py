"""Random change steps for any model or derived relation: what is looked at anew must be what a full run says."""
