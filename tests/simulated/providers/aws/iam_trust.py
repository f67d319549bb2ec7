"""IAM: who may be a role.

Owns: OpenIdConnectProvider, InstanceProfile.

moto has no call that changes the audiences of an OIDC provider, so that it is made again
under the same ARN; in AWS it stays.
"""

from typing import Any

from tests.simulated.behaviour import Call
from tests.simulated.providers.aws.iam import unique
from tests.simulated.providers.aws.kind import MADE, Kind, Task
from tests.simulated.providers.aws.place import Place
from tests.simulated.providers.aws.shape import moment
from tests.simulated.providers.aws.tagging import Tagging
from tests.simulated.wire import Properties


class OpenIdConnectProvider(Kind):
    """An issuer of tokens that roles may trust; one per URL and account."""

    service = "iam"
    noun = "IAM OIDC Provider"
    account_wide = True
    exists = "EntityAlreadyExists: Provider with url {id} already exists."
    replace_on_change = frozenset({"url"})
    stable = frozenset({"arn"})
    filled = frozenset({"thumbprintLists"})
    tagging = Tagging(
        "OpenIDConnectProviderArn",
        "id",
        add="tag_open_id_connect_provider",
        take="untag_open_id_connect_provider",
        listing="list_open_id_connect_provider_tags",
    )

    def identity(self, call: Call, inputs: Properties) -> str:
        at = self.place(call, inputs)
        return at.global_arn("iam", f"oidc-provider/{str(inputs['url']).removeprefix('https://')}")

    def outputs(self, at: Place, id_: str, properties: Properties) -> Properties:
        return {"arn": id_, "thumbprintLists": properties.get("thumbprintLists") or []}

    def make(self, task: Task) -> str:
        made = task.aws.create_open_id_connect_provider(
            Url=task.want["url"],
            ClientIDList=task.want["clientIdLists"],
            ThumbprintList=task.want.get("thumbprintLists") or [],
            **task.tagged,
        )
        return str(made["OpenIDConnectProviderArn"])

    def find(self, task: Task, id_: str) -> dict[str, Any]:
        there = task.aws.get_open_id_connect_provider(OpenIDConnectProviderArn=id_)
        return {
            "arn": id_,
            "clientIdLists": there["ClientIDList"],
            "thumbprintLists": there["ThumbprintList"],
            "url": f"https://{there['Url']}",
        }

    def change(self, task: Task, id_: str, before: dict[str, Any]) -> None:
        if set(task.want["clientIdLists"]) != set(before["clientIdLists"]):
            self.remove(task, id_)
            self.make(task)
        elif task.want.get("thumbprintLists"):
            task.aws.update_open_id_connect_provider_thumbprint(
                OpenIDConnectProviderArn=id_, ThumbprintList=task.want["thumbprintLists"]
            )

    def remove(self, task: Task, id_: str) -> None:
        task.aws.delete_open_id_connect_provider(OpenIDConnectProviderArn=id_)


class InstanceProfile(Kind):
    """A role as a machine has it."""

    service = "iam"
    noun = "IAM Instance Profile"
    account_wide = True
    exists = "EntityAlreadyExists: Instance Profile {id} already exists."
    replace_on_change = frozenset({"name", "namePrefix", "path"})
    stable = frozenset({"arn", "createDate", "uniqueId"})
    named_by = "name"
    tagging = Tagging(
        "InstanceProfileName",
        "id",
        add="tag_instance_profile",
        take="untag_instance_profile",
        listing="get_instance_profile",
        listed="InstanceProfile.Tags",
    )

    def unset(self, call: Call) -> Properties:
        return {"path": "/"}

    def identity(self, call: Call, inputs: Properties) -> str:
        return str(inputs["name"])

    def outputs(self, at: Place, id_: str, properties: Properties) -> Properties:
        path = properties.get("path") or "/"
        arn = at.global_arn("iam", f"instance-profile{path}{id_}")
        return {"arn": arn, "createDate": MADE, "uniqueId": unique("AIPA")}

    def make(self, task: Task) -> None:
        task.aws.create_instance_profile(InstanceProfileName=task.want["name"], **task.tagged, **task.pick(Path="path"))
        if task.want.get("role"):
            task.aws.add_role_to_instance_profile(InstanceProfileName=task.want["name"], RoleName=task.want["role"])

    def find(self, task: Task, id_: str) -> dict[str, Any]:
        there = task.aws.get_instance_profile(InstanceProfileName=id_)["InstanceProfile"]
        return {
            "arn": there["Arn"],
            "createDate": moment(there["CreateDate"]),
            "name": there["InstanceProfileName"],
            "path": there["Path"],
            "role": next((role["RoleName"] for role in there["Roles"]), None),
            "uniqueId": there["InstanceProfileId"],
        }

    def change(self, task: Task, id_: str, before: dict[str, Any]) -> None:
        was, role = before.get("role"), task.want.get("role")
        if was and was != role:
            task.aws.remove_role_from_instance_profile(InstanceProfileName=id_, RoleName=was)
        if role and was != role:
            task.aws.add_role_to_instance_profile(InstanceProfileName=id_, RoleName=role)

    def remove(self, task: Task, id_: str) -> None:
        there = task.aws.get_instance_profile(InstanceProfileName=id_)["InstanceProfile"]
        for role in there["Roles"]:
            task.aws.remove_role_from_instance_profile(InstanceProfileName=id_, RoleName=role["RoleName"])
        task.aws.delete_instance_profile(InstanceProfileName=id_)
