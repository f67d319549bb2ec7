"""AWS resources kept by an emulator on this machine, each call made through boto3.

Owns: the connection to the emulator, and ECR repositories as it has them. Does not own:
defaults, names and outputs, which are those of the stored kind; only where the resource is
differs. What it adds to the store: arguments are judged by botocore's own model of AWS, and
what is pushed to the emulator's repository counts when it is deleted.

The endpoint must be a loopback address, and the credentials are made up here, so that
nothing of the user's is sent to anybody.
"""

import ipaddress
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

from tests.simulated.behaviour import Behaviour, Call, CloudError, State, Stored
from tests.simulated.wire import Properties, Value, plain

if TYPE_CHECKING:
    from mypy_boto3_ecr import ECRClient

_CONNECT_SECONDS = 3
_READ_SECONDS = 20
_ATTEMPTS = 3


def loopback(endpoint: str) -> str:
    """`endpoint` itself. Raises ValueError where it is not a plain address of this machine."""
    parts = urlsplit(endpoint)
    host = parts.hostname or ""
    try:
        inside = ipaddress.ip_address(host).is_loopback
    except ValueError:
        inside = host == "localhost"
    if parts.scheme != "http" or not inside or parts.username or parts.path not in ("", "/"):
        raise ValueError(
            f"the simulated AWS may speak to this machine only, not to {host or 'an endpoint without a host'}\n"
            "mend: set SNAPDEPLOY_SIMULATED_AWS_ENDPOINT to http://127.0.0.1:<port> of an emulator, or unset it"
        )
    return endpoint


class Emulator:
    """The emulator behind one endpoint. Raises ValueError for one that is not on this machine."""

    def __init__(self, endpoint: str) -> None:
        self._endpoint = loopback(endpoint)
        self._clients: dict[str, ECRClient] = {}
        # boto3's default session makes one client at a time; the clients then serve any thread.
        self._lock = threading.Lock()

    def ecr(self, region: str) -> "ECRClient":
        """A client of ECR in `region`."""
        with self._lock:
            if region not in self._clients:
                self._clients[region] = self._client(region)
            return self._clients[region]

    def _client(self, region: str) -> "ECRClient":
        # Loaded when first used: half a second that no run without an emulator should wait for.
        import boto3
        from botocore.config import Config

        client: Any = boto3.client(
            "ecr",
            region_name=region,
            endpoint_url=self._endpoint,
            aws_access_key_id="simulated",
            aws_secret_access_key="simulated",
            config=Config(
                connect_timeout=_CONNECT_SECONDS,
                read_timeout=_READ_SECONDS,
                # Standard mode: throttling, 5xx and lost connections, with jitter.
                retries={"mode": "standard", "total_max_attempts": _ATTEMPTS},
            ),
        )
        return cast("ECRClient", client)


