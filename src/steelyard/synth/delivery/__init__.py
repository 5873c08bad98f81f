"""The departments' files: what is on record leaves in each department's own shape, with its own mistakes."""
