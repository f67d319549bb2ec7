"""What a server on EC2 may be told: sizes against the dated table, networks, and what contradicts itself."""

import gzip
import json
from importlib import resources
from typing import Any

import pytest
from pydantic import ValidationError

from components.harbor.ec2 import facts
from components.harbor.ec2.settings import Ec2Settings

LEAST = {"kind": "ec2", "account": "123456789012", "region": "us-east-1"}
KEY = "arn:aws:kms:eu-west-1:123456789012:key/00000000-0000-0000-0000-000000000000"


def of_aws() -> dict[str, Any]:
    """AWS's own answer to DescribeInstanceTypes, as moto carries it."""
    packed = resources.files("moto") / "ec2" / "resources" / "instance_types.json.gz"
    answer: dict[str, Any] = json.loads(gzip.decompress(packed.read_bytes()))
    return answer


def told(**keys: Any) -> Ec2Settings:
    return Ec2Settings.model_validate({**LEAST, **keys})


def test_the_least_that_can_be_said_is_a_server() -> None:
    settings = told()
    assert (settings.size, settings.data_gib, settings.metrics_from) == (facts.Size(2, 8), 160, ())
    assert len(list(settings.warnings())) == 1, "t3.large has half the recommended CPUs"
    assert list(told(instanceType="t3.xlarge").warnings()) == []
    (warning,) = told(instanceType="t3.xlarge", dataGib=60).warnings()
    assert "less than the 160" in warning


def test_the_table_is_what_aws_says() -> None:
    known = of_aws()
    for name in facts.document()["types"]:
        size = facts.size_of(name)
        assert size == facts.Size(
            known[name]["VCpuInfo"]["DefaultVCpus"], known[name]["MemoryInfo"]["SizeInMiB"] // 1024
        )
        assert known[name]["ProcessorInfo"]["SupportedArchitectures"] == ["x86_64"]


def test_arm_is_known_by_its_name() -> None:
    for name, about in of_aws().items():
        arm = about["ProcessorInfo"]["SupportedArchitectures"] == ["arm64"]
        try:
            told(instanceType=name, cpus=8, memoryGib=32)
            refused = ""
        except ValidationError as error:
            refused = str(error)
        assert ("processors are Arm" in refused) == arm, name


def test_a_type_that_we_do_not_know_says_its_size_itself() -> None:
    assert told(instanceType="z9.large", cpus=4, memoryGib=16).size == facts.Size(4, 16)


@pytest.mark.parametrize(
    ("keys", "what"),
    [
        ({"instanceType": "z9.large"}, "whose size we do not know"),
        ({"instanceType": "z9.large", "cpus": 4}, "whose size we do not know"),
        ({"instanceType": "z9.large", "cpus": 1, "memoryGib": 8}, "Harbor needs 2 and 4 at least"),
        ({"instanceType": "z9.large", "cpus": 2, "memoryGib": 2}, "Harbor needs 2 and 4 at least"),
        ({"instanceType": "t3.large", "memoryGib": 16}, "another size than that of t3.large"),
        ({"instanceType": "large"}, "is not an instance type"),
        ({"dataGib": 39}, "Harbor needs 40 at least"),
        ({"network": {"vpc": "vpc-0123456789abcdef0"}}, "names a `vpc` without a `subnet`"),
        ({"network": {"subnet": "subnet-0123456789abcdef0"}}, "names a `subnet` without a `vpc`"),
        (
            {"network": {"vpc": "vpc-01234567", "subnet": "subnet-01234567", "cidr": "10.0.0.0/24"}},
            "beside a network that exists",
        ),
        ({"network": {"cidr": "10.0.0.0/8"}}, "from /16 to /28"),
        ({"network": {"cidr": "8.8.8.0/24"}}, "not a private IPv4 network"),
        ({"network": {"cidr": "203.0.113.0/24"}}, "not a private IPv4 network"),
        ({"network": {"zone": "eu-west-1a"}}, "which is not in us-east-1"),
        ({"metricsFrom": ["0.0.0.0/0"]}, "is the whole internet"),
        ({"metricsFrom": ["::/0"]}, "is the whole internet"),
        ({"metricsFrom": ["10.0.0.1/8"]}, "is not a network"),
        ({"allowFrom": []}, "at least 1"),
        ({"allowFrom": ["everybody"]}, "is not a network"),
        ({"maintenance": "Sunday 03:00"}, "is not a day and a time"),
        ({"maintenance": "Sun 24:00"}, "is not a day and a time"),
        ({"snapshots": {"at": "1:00"}}, "is not a time"),
        ({"key": KEY}, "names a KMS key in eu-west-1 for a server in us-east-1"),
        ({"key": "alias/harbor"}, "is not the ARN of a KMS key"),
        ({"image": "ubuntu"}, "is not the id of an image"),
        ({"sshFrom": ["0.0.0.0/0"]}, "Extra inputs are not permitted"),
    ],
)
def test_what_cannot_be_is_refused(keys: dict[str, Any], what: str) -> None:
    with pytest.raises(ValidationError) as caught:
        told(**keys)
    assert what in str(caught.value)


def test_every_key_says_what_it_means_by_an_example_that_works() -> None:
    for name, field in Ec2Settings.model_fields.items():
        assert field.description, name
        assert field.examples, name


@pytest.mark.parametrize("partition", ["aws", "aws-cn", "aws-us-gov"])
def test_the_images_publisher_is_known_in_each_partition(partition: str) -> None:
    assert facts.images(partition).owner.isdigit()
