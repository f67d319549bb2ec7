"""EC2: networks, and what may pass.

Owns: Vpc, Subnet, InternetGateway, RouteTable and its association, SecurityGroup and its rules. A route leads to an
internet gateway, and a rule is about one network; others are not simulated, and a changed one is another.
"""

from typing import Any, ClassVar

from tests.simulated.behaviour import Call
from tests.simulated.providers.aws.ec2 import Ec2, Ec2Tagging
from tests.simulated.providers.aws.kind import Task
from tests.simulated.providers.aws.place import Place
from tests.simulated.wire import Properties

_SWITCHES = {"enableDnsHostnames": "EnableDnsHostnames", "enableDnsSupport": "EnableDnsSupport"}


class Vpc(Ec2):
    """A network."""

    noun = "EC2 VPC"
    begins, what, field = "vpc", "vpc", "Vpc"
    same: ClassVar[dict[str, str]] = {"CidrBlock": "cidrBlock"}
    replace_on_change = frozenset({"cidrBlock", "region"})
    tagging = Ec2Tagging(given="vpc")

    def unset(self, call: Call) -> Properties:
        return {"enableDnsSupport": True, "enableDnsHostnames": False}

    def make(self, task: Task) -> str:
        id_ = super().make(task)
        self.change(task, id_, {})
        return id_

    def find(self, task: Task, id_: str) -> dict[str, Any]:
        asked = {own: task.aws.describe_vpc_attribute(VpcId=id_, Attribute=own) for own in _SWITCHES}
        on = {own: asked[own][name]["Value"] for own, name in _SWITCHES.items()}
        return {"cidrBlock": self.there(task, id_)["CidrBlock"], **on}

    def change(self, task: Task, id_: str, before: dict[str, Any]) -> None:
        for own, name in _SWITCHES.items():
            task.aws.modify_vpc_attribute(VpcId=id_, **{name: {"Value": task.want[own]}})


class Subnet(Ec2):
    """A part of a network in one zone."""

    noun = "EC2 Subnet"
    begins, what, field = "subnet", "subnet", "Subnet"
    same: ClassVar[dict[str, str]] = {
        "AvailabilityZone": "availabilityZone",
        "CidrBlock": "cidrBlock",
        "VpcId": "vpcId",
    }
    replace_on_change = frozenset({"availabilityZone", "cidrBlock", "vpcId", "region"})
    stable = frozenset({"arn", "availabilityZone"})
    filled = frozenset({"availabilityZone"})
    tagging = Ec2Tagging(given="subnet")

    def unset(self, call: Call) -> Properties:
        return {"mapPublicIpOnLaunch": False}

    def outputs(self, at: Place, id_: str, properties: Properties) -> Properties:
        zone = properties.get("availabilityZone") or f"{at.region}a"
        return {**super().outputs(at, id_, properties), "availabilityZone": zone}

    def find(self, task: Task, id_: str) -> dict[str, Any]:
        there = self.there(task, id_)
        told = {own: there[name] for name, own in self.same.items()}
        return {**told, "mapPublicIpOnLaunch": there["MapPublicIpOnLaunch"]}


class InternetGateway(Ec2):
    """The way from a network to the internet."""

    noun = "EC2 Internet Gateway"
    begins, what, field = "igw", "internet_gateway", "InternetGateway"
    replace_on_change = frozenset({"region", "vpcId"})
    tagging = Ec2Tagging(given="internet-gateway")

    def make(self, task: Task) -> str:
        id_ = super().make(task)
        task.aws.attach_internet_gateway(InternetGatewayId=id_, VpcId=task.want["vpcId"])
        return id_

    def find(self, task: Task, id_: str) -> dict[str, Any]:
        return {"vpcId": self.there(task, id_)["Attachments"][0]["VpcId"]}

    def remove(self, task: Task, id_: str) -> None:
        task.aws.detach_internet_gateway(InternetGatewayId=id_, VpcId=task.want["vpcId"])
        super().remove(task, id_)


