"""Rules on machines, of AWS and of Google: who reaches them, what they give away, and what is left when they go.

Owns: instances, their disks, and the openings of their networks. Does not own: what runs on them, or what their user
data holds (`plain_secrets.py`).
"""

from collections.abc import Iterable, Iterator, Mapping

from pulumi_policy import EnforcementLevel, Severity

from policies._props import Gap, Props, flag, groups, inside, number, text, words
from policies._rule import Finding, Practice, Remark, Rule, Seen

INSTANCE = "aws:ec2/instance:Instance"
TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"
VOLUME = "aws:ebs/volume:Volume"
GOOGLE_INSTANCE = "gcp:compute/instance:Instance"
GOOGLE_DISK = "gcp:compute/disk:Disk"
_GROUP = "aws:ec2/securityGroup:SecurityGroup"
_RULE = "aws:ec2/securityGroupRule:SecurityGroupRule"
_INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
_FIREWALL = "gcp:compute/firewall:Firewall"
_EVERYWHERE = ("0.0.0.0/0", "::/0")
_ALL_PROTOCOLS = ("-1", "all")


def _metadata(seen: Seen) -> Iterator[Remark]:
    tokens = inside(seen.props, "metadataOptions", "httpTokens")
    endpoint = inside(seen.props, "metadataOptions", "httpEndpoint")
    hops = inside(seen.props, "metadataOptions", "httpPutResponseHopLimit")
    if Gap.UNKNOWN in (tokens, endpoint, hops):
        yield Gap.UNKNOWN
    if endpoint == "disabled":
        return
    if tokens not in ("required", Gap.UNKNOWN):
        yield Finding(
            f"{seen} answers for its credentials without a token: `metadataOptions.httpTokens` is not `required`"
        )
    most = float(seen.settings["hops"])
    if isinstance(hops, int | float) and hops > most:
        yield Finding(f"{seen} answers for its credentials {hops:.0f} hops away: a container in it can ask")


def _open(seen: Seen) -> Iterator[Remark]:
    allowed = {float(port) for port in seen.settings["publicPorts"]}
    for opening in _openings(seen):
        if isinstance(opening, Gap):
            yield opening
            continue
        ports, everything = opening
        if everything:
            yield Finding(f"{seen} lets the whole internet reach every port")
        elif not all(low == high and low in allowed for low, high in ports):
            wrong = [(low, high) for low, high in ports if low != high or low not in allowed]
            told = ", ".join(f"{low:.0f}" if low == high else f"{low:.0f}-{high:.0f}" for low, high in wrong[:3])
            yield Finding(f"{seen} lets the whole internet reach port {told}")


_Opening = tuple[list[tuple[float, float]], bool]


def _openings(seen: Seen) -> Iterator[_Opening | Gap]:
    """The ports that the whole internet reaches, and whether that is all of them."""
    if seen.type == _FIREWALL:
        yield from _of_google(seen.props)
    elif seen.type == _GROUP:
        told = groups(seen.props, "ingress")
        for one in told if isinstance(told, list) else [told]:
            yield from _of_aws(one, "cidrBlocks", "ipv6CidrBlocks", "protocol") if isinstance(one, Mapping) else [one]
    elif seen.type == _RULE:
        way = text(seen.props, "type")
        if way is Gap.UNKNOWN:
            yield way
        elif way == "ingress":
            yield from _of_aws(seen.props, "cidrBlocks", "ipv6CidrBlocks", "protocol")
    else:
        yield from _of_aws(seen.props, "cidrIpv4", "cidrIpv6", "ipProtocol")


def _of_aws(props: Props, v4: str, v6: str, protocol: str) -> Iterator[_Opening | Gap]:
    sources = [*_listed(words(props, v4)), *_listed(words(props, v6))]
    if Gap.UNKNOWN in sources:
        yield Gap.UNKNOWN
    if not any(source in _EVERYWHERE for source in sources):
        return
    kind, low, high = text(props, protocol), number(props, "fromPort"), number(props, "toPort")
    if kind in _ALL_PROTOCOLS:
        yield [], True
    elif Gap.UNKNOWN in (kind, low, high):
        yield Gap.UNKNOWN
    elif isinstance(low, Gap) or isinstance(high, Gap):
        yield [], True
    else:
        yield [(low, high)], False


