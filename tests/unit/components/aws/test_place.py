"""Hosts, ARNs and principals are right in every partition."""

import botocore.session
import pytest

from components._settings import MistakeError
from components.aws.place import Endpoint, Partition, Place, Service, endpoint_mistake, partition_of
from components.ecr.settings_access import AccountPrincipal

ACCOUNT = "123456789012"


@pytest.mark.parametrize(
    ("region", "endpoint", "host"),
    [
        ("us-east-1", Endpoint.STANDARD, "123456789012.dkr.ecr.us-east-1.amazonaws.com"),
        ("us-east-1", Endpoint.FIPS, "123456789012.dkr.ecr-fips.us-east-1.amazonaws.com"),
        ("us-east-1", Endpoint.DUAL_STACK, "123456789012.dkr-ecr.us-east-1.on.aws"),
        ("eu-central-1", Endpoint.STANDARD, "123456789012.dkr.ecr.eu-central-1.amazonaws.com"),
        ("us-gov-west-1", Endpoint.STANDARD, "123456789012.dkr.ecr.us-gov-west-1.amazonaws.com"),
        ("us-gov-west-1", Endpoint.FIPS, "123456789012.dkr.ecr-fips.us-gov-west-1.amazonaws.com"),
        ("us-gov-west-1", Endpoint.DUAL_STACK, "123456789012.dkr-ecr.us-gov-west-1.on.aws"),
        ("cn-north-1", Endpoint.STANDARD, "123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn"),
        ("cn-north-1", Endpoint.DUAL_STACK, "123456789012.dkr-ecr.cn-north-1.on.amazonwebservices.com.cn"),
    ],
)
def test_the_host_is_the_one_that_the_region_has(region: str, endpoint: Endpoint, host: str) -> None:
    assert Place(ACCOUNT, region, endpoint).host == host


@pytest.mark.parametrize("region", ["eu-west-1", "ca-central-1", "cn-north-1", "ap-south-1"])
def test_there_is_no_fips_host_outside_the_usa(region: str) -> None:
    mistake = endpoint_mistake(region, Endpoint.FIPS)
    assert mistake is not None
    assert region in mistake.what
    with pytest.raises(MistakeError):
        Place(ACCOUNT, region, Endpoint.FIPS)


def test_the_fips_regions_are_those_that_the_sdk_knows() -> None:
    endpoints = botocore.session.get_session().get_data("endpoints")
    known = {
        name.removeprefix("fips-dkr-")
        for partition in endpoints["partitions"]
        for name in partition["services"].get("api.ecr", {}).get("endpoints", {})
        if name.startswith("fips-dkr-")
    }
    ours = {region for region in _regions() if endpoint_mistake(region, Endpoint.FIPS) is None}
    assert ours == known


@pytest.mark.parametrize("partition", [str(partition) for partition in Partition])
def test_every_region_that_the_sdk_knows_is_in_its_partition(partition: str) -> None:
    session = botocore.session.get_session()
    regions = session.get_available_regions("ecr", partition_name=partition)
    assert regions
    assert {partition_of(region) for region in regions if "dkr" not in region} == {partition}


@pytest.mark.parametrize("partition", [str(partition) for partition in Partition])
def test_the_suffix_is_the_one_that_the_sdk_has_for_the_partition(partition: str) -> None:
    known = {
        one["id"]: one["outputs"]["dnsSuffix"]
        for one in botocore.session.get_session().get_data("partitions")["partitions"]
    }
    region = {"aws": "eu-west-1", "aws-cn": "cn-north-1", "aws-us-gov": "us-gov-east-1"}[partition]
    assert Place(ACCOUNT, region).suffix == known[partition]


@pytest.mark.parametrize(
    "region",
    [
        "",
        "us-east",
        "us-east-0",
        "US-EAST-1",
        "us-east-1a",
        "us-east-1 ",
        "us-iso-east-1",
        "eusc-de-east-1",
        "*",
        "mars-1",
    ],
)
def test_what_is_no_region_of_ours_is_refused(region: str) -> None:
    with pytest.raises(MistakeError):
        partition_of(region)


@pytest.mark.parametrize(
    "account", ["", "12345678901", "1234567890123", "12345678901a", "١٢٣٤٥٦٧٨٩٠١٢", "123456789012\n"]
)
def test_an_account_is_twelve_digits(account: str) -> None:
    with pytest.raises(MistakeError):
        Place(account, "us-east-1")
    with pytest.raises(ValueError, match="12 digits"):
        AccountPrincipal.model_validate({"from": "account", "account": account})


@pytest.mark.parametrize(
    ("region", "partition", "ec2", "audience"),
    [
        ("eu-west-1", "aws", "ec2.amazonaws.com", "sts.amazonaws.com"),
        ("us-gov-west-1", "aws-us-gov", "ec2.amazonaws.com", "sts.amazonaws.com"),
        ("cn-northwest-1", "aws-cn", "ec2.amazonaws.com.cn", "sts.amazonaws.com.cn"),
    ],
)
def test_arns_and_principals_are_those_of_the_partition(region: str, partition: str, ec2: str, audience: str) -> None:
    place = Place(ACCOUNT, region)
    assert place.repository("apps/web") == f"arn:{partition}:ecr:{region}:{ACCOUNT}:repository/apps/web"
    assert place.repositories("apps") == f"arn:{partition}:ecr:{region}:{ACCOUNT}:repository/apps/*"
    assert place.iam("role/push") == f"arn:{partition}:iam::{ACCOUNT}:role/push"
    assert place.root() == f"arn:{partition}:iam::{ACCOUNT}:root"
    assert place.root("210987654321") == f"arn:{partition}:iam::210987654321:root"
    assert place.arn("kms", "key/x") == f"arn:{partition}:kms:{region}:{ACCOUNT}:key/x"
    assert place.audience == audience
    assert {service: place.service(service) for service in Service} == {
        Service.EC2: ec2,
        Service.ECS_TASKS: "ecs-tasks.amazonaws.com",
        Service.EKS_PODS: "pods.eks.amazonaws.com",
        Service.ECR: "ecr.amazonaws.com",
        Service.DLM: "dlm.amazonaws.com",
    }


def test_kms_is_asked_through_the_host_of_the_region() -> None:
    assert Place(ACCOUNT, "eu-west-1").via("ecr") == "ecr.eu-west-1.amazonaws.com"
    assert Place(ACCOUNT, "cn-north-1").via("ecr") == "ecr.cn-north-1.amazonaws.com.cn"


def test_elsewhere_is_in_the_same_partition() -> None:
    place = Place(ACCOUNT, "us-east-1", Endpoint.FIPS)
    assert place.elsewhere(region="eu-west-1") == Place(ACCOUNT, "eu-west-1")
    assert place.elsewhere(account="210987654321") == Place("210987654321", "us-east-1")
    with pytest.raises(MistakeError, match="partition `aws-cn`"):
        place.elsewhere(region="cn-north-1")


def _regions() -> list[str]:
    session = botocore.session.get_session()
    return [
        region
        for partition in Partition
        for region in session.get_available_regions("ecr", partition_name=str(partition))
        if "dkr" not in region
    ]
