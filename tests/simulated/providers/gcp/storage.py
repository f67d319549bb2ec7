"""Cloud Storage's buckets.

Owns: Bucket. There is nothing in any of them: objects are not simulated, so each can be deleted. The names are unique
in the world, which is this store.
https://docs.cloud.google.com/storage/docs/buckets#naming, read 2026-11.
"""

import re

from tests.simulated.behaviour import Call
from tests.simulated.checker import Mistake
from tests.simulated.providers.gcp import grants
from tests.simulated.providers.gcp.kind import Kind
from tests.simulated.providers.gcp.place import project_number
from tests.simulated.providers.gcp.words import MADE, matching, one_of, parts, text
from tests.simulated.wire import Properties

BUCKET = grants.BUCKET

_NAME = re.compile(r"(?!goog)[a-z0-9](?:[a-z0-9_.-]{1,61})[a-z0-9]")
_ACTIONS = ("Delete", "SetStorageClass", "AbortIncompleteMultipartUpload")


class Bucket(Kind):
    """A bucket."""

    api = "storage.googleapis.com"
    noun = "Bucket"
    labelled = True
    named_by = "name"
    exists = "Your previous request to create the named bucket succeeded and you already own it., conflict"
    replace_on_change = frozenset({"name", "location", "enableObjectRetention", "hierarchicalNamespace"})
    filled = frozenset({"softDeletePolicy", "rpo"})

    def unset(self, call: Call) -> Properties:
        return {"forceDestroy": False, "storageClass": "STANDARD", "publicAccessPrevention": "inherited"}

    def rules(self, inputs: Properties) -> list[Mistake]:
        found = matching(inputs, "name", _NAME, "is no name of a bucket")
        found += one_of(inputs, "publicAccessPrevention", ("inherited", "enforced"))
        for place, rule in enumerate(parts(inputs, "lifecycleRules")):
            action = rule.get("action")
            if isinstance(action, dict):
                found += one_of(action, "type", _ACTIONS, f"lifecycleRules[{place}].action.type")
        return found

    def identity(self, call: Call, inputs: Properties) -> str:
        return text(inputs, "name")

    def outputs(self, call: Call, id_: str, properties: Properties) -> Properties:
        week: Properties = {"effectiveTime": MADE, "retentionDurationSeconds": 7 * 86_400}
        return {
            "projectNumber": int(project_number(self.owner(call, properties))),
            "rpo": properties.get("rpo") or "",
            "selfLink": f"https://www.googleapis.com/storage/v1/b/{id_}",
            "softDeletePolicy": properties.get("softDeletePolicy") or week,
            "timeCreated": MADE,
            "updated": MADE,
            "url": f"gs://{id_}",
        }

    def leave(self, call: Call, id_: str, olds: Properties) -> None:
        grants.drop_with(call.store, f"b/{id_}")
        super().leave(call, id_, olds)


KINDS: dict[str, type[Kind]] = {BUCKET: Bucket}
