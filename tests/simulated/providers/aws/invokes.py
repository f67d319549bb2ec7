"""What the simulated AWS answers to a function: who the caller is, and what is there already.

Owns: which functions are answered, and who the caller is. Does not own: looking (`lookups`).
"""

from tests.simulated.provider import Invoke, Lookup
from tests.simulated.providers.aws import ec2_lookups, ecr_lookups, lookups
from tests.simulated.providers.aws.emulator import Emulator, worded
from tests.simulated.providers.aws.lookups import Account, Answer
from tests.simulated.providers.aws.place import account, partition, region
from tests.simulated.store import Store
from tests.simulated.wire import Properties

_USER = "simulated"


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
    chosen = region(config, arguments)
    return {
        "description": f"Simulated ({chosen})",
        "endpoint": f"ec2.{chosen}.{partition(chosen)[1]}",
        "id": chosen,
        "name": chosen,
        "region": chosen,
    }


def _partition(config: Properties, arguments: Properties) -> Properties:
    name, domain = partition(region(config, {}))
    reverse = ".".join(reversed(domain.split(".")))
    return {"dnsSuffix": domain, "id": name, "partition": name, "reverseDnsPrefix": reverse}


_LOOKUPS: dict[str, tuple[Answer, frozenset[str]]] = {
    "aws:ec2/getAmi:getAmi": (ec2_lookups.image, frozenset({"filters", "mostRecent", "owners", "region"})),
    "aws:ec2/getInstanceTypeOfferings:getInstanceTypeOfferings": (
        ec2_lookups.offerings,
        frozenset({"filters", "locationType", "region"}),
    ),
    "aws:ec2/getSubnet:getSubnet": (ec2_lookups.subnet, frozenset({"cidrBlock", "id", "region"})),
    "aws:ecr/getImages:getImages": (ecr_lookups.images, frozenset({"repositoryName", "registryId", "region"})),
    "aws:ecr/getPullThroughCacheRule:getPullThroughCacheRule": (
        ecr_lookups.cache_rule,
        frozenset({"ecrRepositoryPrefix", "region"}),
    ),
    "aws:ecr/getRepositories:getRepositories": (ecr_lookups.repositories, frozenset({"region"})),
    "aws:ecr/getRepository:getRepository": (
        ecr_lookups.repository,
        frozenset({"name", "region", "registryId", "tags"}),
    ),
    "aws:ecr/getRepositoryCreationTemplate:getRepositoryCreationTemplate": (
        ecr_lookups.template,
        frozenset({"prefix", "region", "resourceTags"}),
    ),
    "aws:iam/getOpenIdConnectProvider:getOpenIdConnectProvider": (lookups.oidc, frozenset({"arn", "url", "tags"})),
    "aws:ssm/getParameter:getParameter": (lookups.parameter, frozenset({"name", "region", "withDecryption"})),
    "aws:ssm/getParametersByPath:getParametersByPath": (
        lookups.parameters_by_path,
        frozenset({"path", "recursive", "region", "withDecryption"}),
    ),
}


def invokes(emulator: Emulator | None) -> dict[str, Invoke | Lookup]:
    """Every function that is answered, by token."""

    def looked_up(token: str, answer: Answer, taken: frozenset[str]) -> Lookup:
        def find(store: Store, config: Properties, arguments: Properties) -> Properties:
            with worded(f"invoking {token}"):
                return answer(Account(emulator, store, config, arguments), arguments)

        return Lookup(find, taken)

    return {
        "aws:index/getCallerIdentity:getCallerIdentity": Invoke(_caller_identity),
        "aws:index/getRegion:getRegion": Invoke(_region, frozenset({"region"})),
        "aws:index/getPartition:getPartition": Invoke(_partition),
        **{token: looked_up(token, *about) for token, about in _LOOKUPS.items()},
    }
