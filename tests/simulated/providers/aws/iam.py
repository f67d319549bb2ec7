"""IAM: roles and what they may do. It has no regions.

Owns: Role, RolePolicy, Policy, RolePolicyAttachment. Who may be a role is in `iam_trust`,
users are in `iam_users`.
"""

import secrets
from typing import Any

from tests.simulated.behaviour import Call
from tests.simulated.providers.aws.kind import MADE, Kind, Task
from tests.simulated.providers.aws.place import Place
from tests.simulated.providers.aws.shape import moment
from tests.simulated.providers.aws.tagging import Tagging
from tests.simulated.wire import Properties

_VERSIONS = 5
"""How many versions of a policy AWS keeps: the oldest has to go before a sixth."""


def unique(prefix: str) -> str:
    """An id as IAM gives it: `AROA…`."""
    return prefix + secrets.token_hex(9)[:17].upper()


class Role(Kind):
    """An identity that others take on."""

    service = "iam"
    noun = "IAM Role"
    account_wide = True
    exists = "EntityAlreadyExists: Role with name {id} already exists."
    gone = "NoSuchEntity: The role with name {id} cannot be found."
    replace_on_change = frozenset({"name", "namePrefix", "path"})
    stable = frozenset({"arn", "createDate", "uniqueId"})
    write_only = frozenset({"forceDetachPolicies"})
    documents = frozenset({"assumeRolePolicy"})
    named_by = "name"
    tagging = Tagging("RoleName", "id", add="tag_role", take="untag_role", listing="list_role_tags")

    def unset(self, call: Call) -> Properties:
        return {"forceDetachPolicies": False, "maxSessionDuration": 3600, "path": "/"}

    def identity(self, call: Call, inputs: Properties) -> str:
        return str(inputs["name"])

    def outputs(self, at: Place, id_: str, properties: Properties) -> Properties:
        path = properties.get("path") or "/"
        return {"arn": at.global_arn("iam", f"role{path}{id_}"), "createDate": MADE, "uniqueId": unique("AROA")}

    def make(self, task: Task) -> None:
        task.aws.create_role(
            RoleName=task.want["name"],
            AssumeRolePolicyDocument=task.want["assumeRolePolicy"],
            **task.tagged,
            **task.pick(
                Description="description",
                MaxSessionDuration="maxSessionDuration",
                Path="path",
                PermissionsBoundary="permissionsBoundary",
            ),
        )

    def find(self, task: Task, id_: str) -> dict[str, Any]:
        there = task.aws.get_role(RoleName=id_)["Role"]
        return {
            "arn": there["Arn"],
            "assumeRolePolicy": there["AssumeRolePolicyDocument"],
            "createDate": moment(there["CreateDate"]),
            "description": there.get("Description") or None,
            "maxSessionDuration": there.get("MaxSessionDuration"),
            "name": there["RoleName"],
            "path": there["Path"],
            "permissionsBoundary": (there.get("PermissionsBoundary") or {}).get("PermissionsBoundaryArn"),
            "uniqueId": there["RoleId"],
        }

    def change(self, task: Task, id_: str, before: dict[str, Any]) -> None:
        task.aws.update_assume_role_policy(RoleName=id_, PolicyDocument=task.want["assumeRolePolicy"])
        task.aws.update_role(
            RoleName=id_,
            Description=task.want.get("description") or "",
            MaxSessionDuration=task.want["maxSessionDuration"],
        )
        if task.want.get("permissionsBoundary"):
            task.aws.put_role_permissions_boundary(RoleName=id_, PermissionsBoundary=task.want["permissionsBoundary"])
        elif before.get("permissionsBoundary"):
            task.aws.delete_role_permissions_boundary(RoleName=id_)

    def remove(self, task: Task, id_: str) -> None:
        for profile in task.aws.list_instance_profiles_for_role(RoleName=id_)["InstanceProfiles"]:
            task.aws.remove_role_from_instance_profile(InstanceProfileName=profile["InstanceProfileName"], RoleName=id_)
        if task.want.get("forceDetachPolicies"):
            for policy in task.aws.list_attached_role_policies(RoleName=id_)["AttachedPolicies"]:
                task.aws.detach_role_policy(RoleName=id_, PolicyArn=policy["PolicyArn"])
            for name in task.aws.list_role_policies(RoleName=id_)["PolicyNames"]:
                task.aws.delete_role_policy(RoleName=id_, PolicyName=name)
        task.aws.delete_role(RoleName=id_)


