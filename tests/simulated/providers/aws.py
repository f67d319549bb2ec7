"""AWS, simulated: an account with one owner, and ECR repositories in it.

Owns: who the account is, how its regions keep resources apart, and how a repository is
named, defaulted and refused. Does not own: the calls to an emulator (`aws_emulator`), which
take the store's place where `SNAPDEPLOY_SIMULATED_AWS_ENDPOINT` names one.

The account is that of AWS's own documentation, or the one that the provider's
`allowedAccountIds` names, so that a stack pinned to its account can be simulated.
"""

import os

from tests.simulated.behaviour import Behaviour, Call, CloudError, Stored
from tests.simulated.provider import Invoke, Provider
from tests.simulated.providers.aws_emulator import EmulatedRepository, Emulator
from tests.simulated.wire import Properties, Value

ENDPOINT = "SNAPDEPLOY_SIMULATED_AWS_ENDPOINT"
ACCOUNT = "123456789012"
REGION = "us-east-1"
REPOSITORY = "aws:ecr/repository:Repository"

_USER = "simulated"


def account(config: Properties) -> str:
    """The id of the simulated account."""
    allowed = config.get("allowedAccountIds")
    return str(allowed[0]) if isinstance(allowed, list) and allowed else ACCOUNT


def region(config: Properties, properties: Properties) -> str:
    """The region of a resource: its own, else the provider's."""
    chosen = properties.get("region") or config.get("region")
    return chosen if isinstance(chosen, str) else REGION


def partition(region_name: str) -> tuple[str, str]:
    """The partition of a region and its domain. Raises CloudError for one that is not simulated."""
    if region_name.startswith("cn-"):
        return "aws-cn", "amazonaws.com.cn"
    if region_name.startswith("us-gov-"):
        return "aws-us-gov", "amazonaws.com"
    if region_name.startswith(("us-iso", "eu-iso")):
        raise CloudError(f"the region {region_name} is not simulated: its partition is not known here")
    return "aws", "amazonaws.com"


def all_tags(config: Properties, tags: Value) -> Properties:
    """A resource's own tags over those that the provider puts on everything."""
    default = config.get("defaultTags")
    common = default.get("tags") if isinstance(default, dict) else None
    return {**(common if isinstance(common, dict) else {}), **(tags if isinstance(tags, dict) else {})}


class Repository(Stored):
    """An ECR repository without images."""

    replace_on_change = frozenset({"name", "encryptionConfigurations", "region"})
    stable = frozenset({"arn", "registryId", "repositoryUrl"})
    write_only = frozenset({"forceDelete"})
    named_by = "name"

    def defaults(self, call: Call) -> Properties:
        return {
            "encryptionConfigurations": [{"encryptionType": "AES256", "kmsKey": ""}],
            "imageScanningConfiguration": {"scanOnPush": False},
            "imageTagMutability": "MUTABLE",
            "region": region(call.config, {}),
        }

    def identity(self, call: Call, inputs: Properties) -> str:
        return str(inputs["name"])

    def computed(self, call: Call, id_: str, properties: Properties) -> Properties:
        owner, place = account(call.config), region(call.config, properties)
        name, domain = partition(place)
        return {
            "arn": f"arn:{name}:ecr:{place}:{owner}:repository/{id_}",
            "registryId": owner,
            "repositoryUrl": f"{owner}.dkr.ecr.{place}.{domain}/{id_}",
            "tagsAll": all_tags(call.config, properties.get("tags")),
        }

    def taken(self, call: Call, id_: str) -> str:
        return (
            f"creating ECR Repository ({id_}): RepositoryAlreadyExistsException: The repository with name '{id_}'"
            f" already exists in the registry with id '{account(call.config)}'"
        )

    def missing(self, call: Call, id_: str) -> str:
        return (
            f"updating ECR Repository ({id_}): RepositoryNotFoundException: The repository with name '{id_}'"
            f" does not exist in the registry with id '{account(call.config)}'"
        )


def _caller_identity(config: Properties, arguments: Properties) -> Properties:
    owner = account(config)
    name, _ = partition(region(config, {}))
    return {
        "accountId": owner,
        "arn": f"arn:{name}:iam::{owner}:user/{_USER}",
        "id": owner,
        "userId": "AIDASIMULATEDEXAMPLE",
    }


def _region(config: Properties, arguments: Properties) -> Properties:
    place = region(config, arguments)
    return {
        "description": f"Simulated ({place})",
        "endpoint": f"ec2.{place}.{partition(place)[1]}",
        "id": place,
        "name": place,
        "region": place,
    }


def _partition(config: Properties, arguments: Properties) -> Properties:
    name, domain = partition(region(config, {}))
    reverse = ".".join(reversed(domain.split(".")))
    return {"dnsSuffix": domain, "id": name, "partition": name, "reverseDnsPrefix": reverse}


def provider() -> Provider:
    """AWS as it is simulated here. Raises ValueError for an emulator that is not on this machine."""
    endpoint = os.environ.get(ENDPOINT)
    repository: Behaviour = Repository()
    if endpoint:
        repository = EmulatedRepository(Emulator(endpoint), Repository())
    return Provider(
        name="aws",
        package="pulumi_aws",
        behaviours={REPOSITORY: repository},
        invokes={
            "aws:index/getCallerIdentity:getCallerIdentity": Invoke(_caller_identity),
            "aws:index/getRegion:getRegion": Invoke(_region, frozenset({"region"})),
            "aws:index/getPartition:getPartition": Invoke(_partition),
        },
        complete=lambda config: {"region": REGION, **config},
        scope=lambda config, properties: f"{account(config)}/{region(config, properties)}",
    )