def _of_google(props: Props) -> Iterator[_Opening | Gap]:
    way, off = text(props, "direction"), flag(props, "disabled")
    sources = words(props, "sourceRanges")
    allows = groups(props, "allows")
    tagged = words(props, "sourceTags")
    if Gap.UNKNOWN in (way, off, sources, allows):
        yield Gap.UNKNOWN
        return
    if way == "EGRESS" or off is True or isinstance(allows, Gap):
        return
    # Without a source that it is for, a rule is for all of them.
    everywhere = isinstance(sources, Gap) and isinstance(tagged, Gap)
    if not everywhere and not any(source in _EVERYWHERE for source in _listed(sources)):
        yield from [Gap.UNKNOWN] if Gap.UNKNOWN in _listed(sources) else ()
        return
    for one in allows:
        if isinstance(one, Gap):
            yield one
            continue
        ports = words(one, "ports")
        if ports is Gap.UNKNOWN:
            yield ports
        elif text(one, "protocol") in _ALL_PROTOCOLS or isinstance(ports, Gap) or not ports:
            yield [], True
        else:
            yield [_range(port) for port in ports if isinstance(port, str)], False


def _range(port: str) -> tuple[float, float]:
    low, _, high = port.partition("-")
    return float(low), float(high or low)


def _listed(found: list[str | Gap] | Gap) -> list[str | Gap]:
    return found if isinstance(found, list) else [found]


def _encrypted(seen: Seen) -> Iterator[Remark]:
    for place, told in _disks(seen):
        if told is Gap.UNKNOWN:
            yield Gap.UNKNOWN
        elif told is not True:
            yield Finding(f"{place} of {seen} is not encrypted: `encrypted` is not true")


def _disks(seen: Seen) -> Iterator[tuple[str, object]]:
    if seen.type == VOLUME:
        yield "the volume", flag(seen.props, "encrypted")
        return
    if seen.type == INSTANCE:
        yield "`rootBlockDevice`", inside(seen.props, "rootBlockDevice", "encrypted")
    name = "ebsBlockDevices" if seen.type == INSTANCE else "blockDeviceMappings"
    told = groups(seen.props, name)
    if isinstance(told, Gap):
        if seen.type == TEMPLATE or told is Gap.UNKNOWN:
            yield f"`{name}`", told
        return
    for one in told:
        if isinstance(one, Gap):
            yield f"`{name}`", one
        elif seen.type == INSTANCE:
            yield f"`{name}`", flag(one, "encrypted")
        else:
            said = inside(one, "ebs", "encrypted")
            # The launch template of AWS's types says it as a text.
            yield f"`{name}`", said == "true" if isinstance(said, str) else said


def _survives(seen: Seen) -> Iterator[Remark]:
    name = {INSTANCE: "disableApiTermination", GOOGLE_INSTANCE: "deletionProtection"}.get(seen.type)
    if seen.protected:
        return
    if name is None:
        yield Finding(f"{seen} holds data, and is not protected: the option `protect` is not set")
        return
    said = flag(seen.props, name)
    # Data on disks of their own, each of them judged for itself. Google's protection would refuse a replacement.
    elsewhere = groups(seen.props, "attachedDisks") if seen.type == GOOGLE_INSTANCE else Gap.MISSING
    if said is True or (isinstance(elsewhere, list) and elsewhere):
        return
    if Gap.UNKNOWN in (said, elsewhere):
        yield Gap.UNKNOWN
    else:
        yield Finding(f"{seen} can be deleted by mistake: neither `{name}` nor the option `protect` is set")


