"""What EC2 answers when it is asked: the newest image, where an instance type is to be had, and a subnet.

Owns: these answers. Without an emulator every type is to be had in the zones a and b. moto knows no image of this
decade, so that one is made up, the same each time.
"""

import hashlib
from typing import Any

from tests.simulated.behaviour import CloudError
from tests.simulated.providers.aws.kind import MADE
from tests.simulated.providers.aws.lookups import Account
from tests.simulated.wire import Properties, Value, plain

_SUBNET = "aws:ec2/subnet:Subnet"
_IMAGE_TEXTS = (
    *("bootMode", "deprecationTime", "description", "imageOwnerAlias", "imdsSupport", "kernelId", "lastLaunchedTime"),
    *("platform", "platformDetails", "ramdiskId", "rootSnapshotId", "sriovNetSupport", "tpmSupport", "usageOperation"),
)
_SUBNET_TEXTS = (
    *("availabilityZoneId", "customerOwnedIpv4Pool", "ipv6CidrBlock", "ipv6CidrBlockAssociationId", "outpostArn"),
    "privateDnsHostnameTypeOnLaunch",
)
_SUBNET_SWITCHES = (
    *("assignIpv6AddressOnCreation", "defaultForAz", "enableDns64", "enableResourceNameDnsARecordOnLaunch"),
    *("enableResourceNameDnsAaaaRecordOnLaunch", "ipv6Native", "mapCustomerOwnedIpOnLaunch"),
)


def image(there: Account, arguments: Properties) -> Properties:
    """An image of the publisher and the name that are asked for."""
    owners, filters = arguments.get("owners") or [], arguments.get("filters") or []
    id_ = f"ami-{hashlib.sha256(str([owners, filters, there.place.region]).encode()).hexdigest()[:17]}"
    owner = owners[0] if isinstance(owners, list) and owners else there.place.account
    return {
        **dict.fromkeys(_IMAGE_TEXTS, ""),
        **{name: arguments.get(name) for name in ("executableUsers", "nameRegex", "uefiData")},
        **{name: arguments.get(name) is True for name in ("allowUnsafeFilter", "includeDeprecated", "mostRecent")},
        "architecture": "x86_64",
        "arn": f"arn:{there.place.partition}:ec2:{there.place.region}::image/{id_}",
        "blockDeviceMappings": [],
        "creationDate": MADE,
        "enaSupport": True,
        "filters": filters,
        "hypervisor": "xen",
        "id": id_,
        "imageId": id_,
        "imageLocation": f"{owner}/simulated",
        "imageType": "machine",
        "name": f"simulated-{id_}",
        "ownerId": owner,
        "owners": owners,
        "productCodes": [],
        "public": True,
        "region": there.place.region,
        "rootDeviceName": "/dev/sda1",
        "rootDeviceType": "ebs",
        "state": "available",
        "stateReason": {},
        "tags": {},
        "virtualizationType": "hvm",
    }


def offerings(there: Account, arguments: Properties) -> Properties:
    """The zones in which the instance type that is asked for is to be had."""
    filters: Any = plain(arguments.get("filters")) or []
    aws = there.client("ec2")
    zones: list[Value]
    if aws is None:
        zones = [f"{there.place.region}a", f"{there.place.region}b"]
    else:
        asked = [{"Name": one["name"], "Values": one["values"]} for one in filters]
        found = aws.describe_instance_type_offerings(LocationType="availability-zone", Filters=asked)
        zones = sorted(one["Location"] for one in found["InstanceTypeOfferings"])
    types = [value for one in filters if one["name"] == "instance-type" for value in one["values"]]
    return {
        "filters": filters,
        "id": there.place.region,
        "instanceTypes": [types[0] if types else "" for _ in zones],
        "locationType": arguments.get("locationType") or "region",
        "locationTypes": ["availability-zone" for _ in zones],
        "locations": zones,
        "region": there.place.region,
    }


def subnet(there: Account, arguments: Properties) -> Properties:
    """The subnet of an id, or with these addresses. Raises CloudError where it is not there."""
    aws = there.client("ec2")
    if aws is None:
        known = there.stored(_SUBNET)
    else:
        known = {
            raw["SubnetId"]: {
                "availabilityZone": raw["AvailabilityZone"],
                "cidrBlock": raw["CidrBlock"],
                "mapPublicIpOnLaunch": raw["MapPublicIpOnLaunch"],
                "vpcId": raw["VpcId"],
            }
            for raw in aws.describe_subnets()["Subnets"]
        }
    for id_, found in known.items():
        if id_ == arguments.get("id") or ("id" not in arguments and found["cidrBlock"] == arguments.get("cidrBlock")):
            return {
                **dict.fromkeys(_SUBNET_TEXTS, ""),
                **dict.fromkeys(_SUBNET_SWITCHES, False),
                "arn": there.place.arn("ec2", f"subnet/{id_}"),
                "availabilityZone": found["availabilityZone"],
                "availableIpAddressCount": 251,
                "cidrBlock": found["cidrBlock"],
                "enableLniAtDeviceIndex": 0,
                "filters": None,
                "id": id_,
                "mapPublicIpOnLaunch": found["mapPublicIpOnLaunch"],
                "ownerId": there.place.account,
                "region": there.place.region,
                "state": "available",
                "tags": {},
                "vpcId": found["vpcId"],
            }
    raise CloudError("no matching EC2 Subnet found")
