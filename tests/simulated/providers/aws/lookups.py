"""What is there already: in the emulator where there is one and it knows the type, else in the store.

Owns: looking, and the answers of IAM and Systems Manager. Those of ECR are in `ecr_lookups`.
In the store only what this stack and its like have made can be found, and no SecureString
can be read back.
"""

from collections.abc import Callable
from typing import Any

from tests.simulated.behaviour import CloudError
from tests.simulated.providers.aws.emulator import Emulator
from tests.simulated.providers.aws.place import place
from tests.simulated.store import UNREADABLE, Store
from tests.simulated.wire import Properties, Secret, Value, plain

_OIDC = "aws:iam/openIdConnectProvider:OpenIdConnectProvider"
_PARAMETER = "aws:ssm/parameter:Parameter"

Found = dict[str, Properties]
"""Resources by id, each with the properties of its type."""


class Account:
    """What is there, in the emulator or in the store."""

    def __init__(self, emulator: Emulator | None, store: Store, config: Properties, arguments: Properties) -> None:
        self.place = place(config, arguments)
        self._emulator = emulator
        self._store = store

    def stored(self, token: str, *, account_wide: bool = False) -> Found:
        """The resources of one type in the store."""
        scope = self.place.account if account_wide else f"{self.place.account}/{self.place.region}"
        keys = [key for key in self._store.held() if (key.token, key.scope) == (token, scope)]
        return {key.id: found for key in keys if (found := self._store.get(key, {})) is not None}

    def client(self, service: str) -> Any:
        """The emulator's client, or None where there is no emulator."""
        return self._emulator.client(service, self.place) if self._emulator else None


Answer = Callable[[Account, Properties], Properties]


def oidc(there: Account, arguments: Properties) -> Properties:
    """The provider of an issuer. Raises CloudError where it is not there."""
    url, arn = arguments.get("url"), arguments.get("arn")
    bare = str(url).removeprefix("https://")
    wanted = str(arn) if arn else there.place.global_arn("iam", f"oidc-provider/{bare}")
    aws = there.client("iam")
    if aws is None:
        found = there.stored(_OIDC, account_wide=True).get(wanted)
        tags: Value = (found or {}).get("tagsAll", {})
    else:
        known = [one["Arn"] for one in aws.list_open_id_connect_providers()["OpenIDConnectProviderList"]]
        raw = aws.get_open_id_connect_provider(OpenIDConnectProviderArn=wanted) if wanted in known else None
        found = raw and {
            "clientIdLists": raw["ClientIDList"],
            "thumbprintLists": raw["ThumbprintList"],
        }
        tags = {tag["Key"]: tag["Value"] for tag in (raw or {}).get("Tags", [])}
    if found is None:
        raise CloudError(
            f"reading IAM OIDC Provider: NoSuchEntity: OpenIDConnect Provider not found for arn {arn}"
            if arn
            else f"finding IAM OIDC Provider by url ({url}): not found"
        )
    return {
        "arn": wanted,
        "clientIdLists": found["clientIdLists"],
        "id": wanted,
        "tags": tags,
        "thumbprintLists": found.get("thumbprintLists", []),
        "url": wanted.split("oidc-provider/", 1)[1],
    }


def parameter(there: Account, arguments: Properties) -> Properties:
    """One parameter. Raises CloudError where it is not there."""
    name, decrypt = str(arguments["name"]), arguments.get("withDecryption") is not False
    found = _parameters(there, lambda one: one == name, decrypt).get(name)
    if found is None:
        raise CloudError(f"reading SSM Parameter ({name}): ParameterNotFound: Parameter {name} not found.")
    value = found["value"]
    return {
        "arn": found["arn"],
        "id": name,
        "insecureValue": "" if found["type"] == "SecureString" else value,
        "name": name,
        "region": there.place.region,
        "type": found["type"],
        "value": Secret(value),
        "version": found["version"],
        "withDecryption": decrypt,
    }


def parameters_by_path(there: Account, arguments: Properties) -> Properties:
    """The parameters below a path."""
    path, decrypt = str(arguments["path"]), arguments.get("withDecryption") is not False
    recursive = arguments.get("recursive") is True
    above = path.rstrip("/") + "/"

    def inside(name: str) -> bool:
        return name.startswith(above) and (recursive or "/" not in name.removeprefix(above))

    found = _parameters(there, inside, decrypt)
    names = sorted(found)
    return {
        "arns": [found[name]["arn"] for name in names],
        "id": path,
        "names": list(names),
        "path": path,
        "recursive": recursive,
        "region": there.place.region,
        "types": [found[name]["type"] for name in names],
        "values": Secret([found[name]["value"] for name in names]),
        "withDecryption": decrypt,
    }


def _parameters(there: Account, wanted: Callable[[str], bool], decrypt: bool) -> Found:
    aws = there.client("ssm")
    if aws is None:
        return {
            name: {**one, "value": plain(one.get("value", UNREADABLE))}
            for name, one in there.stored(_PARAMETER).items()
            if wanted(name)
        }
    pages = aws.get_paginator("describe_parameters").paginate()
    names = [one["Name"] for page in pages for one in page["Parameters"] if wanted(one["Name"])]
    found = {name: aws.get_parameter(Name=name, WithDecryption=decrypt)["Parameter"] for name in names}
    return {
        name: {"arn": one["ARN"], "type": one["Type"], "value": one["Value"], "version": one["Version"]}
        for name, one in found.items()
    }