def _hidden(seen: Seen) -> Iterator[Remark]:
    if seen.type == INSTANCE:
        said = flag(seen.props, "associatePublicIpAddress")
        if said is Gap.UNKNOWN:
            yield Gap.UNKNOWN
        elif said is not False:
            shown = "is true" if said is True else "is missing, and the subnet decides"
            yield Finding(f"{seen} may have a public address: `associatePublicIpAddress` {shown}")
        return
    interfaces = groups(seen.props, "networkInterfaces")
    for one in interfaces if isinstance(interfaces, list) else [interfaces]:
        found = one if isinstance(one, Gap) else groups(one, "accessConfigs")
        if found is Gap.UNKNOWN:
            yield Gap.UNKNOWN
        elif isinstance(found, list) and not all(map(_is_reserved, found)):
            yield Finding(
                f"{seen} has a public address that is nobody's choice: its `accessConfigs` name no `natIp` of its own"
            )


def _is_reserved(access: Props | Gap) -> bool:
    """Whether a machine's public address is one that the program reserved, which it may not have made yet."""
    return not isinstance(access, Gap) and (isinstance(found := text(access, "natIp"), str) or found is Gap.UNKNOWN)


def _own_account(seen: Seen) -> Iterable[Remark]:
    email = inside(seen.props, "serviceAccount", "email")
    if email is Gap.UNKNOWN:
        # An account that is not made yet is no default one.
        return
    if isinstance(inside(seen.props, "serviceAccount"), Gap):
        return
    if not isinstance(email, str) or email.endswith("-compute@developer.gserviceaccount.com"):
        yield Finding(f"{seen} runs as the project's default service account")


def _shielded(seen: Seen) -> Iterator[Remark]:
    for name in ("enableVtpm", "enableIntegrityMonitoring"):
        said = inside(seen.props, "shieldedInstanceConfig", name)
        if said is Gap.UNKNOWN:
            yield Gap.UNKNOWN
        elif said is False:
            yield Finding(f"`shieldedInstanceConfig.{name}` of {seen} is false")


def _own_doors(seen: Seen) -> Iterator[Remark]:
    blocked = inside(seen.props, "metadata", "block-project-ssh-keys")
    serial = inside(seen.props, "metadata", "serial-port-enable")
    login = inside(seen.props, "metadata", "enable-oslogin")
    if Gap.UNKNOWN in (blocked, serial, login):
        yield Gap.UNKNOWN
    if Gap.UNKNOWN not in (blocked, login) and not (_yes(blocked) or _yes(login)):
        yield Finding(f"{seen} lets in every SSH key of the project: `block-project-ssh-keys` is not set")
    if _yes(serial):
        yield Finding(f"{seen} can be reached by its serial port: `serial-port-enable` is set")


def _yes(said: object) -> bool:
    return str(said).lower() in ("true", "1", "y", "yes")


