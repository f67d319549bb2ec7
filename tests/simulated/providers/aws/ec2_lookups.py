"""What EC2 answers when it is asked: the newest image, and a subnet.

Owns: both answers. moto knows no image of this decade, so that one is made up, the same each time.
"""

import hashlib

from tests.simulated.behaviour import CloudError
from tests.simulated.providers.aws.lookups import Account
from tests.simulated.wire import Properties

_SUBNET = "aws:ec2/subnet:Subnet"


def image(there: Account, arguments: Properties) -> Properties:
    """An image of the publisher and the name that are asked for."""
    filters = arguments.get("filters")
    text = str([arguments.get("owners"), filters, there.place.region])
    id_ = f"ami-{hashlib.sha256(text.encode()).hexdigest()[:17]}"
    owners = arguments.get("owners")
    return {
        "architecture": "x86_64",
        "id": id_,
        "imageId": id_,
        "name": f"simulated-{id_}",
        "ownerId": owners[0] if isinstance(owners, list) and owners else there.place.account,
        "region": there.place.region,
        "tags": {},
    }


def subnet(there: Account, arguments: Properties) -> Properties:
    """A subnet by its id. Raises CloudError where it is not there."""
    id_ = str(arguments["id"])
    aws = there.client("ec2")
    if aws is None:
        found = there.stored(_SUBNET).get(id_)
        if found is None:
            raise CloudError("no matching EC2 Subnet found")
        return {"availabilityZone": found["availabilityZone"], "id": id_, "vpcId": found["vpcId"]}
    raw = aws.describe_subnets(SubnetIds=[id_])["Subnets"][0]
    return {"availabilityZone": raw["AvailabilityZone"], "id": id_, "vpcId": raw["VpcId"]}
