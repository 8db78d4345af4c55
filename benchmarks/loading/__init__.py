"""Mixed load on a real service while it is swapped, written to and killed: see ``__main__``."""
