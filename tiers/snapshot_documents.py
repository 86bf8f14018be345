"""What is answered about a published count: by the command line and over the API the same."""

from __future__ import annotations

import hashlib

from registry.house import House
from registry.kind import Record
from tiers.bridging import head_document
from tiers.overtaking import overtaken
from tiers.publishing import changed_since, rerun, snapshots
from tiers.snapshot import Snapshot


def snapshot_document(house: House, held: Snapshot) -> Record:
    """A published count as it was published, with what happened since (``overtaken``)."""
    return {
        **head_document(held), "versions": dict(held.versions), "count": dict(held.count), "bridges": dict(held.bridges),
        "parts": dict(held.parts), "overtaken": overtaken(house, held),
    }  # fmt: skip


def rerun_document(house: House, held: Snapshot) -> Record:
    """``{"id", "sha256", "rerun", "same", "changed"}``: the hash that it was published with, that of the count made afresh,
    and what of its definition is another now where they differ."""
    published = next(head.sha256 for head in snapshots(house) if head.id == held.id)
    again = hashlib.sha256(rerun(house, held)).hexdigest()
    same = again == published
    changed = [] if same else list(changed_since(house, held))
    return {"id": held.id, "sha256": published, "rerun": again, "same": same, "changed": changed}
