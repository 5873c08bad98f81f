"""The web half: people act on what the engine finds."""
