"""What a project has as a whole: who reads and writes in it leaves a line in the audit log, and roles of its own.

Owns: IAMAuditConfig, IAMCustomRole. An audit config of a service overwrites what was there: the policy of a project is
one document. A custom role that is deleted can be made again: the provider undeletes it, which looks the same.
"""

import re

from tests.simulated.behaviour import Call
from tests.simulated.checker import Mistake
from tests.simulated.providers.gcp.kind import Kind
from tests.simulated.providers.gcp.place import project
from tests.simulated.providers.gcp.words import matching, one_of, parts, text
from tests.simulated.wire import Properties

ROLE = "gcp:projects/iAMCustomRole:IAMCustomRole"
AUDIT = "gcp:projects/iAMAuditConfig:IAMAuditConfig"

_ROLE_ID = re.compile(r"[a-zA-Z0-9_.]{3,64}")
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


class CustomRole(Kind):
    """A role with permissions of one's choice. Whether there are such permissions is not looked at."""

    api = "iam.googleapis.com"
    noun = "custom project role"
    replace_on_change = frozenset({"roleId"})
    stable = frozenset({"deleted", "name"})

    def unset(self, call: Call) -> Properties:
        return {"stage": "GA"}

    def rules(self, inputs: Properties) -> list[Mistake]:
        return matching(inputs, "roleId", _ROLE_ID, f'"role_id" must match regex "^{_ROLE_ID.pattern}$"')

    def identity(self, call: Call, inputs: Properties) -> str:
        return f"projects/{project(call.config, inputs)}/roles/{text(inputs, 'roleId')}"

    def outputs(self, call: Call, id_: str, properties: Properties) -> Properties:
        return {"deleted": False, "name": id_}
