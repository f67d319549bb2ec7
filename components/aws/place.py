"""Where a registry is: account, region, partition, and the ARNs and host names that follow from them.

Owns: every ARN, host and service principal that the other files write, so that a partition is right everywhere or
nowhere. Does not own: what stands at an ARN, or who may reach it. Pure.

Sources, read 2026-11:
- hosts, standard, FIPS and dual-stack: https://docs.aws.amazon.com/general/latest/gr/ecr.html and
  https://docs.aws.amazon.com/AmazonECR/latest/userguide/ecr-requests.html;
- the dual-stack host in China (`on.amazonwebservices.com.cn`): the image patterns of the kubelet's ECR credential
  provider in https://github.com/awslabs/amazon-eks-ami (the general reference lists no host for China);
- regions by partition: the regular expressions in botocore's `partitions.json`;
- regions with FIPS: botocore's `endpoints.json`, service `api.ecr`;
- service principals in China: https://docs.amazonaws.cn/en_us/AmazonECR/latest/userguide/repository-creation-templates-create-iam.html
  (ecr), https://docs.amazonaws.cn/en_us/eks/latest/userguide/pod-id-role.html (pods.eks), and
  https://github.com/terraform-aws-modules/terraform-aws-ecs/pull/125 (ecs-tasks): all end in `amazonaws.com` there too;
  of those used here only ec2 takes the partition's suffix, https://github.com/kubernetes/kops/issues/27.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator

from components._settings import MistakeError

_ACCOUNT = re.compile(r"[0-9]{12}")
_FIPS_REGIONS = frozenset({"us-east-1", "us-east-2", "us-west-1", "us-west-2", "us-gov-east-1", "us-gov-west-1"})


class Partition(StrEnum):
    """A part of AWS with accounts, ARNs and hosts of its own."""

    AWS = "aws"
    CHINA = "aws-cn"
    GOVCLOUD = "aws-us-gov"


class Endpoint(StrEnum):
    """Which of the registry's host names is used."""

    STANDARD = "standard"
    """IPv4, also through a VPC endpoint."""
    FIPS = "fips"
    """With validated cryptography; in the regions of the USA only."""
    DUAL_STACK = "dual-stack"
    """IPv4 and IPv6; not through a VPC endpoint."""


class Service(StrEnum):
    """An AWS service that acts for somebody, by the name in its principal."""

    EC2 = "ec2"
    ECS_TASKS = "ecs-tasks"
    EKS_PODS = "pods.eks"
    ECR = "ecr"
    DLM = "dlm"


_REGIONS = {
    Partition.GOVCLOUD: re.compile(r"us-gov-[a-z]+-[1-9][0-9]?"),
    Partition.CHINA: re.compile(r"cn-[a-z]+-[1-9][0-9]?"),
    Partition.AWS: re.compile(r"(?:us|eu|ap|sa|ca|me|af|il|mx)-[a-z]+-[1-9][0-9]?"),
}
_SUFFIX = {
    Partition.AWS: "amazonaws.com",
    Partition.CHINA: "amazonaws.com.cn",
    Partition.GOVCLOUD: "amazonaws.com",
}
_DUAL_STACK_SUFFIX = {
    Partition.AWS: "on.aws",
    Partition.CHINA: "on.amazonwebservices.com.cn",
    Partition.GOVCLOUD: "on.aws",
}


def partition_of(region: str) -> Partition:
    """The partition that `region` belongs to. Raises MistakeError where it is no region of the three that we know."""
    for partition, pattern in _REGIONS.items():
        if pattern.fullmatch(region):
            return partition
    raise MistakeError(
        "is not a region of AWS, AWS China or AWS GovCloud (US)",
        consequence="its ARNs and hosts would be a guess",
    )


def _account(text: str) -> str:
    if _ACCOUNT.fullmatch(text) is None:
        raise MistakeError("is not an account's id: 12 digits")
    return text


def _region(text: str) -> str:
    partition_of(text)
    return text


Account = Annotated[str, AfterValidator(_account)]
"""An AWS account's id; text, because YAML reads a number without quotes and drops its leading zeros."""

_KEY = re.compile(
    r"arn:(?P<partition>aws[a-z-]*):kms:(?P<region>[a-z0-9-]+):(?P<account>[0-9]{12}):key/[A-Za-z0-9-]{1,64}"
)


