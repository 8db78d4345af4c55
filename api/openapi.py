"""The schema of the service as it is kept in docs/openapi.json: ``python -m api.openapi``."""

import json
from pathlib import Path

from api.app import create_app
from lexicon.settings import Settings


def document() -> str:
    """The OpenAPI document of a service with the settings it has by default, as JSON."""
    # Nothing of a home is read for it; the developer's own variables would change the document.
    app = create_app(Settings.model_construct(home=Path("unused")))
    return json.dumps(app.openapi(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    print(document(), end="")
