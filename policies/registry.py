"""Rules on how one gets into a registry: never without a credential, never in plain over a network.

Owns: what the components `snapdeploy:registry:*` say of themselves in `auth`, `address` and
`tls`. Does not own: a cloud's own resources behind them. A registry that does not say how it
is reached is refused like one that says it badly: it cannot be judged.
"""

import ipaddress
import re

from pulumi_policy import (
    EnforcementLevel,
    Policy,
    ReportViolation,
    ResourceValidationArgs,
    ResourceValidationPolicy,
    Severity,
)

from policies._props import Gap, flag, message, printable, text

_REGISTRIES = "snapdeploy:registry:"
_ANONYMOUS = "anonymous"
_HOST = re.compile(r"(?:[a-z]+://)?(?:[^/@]*@)?(?:\[(?P<bracketed>[^\]/]*)\]|(?P<bare>[^/]*?))(?::[0-9]*)?(?:/.*)?")


def host_of(address: str) -> str:
    """The host in `address`, which may have a scheme, a port and a path; without brackets and user information."""
    try:
        return str(ipaddress.IPv6Address(address))
    except ValueError:
        found = _HOST.fullmatch(address.lower())
    return (found["bracketed"] or found["bare"] or "") if found else ""


def is_loopback(host: str) -> bool:
    """Whether `host` is this machine itself, so that nothing sent to it leaves it."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _authentication(args: ResourceValidationArgs, report: ReportViolation) -> None:
    if not args.resource_type.startswith(_REGISTRIES):
        return
    auth = text(args.props, "auth")
    if auth is Gap.MISSING or auth == "":
        fact = f"registry '{printable(args.name)}' does not say how one logs in to it: `auth` is missing"
    elif isinstance(auth, str) and auth.lower() == _ANONYMOUS:
        fact = f"registry '{printable(args.name)}' asks for no credential: `auth` is {_ANONYMOUS}"
    else:
        return
    report(
        message(
            fact,
            "whoever reaches it can push an image, and SnapDeploy deploys what is pushed",
            "give the registry a credential, e.g. `auth: static` with a generated password, "
            "or the cloud's own: `ecr`, `google`, `github-token`",
        ),
        None,
    )


def _encryption(args: ResourceValidationArgs, report: ReportViolation) -> None:
    if not args.resource_type.startswith(_REGISTRIES):
        return
    tls = flag(args.props, "tls")
    if tls in (True, Gap.UNKNOWN):
        return
    address = text(args.props, "address")
    if address is Gap.UNKNOWN:
        return
    host = "" if isinstance(address, Gap) else host_of(address)
    if is_loopback(host):
        return
    said = "`tls` is missing" if tls is Gap.MISSING else "`tls` is false"
    where = f"at {printable(host)}, which is not this machine itself" if host else "and has no readable `address`"
    report(
        message(
            f"registry '{printable(args.name)}' speaks plain HTTP ({said}) {where}",
            "passwords and images can be read and replaced by anyone between the builder and the registry",
            "write `tls: true` for it and give it a certificate, or let it listen on 127.0.0.1 only",
        ),
        None,
    )


RULES: tuple[Policy, ...] = (
    ResourceValidationPolicy(
        name="registry-requires-authentication",
        description="A registry lets nobody in without a credential.",
        validate=_authentication,
        enforcement_level=EnforcementLevel.MANDATORY,
        severity=Severity.CRITICAL,
        remediation_steps="Configure any kind of authentication but `anonymous` for the registry.",
    ),
    ResourceValidationPolicy(
        name="plain-http-on-loopback-only",
        description="A registry speaks HTTPS, unless it listens on this machine's loopback address only.",
        validate=_encryption,
        enforcement_level=EnforcementLevel.MANDATORY,
        severity=Severity.HIGH,
        remediation_steps="Set `tls: true` for the registry, or bind it to 127.0.0.1, ::1 or localhost.",
    ),
)
