"""EC2: networks, and what may pass.

Owns: Vpc, Subnet, InternetGateway, RouteTable and its association, SecurityGroup and its rules. A route leads to an
internet gateway, and a rule is about one network; others are not simulated.
"""

from typing import Any, ClassVar

from tests.simulated.behaviour import Call
from tests.simulated.providers.aws.ec2 import Ec2, Ec2Tagging
from tests.simulated.providers.aws.kind import Task
from tests.simulated.providers.aws.place import Place
from tests.simulated.wire import Properties


class Vpc(Ec2):
    """A network."""

    noun = "EC2 VPC"
    begins = "vpc"
    replace_on_change = frozenset({"cidrBlock", "region"})
    stable = frozenset({"arn", "ownerId"})
    tagging = Ec2Tagging(given="vpc")

    def unset(self, call: Call) -> Properties:
        return {"enableDnsSupport": True, "enableDnsHostnames": False}

    def outputs(self, at: Place, id_: str, properties: Properties) -> Properties:
        return {"arn": at.arn("ec2", f"vpc/{id_}"), "ownerId": at.account}

    def make(self, task: Task) -> str:
        made = str(task.aws.create_vpc(CidrBlock=task.want["cidrBlock"], **task.tagged)["Vpc"]["VpcId"])
        self.change(task, made, {})
        return made

    def find(self, task: Task, id_: str) -> dict[str, Any]:
        there = task.aws.describe_vpcs(VpcIds=[id_])["Vpcs"][0]
        switches = {
            name: task.aws.describe_vpc_attribute(VpcId=id_, Attribute=name)[f"{name[0].upper()}{name[1:]}"]["Value"]
            for name in ("enableDnsSupport", "enableDnsHostnames")
        }
        return {"cidrBlock": there["CidrBlock"], **switches}

    def change(self, task: Task, id_: str, before: dict[str, Any]) -> None:
        task.aws.modify_vpc_attribute(VpcId=id_, EnableDnsSupport={"Value": task.want["enableDnsSupport"]})
        task.aws.modify_vpc_attribute(VpcId=id_, EnableDnsHostnames={"Value": task.want["enableDnsHostnames"]})

    def remove(self, task: Task, id_: str) -> None:
        task.aws.delete_vpc(VpcId=id_)


class Subnet(Ec2):
    """A part of a network in one zone."""

    noun = "EC2 Subnet"
    begins = "subnet"
    replace_on_change = frozenset({"availabilityZone", "cidrBlock", "vpcId", "region"})
    stable = frozenset({"arn", "availabilityZone", "ownerId"})
    filled = frozenset({"availabilityZone"})
    tagging = Ec2Tagging(given="subnet")

    def unset(self, call: Call) -> Properties:
        return {"mapPublicIpOnLaunch": False}

    def outputs(self, at: Place, id_: str, properties: Properties) -> Properties:
        zone = properties.get("availabilityZone") or f"{at.region}a"
        return {"arn": at.arn("ec2", f"subnet/{id_}"), "availabilityZone": zone, "ownerId": at.account}

    def make(self, task: Task) -> str:
        made = task.aws.create_subnet(
            **task.tagged, **task.pick(AvailabilityZone="availabilityZone", CidrBlock="cidrBlock", VpcId="vpcId")
        )
        return str(made["Subnet"]["SubnetId"])

    def find(self, task: Task, id_: str) -> dict[str, Any]:
        there = task.aws.describe_subnets(SubnetIds=[id_])["Subnets"][0]
        return {
            "availabilityZone": there["AvailabilityZone"],
            "cidrBlock": there["CidrBlock"],
            "mapPublicIpOnLaunch": there["MapPublicIpOnLaunch"],
            "vpcId": there["VpcId"],
        }

    def change(self, task: Task, id_: str, before: dict[str, Any]) -> None:
        task.aws.modify_subnet_attribute(SubnetId=id_, MapPublicIpOnLaunch={"Value": task.want["mapPublicIpOnLaunch"]})

    def remove(self, task: Task, id_: str) -> None:
        task.aws.delete_subnet(SubnetId=id_)


