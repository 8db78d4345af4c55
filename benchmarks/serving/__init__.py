"""What the HTTP service costs beside a bare endpoint and beside txtai's API: see ``__main__``."""