def _key(text: str) -> str:
    if _KEY.fullmatch(text) is None:
        raise MistakeError(
            "is not the ARN of a KMS key",
            "write the key's own ARN (`arn:aws:kms:<region>:<account>:key/<id>`): an alias can be pointed elsewhere",
        )
    return text


KeyArn = Annotated[str, AfterValidator(_key)]
"""The ARN of a KMS key."""


def region_of_key(key: str) -> str:
    """The region in which the key with that ARN works. Raises ValueError for what is no such ARN."""
    found = _KEY.fullmatch(key)
    if found is None:
        raise ValueError("not the ARN of a KMS key")
    return found["region"]


Region = Annotated[str, AfterValidator(_region)]
"""A region's name, such as `eu-west-1`."""


@dataclass(frozen=True)
class Place:
    """A registry's account and region. Raises MistakeError where one of them, or the endpoint there, cannot be."""

    account: str
    region: str
    endpoint: Endpoint = Endpoint.STANDARD

    def __post_init__(self) -> None:
        _account(self.account)
        mistake = endpoint_mistake(self.region, self.endpoint)
        if mistake is not None:
            raise mistake

    @property
    def partition(self) -> Partition:
        """The partition that the region belongs to."""
        return partition_of(self.region)

    @property
    def suffix(self) -> str:
        """The domain that the partition's API hosts end in."""
        return _SUFFIX[self.partition]

    @property
    def host(self) -> str:
        """The registry's host, as `docker login` takes it."""
        if self.endpoint is Endpoint.DUAL_STACK:
            return f"{self.account}.dkr-ecr.{self.region}.{_DUAL_STACK_SUFFIX[self.partition]}"
        name = "ecr-fips" if self.endpoint is Endpoint.FIPS else "ecr"
        return f"{self.account}.dkr.{name}.{self.region}.{self.suffix}"

    @property
    def audience(self) -> str:
        """What a web identity's token has to be made for.

        As https://github.com/aws-actions/configure-aws-credentials asks for it: with the suffix in China, without
        it elsewhere.
        """
        return f"sts.{self.suffix}"

    def arn(self, service: str, resource: str) -> str:
        """The ARN of `resource` of a regional service, such as `key/…` of kms."""
        return f"arn:{self.partition}:{service}:{self.region}:{self.account}:{resource}"

    def repository(self, name: str) -> str:
        """The ARN of the repository `name`; with `*` in it, of all whose names are like it."""
        return self.arn("ecr", f"repository/{name}")

    def repositories(self, namespace: str) -> str:
        """The ARN of every repository below `namespace`. One that is called `namespace` itself is none of them."""
        return self.repository(f"{namespace}/*")

    def iam(self, resource: str, account: str | None = None) -> str:
        """The ARN of an IAM `resource` (which has no region), such as `role/…`, in this account or in `account`."""
        return f"arn:{self.partition}:iam::{account or self.account}:{resource}"

    def root(self, account: str | None = None) -> str:
        """Whoever in the account the account's own policies let through, in this account or in `account`."""
        return self.iam("root", account)

    def service(self, service: Service) -> str:
        """The principal under which `service` comes."""
        return f"{service}.{self.suffix if service is Service.EC2 else 'amazonaws.com'}"

    def via(self, service: str) -> str:
        """The value of `kms:ViaService` where `service` asks KMS in somebody's name."""
        return f"{service}.{self.region}.{self.suffix}"

    def elsewhere(self, *, account: str | None = None, region: str | None = None) -> "Place":
        """Another account or region, at its standard host. Raises MistakeError where it is in another partition."""
        other = Place(account or self.account, region or self.region)
        if other.partition is not self.partition:
            raise MistakeError(
                f"is in partition `{other.partition}`, and the registry in `{self.partition}`",
                consequence="nothing reaches from one partition into another",
            )
        return other


def endpoint_mistake(region: str, endpoint: Endpoint) -> MistakeError | None:
    """Why `region` has no such endpoint; None where it has. Raises MistakeError where it is no region at all."""
    partition_of(region)
    if endpoint is Endpoint.FIPS and region not in _FIPS_REGIONS:
        return MistakeError(
            f"is `fips`, which {region} does not have",
            "write `endpoint: standard`, or a region of the USA",
            "the host's name would not resolve",
        )
    return None
