"""The command `steelyard`: thin, calls the rooms."""
