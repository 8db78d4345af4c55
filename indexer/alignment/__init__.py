"""How well an encoder aligns two languages, and how one pair of words stands."""