class InternetGateway(Ec2):
    """The way from a network to the internet."""

    noun = "EC2 Internet Gateway"
    begins = "igw"
    replace_on_change = frozenset({"region", "vpcId"})
    stable = frozenset({"arn", "ownerId"})
    tagging = Ec2Tagging(given="internet-gateway")

    def outputs(self, at: Place, id_: str, properties: Properties) -> Properties:
        return {"arn": at.arn("ec2", f"internet-gateway/{id_}"), "ownerId": at.account}

    def make(self, task: Task) -> str:
        id_ = str(task.aws.create_internet_gateway(**task.tagged)["InternetGateway"]["InternetGatewayId"])
        task.aws.attach_internet_gateway(InternetGatewayId=id_, VpcId=task.want["vpcId"])
        return id_

    def find(self, task: Task, id_: str) -> dict[str, Any]:
        there = task.aws.describe_internet_gateways(InternetGatewayIds=[id_])["InternetGateways"][0]
        return {"vpcId": there["Attachments"][0]["VpcId"]}

    def change(self, task: Task, id_: str, before: dict[str, Any]) -> None:
        """Nothing but its tags can change."""

    def remove(self, task: Task, id_: str) -> None:
        task.aws.detach_internet_gateway(InternetGatewayId=id_, VpcId=task.want["vpcId"])
        task.aws.delete_internet_gateway(InternetGatewayId=id_)


class RouteTable(Ec2):
    """Where packets go."""

    noun = "EC2 Route Table"
    begins = "rtb"
    replace_on_change = frozenset({"region", "routes", "vpcId"})
    stable = frozenset({"arn", "ownerId"})
    tagging = Ec2Tagging(given="route-table")

    def outputs(self, at: Place, id_: str, properties: Properties) -> Properties:
        return {"arn": at.arn("ec2", f"route-table/{id_}"), "ownerId": at.account}

    def make(self, task: Task) -> str:
        made = task.aws.create_route_table(VpcId=task.want["vpcId"], **task.tagged)
        id_ = str(made["RouteTable"]["RouteTableId"])
        for route in task.want.get("routes") or []:
            task.aws.create_route(
                RouteTableId=id_, DestinationCidrBlock=route["cidrBlock"], GatewayId=route["gatewayId"]
            )
        return id_

    def find(self, task: Task, id_: str) -> dict[str, Any]:
        there = task.aws.describe_route_tables(RouteTableIds=[id_])["RouteTables"][0]
        made = [route for route in there["Routes"] if route["Origin"] == "CreateRoute"]
        routes = [{"cidrBlock": one["DestinationCidrBlock"], "gatewayId": one["GatewayId"]} for one in made]
        return {"routes": routes, "vpcId": there["VpcId"]}

    def change(self, task: Task, id_: str, before: dict[str, Any]) -> None:
        """A changed route replaces the table here; only its tags change in place."""

    def remove(self, task: Task, id_: str) -> None:
        task.aws.delete_route_table(RouteTableId=id_)


class RouteTableAssociation(Ec2):
    """Which table a subnet has."""

    noun = "EC2 Route Table Association"
    begins = "rtbassoc"
    replace_on_change = frozenset({"region", "routeTableId", "subnetId"})

    def make(self, task: Task) -> str:
        made = task.aws.associate_route_table(**task.pick(RouteTableId="routeTableId", SubnetId="subnetId"))
        return str(made["AssociationId"])

    def find(self, task: Task, id_: str) -> dict[str, Any] | None:
        tables = task.aws.describe_route_tables(RouteTableIds=[task.want["routeTableId"]])["RouteTables"]
        for there in tables[0]["Associations"]:
            if there["RouteTableAssociationId"] == id_:
                return {"routeTableId": there["RouteTableId"], "subnetId": there["SubnetId"]}
        return None

    def remove(self, task: Task, id_: str) -> None:
        task.aws.disassociate_route_table(AssociationId=id_)


