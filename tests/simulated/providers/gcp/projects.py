"""What a project has as a whole: who reads and writes in it leaves a line in the audit log.

Owns: IAMAuditConfig. One of a service overwrites what was there: the policy of a project is one document.
"""

from tests.simulated.behaviour import Call
from tests.simulated.checker import Mistake
from tests.simulated.providers.gcp.kind import Kind
from tests.simulated.providers.gcp.place import project
from tests.simulated.providers.gcp.words import one_of, parts, text
from tests.simulated.wire import Properties

AUDIT = "gcp:projects/iAMAuditConfig:IAMAuditConfig"

_TYPES = ("ADMIN_READ", "DATA_READ", "DATA_WRITE")


class AuditConfig(Kind):
    """What of a service's calls is written down."""

    api = "cloudresourcemanager.googleapis.com"
    noun = "IAM audit config"
    replace_on_change = frozenset({"service"})
    stable = frozenset({"etag"})
    overwrites = True

    def rules(self, inputs: Properties) -> list[Mistake]:
        found = []
        for place, entry in enumerate(parts(inputs, "auditLogConfigs")):
            found += one_of(entry, "logType", _TYPES, f"auditLogConfigs[{place}].logType")
        return found

    def identity(self, call: Call, inputs: Properties) -> str:
        return f"{project(call.config, inputs)}/audit_config/{text(inputs, 'service')}"

    def outputs(self, call: Call, id_: str, properties: Properties) -> Properties:
        return {"etag": "BwSIMULATED="}
