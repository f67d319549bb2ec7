"""Systems Manager: parameters.

Owns: Parameter. A String is not a secret in AWS, so that the store keeps it readable; the
provider marks its value as secret all the same. A SecureString is kept as a fingerprint.
"""

from typing import Any

from tests.simulated.behaviour import Call, State
from tests.simulated.providers.aws.kind import Kind, Task
from tests.simulated.providers.aws.place import Place
from tests.simulated.providers.aws.tagging import Tagging
from tests.simulated.wire import Properties, plain

SECURE = "SecureString"


class Parameter(Kind):
    """A named value."""

    service = "ssm"
    noun = "SSM Parameter"
    exists = (
        "ParameterAlreadyExists: The parameter already exists. To overwrite this value,"
        " set the overwrite option in the request to true."
    )
    replace_on_change = frozenset({"name", "dataType", "region"})
    stable = frozenset({"arn"})
    write_only = frozenset({"overwrite", "valueWo", "valueWoVersion"})
    filled = frozenset({"arn", "dataType", "insecureValue", "keyId", "tier", "value"})
    secret = frozenset({"value", "valueWo"})
    named_by = "name"
    tagging = Tagging(
        "ResourceId",
        "id",
        add="add_tags_to_resource",
        take="remove_tags_from_resource",
        listed="TagList",
        beside=(("ResourceType", "Parameter"),),
    )

    def identity(self, call: Call, inputs: Properties) -> str:
        return str(inputs["name"])

    def outputs(self, at: Place, id_: str, properties: Properties) -> Properties:
        kept = "valueWo" in properties
        value = None if kept else properties.get("value", properties.get("insecureValue"))
        return {
            "arn": at.arn("ssm", f"parameter/{id_.removeprefix('/')}"),
            "dataType": properties.get("dataType") or "text",
            "hasValueWo": kept,
            "tier": properties.get("tier") or "Standard",
            "version": 1,
            **({"keyId": properties.get("keyId") or "alias/aws/ssm"} if properties["type"] == SECURE else {}),
            **({} if value is None else {"value": value}),
        }

    def kept(self, properties: Properties) -> Properties:
        if properties["type"] == SECURE:
            return properties
        return {name: plain(value) if name == "value" else value for name, value in properties.items()}

    def create(self, call: Call, inputs: Properties) -> State:
        if inputs.get("overwrite") is True and self.read(call, self.identity(call, inputs), {}) is not None:
            id_ = self.identity(call, inputs)
            return State(id_, self.update(call, id_, {}, inputs))
        return super().create(call, inputs)

    def make(self, task: Task) -> None:
        self._put(task, **task.tagged)

    def change(self, task: Task, id_: str, before: dict[str, Any]) -> None:
        # AWS takes no tags where it overwrites.
        self._put(task, Overwrite=True)

    def _put(self, task: Task, **arguments: Any) -> None:
        value = next(task.want[name] for name in ("valueWo", "insecureValue", "value") if task.want.get(name))
        task.aws.put_parameter(
            Name=task.want["name"],
            Type=task.want["type"],
            Value=value,
            **arguments,
            **task.pick(
                AllowedPattern="allowedPattern",
                DataType="dataType",
                Description="description",
                KeyId="keyId",
                Tier="tier",
            ),
        )

    def find(self, task: Task, id_: str) -> dict[str, Any]:
        there = task.aws.get_parameter(Name=id_, WithDecryption=True)["Parameter"]
        named = [{"Key": "Name", "Option": "Equals", "Values": [id_]}]
        (about,) = task.aws.describe_parameters(ParameterFilters=named)["Parameters"]
        unread = bool(task.want.get("valueWo")) or task.want.get("hasValueWo") is True
        return {
            "allowedPattern": about.get("AllowedPattern"),
            "arn": there["ARN"],
            "dataType": there.get("DataType") or "text",
            "description": about.get("Description"),
            "hasValueWo": unread,
            "insecureValue": there["Value"] if "insecureValue" in task.want and not unread else None,
            "keyId": about.get("KeyId"),
            "name": there["Name"],
            "tier": about.get("Tier") or "Standard",
            "type": there["Type"],
            "value": None if unread else there["Value"],
            "version": there["Version"],
        }

    def remove(self, task: Task, id_: str) -> None:
        task.aws.delete_parameter(Name=id_)