RULES: tuple[Rule, ...] = (
    Rule(
        name="machine-credentials-need-a-token",
        says="A machine gives its credentials to what runs on it, and to nobody through it.",
        refuses="an EC2 instance or launch template without `metadataOptions.httpTokens: required`, or with more "
        "hops than the setting `hops`",
        why="a request that the machine is tricked into, or a container on it, reads the role's credentials",
        mend="write `metadataOptions: {httpTokens: required, httpPutResponseHopLimit: 1}`",
        severity=Severity.HIGH,
        checks=("EC2.8", "CKV_AWS_79", "CKV_AWS_341"),
        practices=(Practice.TOKENS,),
        settings={
            "hops": {
                "type": "number",
                "default": 1,
                "description": "how many hops an answer may go; 2 where a container itself uses the role",
            }
        },
        types=(INSTANCE, TEMPLATE),
        judge=_metadata,
    ),
    Rule(
        name="machine-ports-are-closed",
        says="The internet reaches a machine's public ports, and no others.",
        refuses="a security group or firewall that lets 0.0.0.0/0 or ::/0 reach another port than those of "
        "`publicPorts`",
        why="what listens there is attacked within minutes: SSH, a metrics page without a password, a database",
        mend="name who may reach it (`cidrBlocks`, `sourceRanges`), or add the port to the pack's config",
        severity=Severity.CRITICAL,
        checks=(
            "EC2.18",
            "EC2.53",
            "EC2.54",
            "CKV_AWS_24",
            "CKV_AWS_25",
            "CKV_AWS_260",
            "CKV_AWS_277",
            "CKV_GCP_2",
            "CKV_GCP_3",
            "CKV_GCP_106",
        ),
        practices=(Practice.PRIVATE,),
        settings={
            "publicPorts": {
                "type": "array",
                "items": {"type": "number"},
                "default": [443],
                "description": "ports that the internet may reach",
            }
        },
        types=(_GROUP, _RULE, _INGRESS, _FIREWALL),
        judge=_open,
    ),
    Rule(
        name="machine-disks-are-encrypted",
        says="Every disk is encrypted.",
        refuses="an EBS volume, an instance's disk or a launch template's without `encrypted: true`",
        why="whoever gets a snapshot or the medium reads every image and every stored credential",
        mend="write `encrypted: true` on the volume, the `rootBlockDevice` and each block device",
        severity=Severity.HIGH,
        checks=("EC2.3", "EC2.7", "CKV_AWS_3", "CKV_AWS_8"),
        types=(INSTANCE, TEMPLATE, VOLUME),
        judge=_encrypted,
    ),
    Rule(
        name="machine-data-is-protected",
        says="A machine with data, and a disk, cannot be deleted by mistake.",
        refuses="a disk without the option `protect`, and a machine with neither that nor its cloud's own protection; "
        "but not a machine of Google's whose data are on `attachedDisks`",
        why="a renamed resource, or a `destroy` on the wrong stack, takes every image with it",
        mend="write `registries.<name>.protect: true` (`protect`, `disableApiTermination`, `deletionProtection`)",
        severity=Severity.MEDIUM,
        level=EnforcementLevel.ADVISORY,
        types=(INSTANCE, VOLUME, GOOGLE_INSTANCE, GOOGLE_DISK),
        judge=_survives,
    ),
    Rule(
        name="machine-has-no-public-address",
        says="A machine is reached through a load balancer or a private network.",
        refuses="an instance with a public address that is not a reserved one (an Elastic IP, a `natIp`), or whose "
        "subnet decides about one",
        why="every port that a mistake opens is then open to the internet",
        mend="put it behind a load balancer (`associatePublicIpAddress: false`, no `accessConfigs`), or exempt it "
        "by name",
        severity=Severity.MEDIUM,
        level=EnforcementLevel.ADVISORY,
        checks=("EC2.9", "EC2.15", "CKV_AWS_88", "CKV_GCP_40"),
        practices=(Practice.PRIVATE,),
        types=(INSTANCE, GOOGLE_INSTANCE),
        judge=_hidden,
    ),
    Rule(
        name="google-machine-has-own-account",
        says="A machine of Google's runs as a service account of its own.",
        refuses="an instance whose `serviceAccount` is the project's default one",
        why="that account is an editor of the whole project in many of them, and every other machine's too",
        mend="make an account for it (`serviceAccount.email`)",
        severity=Severity.HIGH,
        checks=("CKV_GCP_30", "CKV_GCP_31"),
        practices=(Practice.ROLES,),
        types=(GOOGLE_INSTANCE,),
        judge=_own_account,
    ),
    Rule(
        name="google-machine-is-shielded",
        says="A machine of Google's tells when its boot was tampered with.",
        refuses="an instance with `enableVtpm` or `enableIntegrityMonitoring` turned off",
        why="what was planted below the operating system stays, and nobody is told",
        mend="remove what turns it off (`shieldedInstanceConfig`)",
        severity=Severity.MEDIUM,
        checks=("CKV_GCP_39",),
        types=(GOOGLE_INSTANCE,),
        judge=_shielded,
    ),
    Rule(
        name="google-machine-has-own-doors",
        says="A machine of Google's lets in who is named for it.",
        refuses="an instance that takes the project's SSH keys, or has its serial port on",
        why="whoever may log in to any machine of the project may log in to this one",
        mend="write `metadata: {enable-oslogin: TRUE}` or `{block-project-ssh-keys: TRUE}`",
        severity=Severity.MEDIUM,
        checks=("CKV_GCP_32", "CKV_GCP_34", "CKV_GCP_35"),
        practices=(Practice.ROLES,),
        types=(GOOGLE_INSTANCE,),
        judge=_own_doors,
    ),
)
