"""Rules on how one gets into a registry: never without a credential, never in plain over a network.

Owns: what the components `snapdeploy:registry:*` say of themselves in `auth`, `address` and
`tls`. Does not own: a cloud's own resources behind them. A registry that does not say how it
is reached is refused like one that says it badly: it cannot be judged.
"""

import ipaddress
import re
from collections.abc import Iterator

from pulumi_policy import Severity

from policies._props import Gap, flag, printable, text
from policies._rule import Finding, Practice, Remark, Rule, Seen

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


def _authentication(seen: Seen) -> Iterator[Remark]:
    auth = text(seen.props, "auth")
    if auth is Gap.UNKNOWN:
        yield Gap.UNKNOWN
    elif auth is Gap.MISSING or auth == "":
        yield Finding(f"registry {seen} does not say how one logs in to it: `auth` is missing")
    elif isinstance(auth, str) and auth.lower() == _ANONYMOUS:
        yield Finding(f"registry {seen} asks for no credential: `auth` is {_ANONYMOUS}")


def _encryption(seen: Seen) -> Iterator[Remark]:
    tls = flag(seen.props, "tls")
    address = text(seen.props, "address")
    if tls is True:
        return
    host = "" if isinstance(address, Gap) else host_of(address)
    if is_loopback(host):
        return
    if Gap.UNKNOWN in (tls, address):
        yield Gap.UNKNOWN
        return
    said = "`tls` is missing" if tls is Gap.MISSING else "`tls` is false"
    where = f"at {printable(host)}, which is not this machine itself" if host else "and has no readable `address`"
    yield Finding(f"registry {seen} speaks plain HTTP ({said}) {where}")


RULES: tuple[Rule, ...] = (
    Rule(
        name="registry-requires-authentication",
        says="A registry lets nobody in without a credential.",
        refuses="a registry (`snapdeploy:registry:*`) whose `auth` is `anonymous`, empty or missing",
        why="whoever reaches it can push an image, and SnapDeploy deploys what is pushed",
        mend="give the registry a credential, e.g. `auth: static` with a generated password, "
        "or the cloud's own: `ecr`, `google`, `github-token`",
        severity=Severity.CRITICAL,
        practices=(Practice.TOKENS, Practice.PRIVATE),
        types=(_REGISTRIES,),
        judge=_authentication,
    ),
    Rule(
        name="plain-http-on-loopback-only",
        says="A registry speaks HTTPS, unless it listens on this machine's loopback address only.",
        refuses="a registry without `tls: true` whose `address` is not 127.0.0.0/8, ::1 or localhost",
        why="passwords and images can be read and replaced by anyone between the builder and the registry",
        mend="write `tls: true` for it and give it a certificate, or let it listen on 127.0.0.1 only",
        severity=Severity.HIGH,
        practices=(Practice.HTTPS,),
        types=(_REGISTRIES,),
        judge=_encryption,
    ),
)