class RouteTable(Ec2):
    """Where packets go."""

    noun = "EC2 Route Table"
    begins, what, field = "rtb", "route_table", "RouteTable"
    same: ClassVar[dict[str, str]] = {"VpcId": "vpcId"}
    replace_on_change = frozenset({"region", "routes", "vpcId"})
    tagging = Ec2Tagging(given="route-table")

    def make(self, task: Task) -> str:
        id_ = super().make(task)
        for route in task.want.get("routes") or []:
            ends = {"DestinationCidrBlock": route["cidrBlock"], "GatewayId": route["gatewayId"]}
            task.aws.create_route(RouteTableId=id_, **ends)
        return id_

    def find(self, task: Task, id_: str) -> dict[str, Any]:
        there = self.there(task, id_)
        made = [route for route in there["Routes"] if route["Origin"] == "CreateRoute"]
        routes = [{"cidrBlock": one["DestinationCidrBlock"], "gatewayId": one["GatewayId"]} for one in made]
        return {"routes": routes, "vpcId": there["VpcId"]}


class RouteTableAssociation(Ec2):
    """Which table a subnet has."""

    noun = "EC2 Route Table Association"
    begins = "rtbassoc"
    same: ClassVar[dict[str, str]] = {"RouteTableId": "routeTableId", "SubnetId": "subnetId"}
    replace_on_change = frozenset({"region", "routeTableId", "subnetId"})

    def make(self, task: Task) -> str:
        return str(task.aws.associate_route_table(**task.pick(**self.same))["AssociationId"])

    def find(self, task: Task, id_: str) -> dict[str, Any] | None:
        (table,) = task.aws.describe_route_tables(RouteTableIds=[task.want["routeTableId"]])["RouteTables"]
        ours = [one for one in table["Associations"] if one["RouteTableAssociationId"] == id_]
        return {own: ours[0][name] for name, own in self.same.items()} if ours else None

    def remove(self, task: Task, id_: str) -> None:
        task.aws.disassociate_route_table(AssociationId=id_)


class SecurityGroup(Ec2):
    """A set of rules. One that is made lets everything out, and the provider takes that away."""

    noun = "EC2 Security Group"
    begins, what, field = "sg", "security_group", "Group"
    same: ClassVar[dict[str, str]] = {"Description": "description", "GroupName": "name", "VpcId": "vpcId"}
    replace_on_change = frozenset({"description", "name", "namePrefix", "region", "vpcId"})
    named_by = "name"
    tagging = Ec2Tagging(given="security-group")

    def make(self, task: Task) -> str:
        id_ = super().make(task)
        everything = [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]
        task.aws.revoke_security_group_egress(GroupId=id_, IpPermissions=everything)
        return id_


class Ingress(Ec2):
    """Who may come in, through which port."""

    noun = "VPC Security Group Ingress Rule"
    begins, what, field = "sgr", "security_group_rule", "SecurityGroupRule"
    same: ClassVar[dict[str, str]] = {
        "CidrIpv4": "cidrIpv4",
        "CidrIpv6": "cidrIpv6",
        "FromPort": "fromPort",
        "GroupId": "securityGroupId",
        "IpProtocol": "ipProtocol",
        "ToPort": "toPort",
    }
    way: ClassVar[str] = "ingress"
    replace_on_change = frozenset({*same.values(), "region"})
    tagging = Ec2Tagging(given="security-group-rule")

    def make(self, task: Task) -> str:
        ports = task.pick(FromPort="fromPort", IpProtocol="ipProtocol", ToPort="toPort")
        four, six = task.pick(CidrIp="cidrIpv4"), task.pick(CidrIpv6="cidrIpv6")
        rule = {**ports, **({"IpRanges": [four]} if four else {}), **({"Ipv6Ranges": [six]} if six else {})}
        made = getattr(task.aws, f"authorize_security_group_{self.way}")(
            GroupId=task.want["securityGroupId"], IpPermissions=[rule], **task.tagged
        )
        return str(made["SecurityGroupRules"][0]["SecurityGroupRuleId"])

    def remove(self, task: Task, id_: str) -> None:
        revoke = getattr(task.aws, f"revoke_security_group_{self.way}")
        revoke(GroupId=task.want["securityGroupId"], SecurityGroupRuleIds=[id_])


class Egress(Ingress):
    """Where one may go, through which port."""

    noun = "VPC Security Group Egress Rule"
    way = "egress"
