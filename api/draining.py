"""Whether this process is about to end."""


class Draining:
    """``begun``: readiness says no, and connections end with their answers. ``closed``: what is
    being answered is finished, and nothing else is begun."""

    def __init__(self) -> None:
        self.begun = False
        self.closed = False
