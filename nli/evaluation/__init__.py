"""How right a classifier of premise and hypothesis is, with intervals."""
