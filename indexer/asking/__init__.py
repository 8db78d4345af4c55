"""How questions that many ask at once reach an encoder or a classifier, and what it is spared."""