@contextmanager
def _worded(action: str) -> Iterator[None]:
    """The client's errors as the provider words them."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except ClientError as error:
        told = error.response.get("Error", {})
        raise CloudError(f"{action}: {told.get('Code')}: {told.get('Message')}") from None
    except BotoCoreError as error:
        raise CloudError(f"{action}: {error}") from None


class EmulatedRepository(Behaviour):
    """An ECR repository in the emulator."""

    def __init__(self, emulator: Emulator, like: Stored) -> None:
        self._emulator = emulator
        self._like = like
        self.replace_on_change = like.replace_on_change
        self.stable = like.stable
        self.write_only = like.write_only
        self.named_by = like.named_by

    def defaults(self, call: Call) -> Properties:
        return self._like.defaults(call)

    def create(self, call: Call, inputs: Properties) -> State:
        name = self._like.identity(call, inputs)
        arguments = _arguments(self._whole(call, name, inputs))
        with _worded(f"creating ECR Repository ({name})"):
            self._client(call, inputs).create_repository(repositoryName=name, **arguments)
        return State(name, self._now(call, name, inputs))

    def read(self, call: Call, id_: str, known: Properties) -> Properties | None:
        return self._found(call, id_, known)

    def update(self, call: Call, id_: str, olds: Properties, inputs: Properties) -> Properties:
        client, whole = self._client(call, inputs), self._whole(call, id_, inputs)
        arguments = _arguments(whole)
        mutability = {
            name: arguments[name]
            for name in ("imageTagMutability", "imageTagMutabilityExclusionFilters")
            if name in arguments
        }
        with _worded(f"updating ECR Repository ({id_})"):
            client.put_image_tag_mutability(repositoryName=id_, **mutability)
            client.put_image_scanning_configuration(
                repositoryName=id_, imageScanningConfiguration=arguments["imageScanningConfiguration"]
            )
            arn = str(whole["arn"])
            before = {tag["Key"] for tag in client.list_tags_for_resource(resourceArn=arn)["tags"]}
            wanted = {tag["Key"] for tag in arguments["tags"]}
            if before - wanted:
                client.untag_resource(resourceArn=arn, tagKeys=sorted(before - wanted))
            if wanted:
                client.tag_resource(resourceArn=arn, tags=arguments["tags"])
        return self._now(call, id_, inputs)

    def delete(self, call: Call, id_: str, olds: Properties) -> None:
        client = self._client(call, olds)
        with _worded(f"deleting ECR Repository ({id_})"):
            try:
                client.delete_repository(repositoryName=id_, force=olds.get("forceDelete") is True)
            except client.exceptions.RepositoryNotFoundException:
                return

    def _client(self, call: Call, properties: Properties) -> "ECRClient":
        chosen = properties.get("region") or self.defaults(call)["region"]
        return self._emulator.ecr(str(chosen))

    def _whole(self, call: Call, name: str, inputs: Properties) -> Properties:
        properties = {**self.defaults(call), **inputs}
        return {**properties, **self._like.computed(call, name, properties)}

    def _now(self, call: Call, name: str, inputs: Properties) -> Properties:
        """What the emulator says of a repository that must be there."""
        found = self._found(call, name, inputs)
        if found is None:
            raise CloudError(f"reading ECR Repository ({name}): not found right after it was written")
        return {**{key: inputs[key] for key in self.write_only & inputs.keys()}, **found}

    def _found(self, call: Call, name: str, known: Properties) -> Properties | None:
        client = self._client(call, known)
        with _worded(f"reading ECR Repository ({name})"):
            try:
                there: Any = client.describe_repositories(repositoryNames=[name])["repositories"][0]
            except client.exceptions.RepositoryNotFoundException:
                return None
            listed = client.list_tags_for_resource(resourceArn=there["repositoryArn"])["tags"]
        tags: Properties = {tag["Key"]: tag["Value"] for tag in listed}
        common = self._like.computed(call, name, {})["tagsAll"]
        default = common if isinstance(common, dict) else {}
        own = known.get("tags")
        encryption = there["encryptionConfiguration"]
        properties: Properties = {
            "arn": there["repositoryArn"],
            "encryptionConfigurations": [
                {"encryptionType": encryption["encryptionType"], "kmsKey": encryption.get("kmsKey", "")}
            ],
            "imageScanningConfiguration": dict(there["imageScanningConfiguration"]),
            "imageTagMutability": there["imageTagMutability"],
            "name": there["repositoryName"],
            "region": client.meta.region_name,
            "registryId": there["registryId"],
            # Not the emulator's own: that may name its address, and an image is pulled from AWS's.
            "repositoryUrl": self._like.computed(call, name, {"region": client.meta.region_name})["repositoryUrl"],
            "tagsAll": tags,
        }
        filters = there.get("imageTagMutabilityExclusionFilters")
        if filters:
            properties["imageTagMutabilityExclusionFilters"] = [dict(entry) for entry in filters]
        mine = {key: value for key, value in tags.items() if default.get(key) != value or _has(own, key)}
        if mine:
            properties["tags"] = mine
        return properties


def _has(tags: Value, key: str) -> bool:
    return isinstance(tags, dict) and key in tags


def _arguments(whole: Properties) -> dict[str, Any]:
    """A repository's properties as the arguments of ECR's calls. Judged by botocore, so not by a type here."""
    opened: Any = plain(whole)
    arguments: dict[str, Any] = {
        "imageTagMutability": opened["imageTagMutability"],
        "imageScanningConfiguration": opened["imageScanningConfiguration"],
        "encryptionConfiguration": {
            name: value for name, value in opened["encryptionConfigurations"][0].items() if value
        },
        "tags": [{"Key": key, "Value": value} for key, value in sorted(opened["tagsAll"].items())],
    }
    if opened.get("imageTagMutabilityExclusionFilters"):
        arguments["imageTagMutabilityExclusionFilters"] = opened["imageTagMutabilityExclusionFilters"]
    return arguments
