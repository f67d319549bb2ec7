"""IAM: users and their keys.

Owns: User, UserPolicy, UserPolicyAttachment, AccessKey. The secret of a key is told once,
when it is made, and is in the engine's state from then on, as a secret.
"""

import secrets
from typing import Any

from tests.simulated.behaviour import Call
from tests.simulated.providers.aws.iam import unique
from tests.simulated.providers.aws.kind import MADE, Kind, Task
from tests.simulated.providers.aws.place import Place
from tests.simulated.providers.aws.shape import moment
from tests.simulated.providers.aws.tagging import Tagging
from tests.simulated.wire import Properties, Secret


class User(Kind):
    """An identity with keys of its own."""

    service = "iam"
    noun = "IAM User"
    account_wide = True
    exists = "EntityAlreadyExists: User with name {id} already exists."
    gone = "NoSuchEntity: The user with name {id} cannot be found."
    stable = frozenset({"arn", "uniqueId"})
    replace_on_change = frozenset({"name", "path"})
    write_only = frozenset({"forceDestroy"})
    named_by = "name"
    tagging = Tagging("UserName", "id", add="tag_user", take="untag_user", listing="list_user_tags")

    def unset(self, call: Call) -> Properties:
        return {"forceDestroy": False, "path": "/"}

    def identity(self, call: Call, inputs: Properties) -> str:
        return str(inputs["name"])

    def outputs(self, at: Place, id_: str, properties: Properties) -> Properties:
        path = properties.get("path") or "/"
        return {"arn": at.global_arn("iam", f"user{path}{id_}"), "uniqueId": unique("AIDA")}

    def make(self, task: Task) -> None:
        task.aws.create_user(
            UserName=task.want["name"],
            **task.tagged,
            **task.pick(Path="path", PermissionsBoundary="permissionsBoundary"),
        )

    def find(self, task: Task, id_: str) -> dict[str, Any]:
        there = task.aws.get_user(UserName=id_)["User"]
        return {
            "arn": there["Arn"],
            "name": there["UserName"],
            "path": there["Path"],
            "permissionsBoundary": (there.get("PermissionsBoundary") or {}).get("PermissionsBoundaryArn"),
            "uniqueId": there["UserId"],
        }

    def change(self, task: Task, id_: str, before: dict[str, Any]) -> None:
        wanted, was = task.want.get("permissionsBoundary"), before.get("permissionsBoundary")
        if wanted and wanted != was:
            task.aws.put_user_permissions_boundary(UserName=id_, PermissionsBoundary=wanted)
        elif was and not wanted:
            task.aws.delete_user_permissions_boundary(UserName=id_)

    def remove(self, task: Task, id_: str) -> None:
        if task.want.get("forceDestroy"):
            for key in task.aws.list_access_keys(UserName=id_)["AccessKeyMetadata"]:
                task.aws.delete_access_key(UserName=id_, AccessKeyId=key["AccessKeyId"])
        task.aws.delete_user(UserName=id_)


class UserPolicy(Kind):
    """A policy that is part of a user."""

    service = "iam"
    noun = "IAM User Policy"
    account_wide = True
    overwrites = True
    replace_on_change = frozenset({"name", "namePrefix", "user"})
    documents = frozenset({"policy"})
    named_by = "name"

    def identity(self, call: Call, inputs: Properties) -> str:
        return f"{inputs['user']}:{inputs['name']}"

    def make(self, task: Task) -> None:
        task.aws.put_user_policy(
            UserName=task.want["user"], PolicyName=task.want["name"], PolicyDocument=task.want["policy"]
        )

    def find(self, task: Task, id_: str) -> dict[str, Any]:
        user, _, name = id_.partition(":")
        there = task.aws.get_user_policy(UserName=user, PolicyName=name)
        return {"user": user, "name": name, "policy": there["PolicyDocument"]}

    def remove(self, task: Task, id_: str) -> None:
        user, _, name = id_.partition(":")
        task.aws.delete_user_policy(UserName=user, PolicyName=name)


class UserPolicyAttachment(Kind):
    """A policy on a user."""

    service = "iam"
    noun = "IAM User Policy Attachment"
    account_wide = True
    overwrites = True
    replace_on_change = frozenset({"user", "policyArn"})

    def identity(self, call: Call, inputs: Properties) -> str:
        return f"{inputs['user']}/{inputs['policyArn']}"

    def make(self, task: Task) -> None:
        task.aws.attach_user_policy(UserName=task.want["user"], PolicyArn=task.want["policyArn"])

    def find(self, task: Task, id_: str) -> dict[str, Any] | None:
        user, _, policy = id_.partition("/")
        there = task.aws.list_attached_user_policies(UserName=user)["AttachedPolicies"]
        on_it = any(attached["PolicyArn"] == policy for attached in there)
        return {"user": user, "policyArn": policy} if on_it else None

    def remove(self, task: Task, id_: str) -> None:
        user, _, policy = id_.partition("/")
        task.aws.detach_user_policy(UserName=user, PolicyArn=policy)


class AccessKey(Kind):
    """A key of a user."""

    service = "iam"
    noun = "IAM Access Key"
    account_wide = True
    replace_on_change = frozenset({"user", "pgpKey"})
    stable = frozenset({"createDate", "secret", "sesSmtpPasswordV4"})
    write_only = frozenset({"secret", "sesSmtpPasswordV4"})
    secret = frozenset({"secret", "sesSmtpPasswordV4"})

    def unset(self, call: Call) -> Properties:
        return {"status": "Active"}

    def identity(self, call: Call, inputs: Properties) -> str:
        return unique("AKIA")[:20]

    def outputs(self, at: Place, id_: str, properties: Properties) -> Properties:
        if "secret" in properties:
            return {}
        return {"createDate": MADE, **_told(secrets.token_urlsafe(30))}

    def make(self, task: Task) -> tuple[str, Properties]:
        made = task.aws.create_access_key(UserName=task.want["user"])["AccessKey"]
        if task.want["status"] != "Active":
            task.aws.update_access_key(
                UserName=task.want["user"], AccessKeyId=made["AccessKeyId"], Status=task.want["status"]
            )
        return made["AccessKeyId"], _told(made["SecretAccessKey"])

    def find(self, task: Task, id_: str) -> dict[str, Any] | None:
        user = task.want.get("user")
        for one in [user] if user else [entry["UserName"] for entry in task.aws.list_users()["Users"]]:
            for key in task.aws.list_access_keys(UserName=one)["AccessKeyMetadata"]:
                if key["AccessKeyId"] == id_:
                    return {"user": one, "status": key["Status"], "createDate": moment(key["CreateDate"])}
        return None

    def change(self, task: Task, id_: str, before: dict[str, Any]) -> None:
        task.aws.update_access_key(UserName=task.want["user"], AccessKeyId=id_, Status=task.want["status"])

    def remove(self, task: Task, id_: str) -> None:
        task.aws.delete_access_key(UserName=task.want["user"], AccessKeyId=id_)


def _told(secret: str) -> Properties:
    # The provider derives the second from the first; here it only has to be as secret.
    return {"secret": Secret(secret), "sesSmtpPasswordV4": Secret(f"simulated-{secret}")}