class RolePolicy(Kind):
    """A policy that is part of a role."""

    service = "iam"
    noun = "IAM Role Policy"
    account_wide = True
    overwrites = True
    replace_on_change = frozenset({"name", "namePrefix", "role"})
    documents = frozenset({"policy"})
    named_by = "name"

    def identity(self, call: Call, inputs: Properties) -> str:
        return f"{inputs['role']}:{inputs['name']}"

    def make(self, task: Task) -> None:
        task.aws.put_role_policy(
            RoleName=task.want["role"], PolicyName=task.want["name"], PolicyDocument=task.want["policy"]
        )

    def find(self, task: Task, id_: str) -> dict[str, Any]:
        role, _, name = id_.partition(":")
        there = task.aws.get_role_policy(RoleName=role, PolicyName=name)
        return {"role": role, "name": name, "policy": there["PolicyDocument"]}

    def remove(self, task: Task, id_: str) -> None:
        role, _, name = id_.partition(":")
        task.aws.delete_role_policy(RoleName=role, PolicyName=name)


class Policy(Kind):
    """A policy of its own."""

    service = "iam"
    noun = "IAM Policy"
    account_wide = True
    exists = "EntityAlreadyExists: A policy called {id} already exists. Duplicate names are not allowed."
    replace_on_change = frozenset({"name", "namePrefix", "path", "description"})
    stable = frozenset({"arn", "policyId"})
    write_only = frozenset({"delayAfterPolicyCreationInMs"})
    documents = frozenset({"policy"})
    named_by = "name"
    tagging = Tagging("PolicyArn", add="tag_policy", take="untag_policy", listing="list_policy_tags")

    def unset(self, call: Call) -> Properties:
        return {"path": "/"}

    def identity(self, call: Call, inputs: Properties) -> str:
        at = self.place(call, inputs)
        return at.global_arn("iam", f"policy{inputs.get('path') or '/'}{inputs['name']}")

    def outputs(self, at: Place, id_: str, properties: Properties) -> Properties:
        return {"arn": id_, "attachmentCount": 0, "policyId": unique("ANPA")}

    def make(self, task: Task) -> str:
        made = task.aws.create_policy(
            PolicyName=task.want["name"],
            PolicyDocument=task.want["policy"],
            **task.tagged,
            **task.pick(Description="description", Path="path"),
        )
        return str(made["Policy"]["Arn"])

    def find(self, task: Task, id_: str) -> dict[str, Any]:
        there = task.aws.get_policy(PolicyArn=id_)["Policy"]
        version = task.aws.get_policy_version(PolicyArn=id_, VersionId=there["DefaultVersionId"])
        return {
            "arn": there["Arn"],
            "attachmentCount": there["AttachmentCount"],
            "description": there.get("Description") or None,
            "name": there["PolicyName"],
            "path": there["Path"],
            "policy": version["PolicyVersion"]["Document"],
            "policyId": there["PolicyId"],
        }

    def change(self, task: Task, id_: str, before: dict[str, Any]) -> None:
        versions = task.aws.list_policy_versions(PolicyArn=id_)["Versions"]
        if len(versions) >= _VERSIONS:
            oldest = min(
                (version for version in versions if not version["IsDefaultVersion"]), key=lambda one: one["CreateDate"]
            )
            task.aws.delete_policy_version(PolicyArn=id_, VersionId=oldest["VersionId"])
        task.aws.create_policy_version(PolicyArn=id_, PolicyDocument=task.want["policy"], SetAsDefault=True)

    def remove(self, task: Task, id_: str) -> None:
        for version in task.aws.list_policy_versions(PolicyArn=id_)["Versions"]:
            if not version["IsDefaultVersion"]:
                task.aws.delete_policy_version(PolicyArn=id_, VersionId=version["VersionId"])
        task.aws.delete_policy(PolicyArn=id_)


class RolePolicyAttachment(Kind):
    """A policy on a role."""

    service = "iam"
    noun = "IAM Role Policy Attachment"
    account_wide = True
    overwrites = True
    replace_on_change = frozenset({"role", "policyArn"})

    def beyond(self, task: Task) -> bool:
        """The emulator does not know AWS's own policies."""
        return str(task.want["policyArn"]).startswith(f"arn:{task.place.partition}:iam::aws:")

    def identity(self, call: Call, inputs: Properties) -> str:
        return f"{inputs['role']}/{inputs['policyArn']}"

    def make(self, task: Task) -> None:
        task.aws.attach_role_policy(RoleName=task.want["role"], PolicyArn=task.want["policyArn"])

    def find(self, task: Task, id_: str) -> dict[str, Any] | None:
        role, _, policy = id_.partition("/")
        there = task.aws.list_attached_role_policies(RoleName=role)["AttachedPolicies"]
        on_it = any(attached["PolicyArn"] == policy for attached in there)
        return {"role": role, "policyArn": policy} if on_it else None

    def remove(self, task: Task, id_: str) -> None:
        role, _, policy = id_.partition("/")
        task.aws.detach_role_policy(RoleName=role, PolicyArn=policy)