class SecurityGroup(Ec2):
    """A set of rules. One that is made lets everything out, and the provider takes that away."""

    noun = "EC2 Security Group"
    begins = "sg"
    replace_on_change = frozenset({"description", "name", "namePrefix", "region", "vpcId"})
    stable = frozenset({"arn", "ownerId"})
    write_only = frozenset({"revokeRulesOnDelete"})
    named_by = "name"
    tagging = Ec2Tagging(given="security-group")

    def outputs(self, at: Place, id_: str, properties: Properties) -> Properties:
        return {"arn": at.arn("ec2", f"security-group/{id_}"), "ownerId": at.account}

    def make(self, task: Task) -> str:
        made = task.aws.create_security_group(
            **task.tagged, **task.pick(Description="description", GroupName="name", VpcId="vpcId")
        )
        everything = [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]
        task.aws.revoke_security_group_egress(GroupId=made["GroupId"], IpPermissions=everything)
        return str(made["GroupId"])

    def find(self, task: Task, id_: str) -> dict[str, Any]:
        there = task.aws.describe_security_groups(GroupIds=[id_])["SecurityGroups"][0]
        return {"description": there["Description"], "name": there["GroupName"], "vpcId": there["VpcId"]}

    def change(self, task: Task, id_: str, before: dict[str, Any]) -> None:
        """Nothing but its tags can change."""

    def remove(self, task: Task, id_: str) -> None:
        task.aws.delete_security_group(GroupId=id_)


class Ingress(Ec2):
    """Who may come in, through which port."""

    noun = "VPC Security Group Ingress Rule"
    begins = "sgr"
    way: ClassVar[str] = "ingress"
    replace_on_change = frozenset(
        {"cidrIpv4", "cidrIpv6", "fromPort", "ipProtocol", "region", "securityGroupId", "toPort"}
    )
    stable = frozenset({"arn", "securityGroupRuleId"})
    tagging = Ec2Tagging(given="security-group-rule")

    def outputs(self, at: Place, id_: str, properties: Properties) -> Properties:
        return {"arn": at.arn("ec2", f"security-group-rule/{id_}"), "securityGroupRuleId": id_}

    def make(self, task: Task) -> str:
        want = task.want
        ranges = (
            {"IpRanges": [{"CidrIp": want["cidrIpv4"]}]}
            if want.get("cidrIpv4")
            else {"Ipv6Ranges": [{"CidrIpv6": want["cidrIpv6"]}]}
        )
        ports = {"IpProtocol": want["ipProtocol"], "FromPort": want["fromPort"], "ToPort": want["toPort"]}
        made = getattr(task.aws, f"authorize_security_group_{self.way}")(
            GroupId=want["securityGroupId"], IpPermissions=[{**ports, **ranges}], **task.tagged
        )
        return str(made["SecurityGroupRules"][0]["SecurityGroupRuleId"])

    def find(self, task: Task, id_: str) -> dict[str, Any]:
        there = task.aws.describe_security_group_rules(SecurityGroupRuleIds=[id_])["SecurityGroupRules"][0]
        return {
            "cidrIpv4": there.get("CidrIpv4"),
            "cidrIpv6": there.get("CidrIpv6"),
            "fromPort": there["FromPort"],
            "ipProtocol": there["IpProtocol"],
            "securityGroupId": there["GroupId"],
            "toPort": there["ToPort"],
        }

    def change(self, task: Task, id_: str, before: dict[str, Any]) -> None:
        """Here a changed rule is another; only its tags change in place."""

    def remove(self, task: Task, id_: str) -> None:
        getattr(task.aws, f"revoke_security_group_{self.way}")(
            GroupId=task.want["securityGroupId"], SecurityGroupRuleIds=[id_]
        )


class Egress(Ingress):
    """Where one may go, through which port."""

    noun = "VPC Security Group Egress Rule"
    way = "egress"
