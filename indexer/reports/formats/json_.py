"""JSON: the objects that the service answers with; one as it is, several as a list."""

from indexer.reports.documents.document import Document


def write(document: Document) -> str:
    made = [model.model_dump_json() for model in document.models]
    return (made[0] if len(made) == 1 else f"[{','.join(made)}]") + "\n"
