"""What a new run of an imported document does not go on with."""

from __future__ import annotations

from backprop_explorer.engine import Document


def begins_anew(document: Document) -> list[str]:
    """Words about what follows the number of the iteration, which is 0 in a new run."""
    optimizer = document.optimizer or {}
    parts = ["its batches"] if document.batch else []
    parts += [f"its {option}" for option, value in optimizer.items() if option != "name" and isinstance(value, str)]
    if not parts:
        return []
    verb = "follows" if parts == ["its lr"] else "follow"
    return [f"{' and '.join(parts)} {verb} the number of the iteration, and a new run begins at 0"]
