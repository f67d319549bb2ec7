"""Rules on the providers that a program speaks to its clouds by: over TLS, and to the account that is meant.

Owns: what stands in a provider's configuration. Does not own: what the provider makes. A provider's values arrive as
JSON in texts where they are no texts themselves.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from pulumi_policy import Severity

from policies._props import Gap, printable, read, text
from policies._rule import Finding, Practice, Remark, Rule, Seen, StackRule

_PROVIDERS = "pulumi:providers:"
AWS = f"{_PROVIDERS}aws"
GOOGLE = f"{_PROVIDERS}gcp"
_INSECURE = (
    "insecure",
    "skipTlsVerify",
    "tlsSkipVerify",
    "insecureSkipTlsVerify",
    "skipTlsVerification",
    "allowInsecure",
)
_INSECURE_UNLESS_SAID = (f"{_PROVIDERS}harbor",)
_ADDRESSES = ("url", "host", "endpoint", "address", "baseUrl", "serverUrl", "apiUrl")
_LOOPBACK = ("http://127.", "http://localhost", "http://[::1]", "tcp://127.", "tcp://localhost", "tcp://[::1]")


def told(seen: Seen, name: str) -> object:
    """One value of a provider's configuration, out of its text; a `Gap` where there is none."""
    value = read(seen.props, name)
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value


def place(one: Seen, *, everywhere: bool = False) -> tuple[object, ...]:
    """The account and the region that a resource is in, as far as its provider says; a `Gap` where that is not known.

    What is the same in all regions has none: `everywhere`, and all that is Google's.
    """
    if one.provider is None:
        return ()
    account = told(one.provider, "project" if one.provider.type == GOOGLE else "allowedAccountIds")
    # An account that is not named is told apart by its provider.
    who: object = one.provider.urn if account is Gap.MISSING else account if isinstance(account, Gap) else str(account)
    if everywhere or one.provider.type == GOOGLE:
        return (who,)
    region = text(one.props, "region")
    return (who, told(one.provider, "region") if region is Gap.MISSING else region)


def _verifying(seen: Seen) -> Iterator[Remark]:
    for name in _INSECURE:
        said = told(seen, name)
        if said is Gap.UNKNOWN:
            yield Gap.UNKNOWN
        elif said is True:
            yield Finding(f"provider {seen} trusts any certificate: `{name}` is true")
    if seen.type in _INSECURE_UNLESS_SAID and told(seen, "insecure") is Gap.MISSING:
        yield Finding(f"provider {seen} trusts any certificate: `insecure` is missing, which means true to it")
    kubeconfig = read(seen.props, "kubeconfig")
    if kubeconfig is Gap.UNKNOWN:
        yield Gap.UNKNOWN
    elif isinstance(kubeconfig, str) and "insecure-skip-tls-verify" in kubeconfig:
        bare = kubeconfig.replace('"', "").replace(" ", "")
        if "insecure-skip-tls-verify:true" in bare:
            yield Finding(f"provider {seen} trusts any certificate: its kubeconfig has `insecure-skip-tls-verify`")


def _encrypted(seen: Seen) -> Iterator[Remark]:
    for name in _ADDRESSES:
        said = text(seen.props, name)
        if said is Gap.UNKNOWN:
            yield Gap.UNKNOWN
        elif isinstance(said, str):
            address = said.lower()
            if address.startswith(("http://", "tcp://")) and not address.startswith(_LOOPBACK):
                yield Finding(
                    f"provider {seen} speaks in plain: `{name}` is `{printable(said.partition('://')[0])}://…`"
                )


def _accounts(seen: Seen) -> list[str] | Gap:
    """The accounts that a provider admits; `Gap.MISSING` where it admits any."""
    found = told(seen, "project" if seen.type == GOOGLE else "allowedAccountIds")
    if isinstance(found, Gap):
        return found
    return [str(one) for one in found] if isinstance(found, list) else [str(found)]


def _bound(resources: list[Seen], _settings: Mapping[str, Any]) -> Iterator[Remark]:
    """One that only looks things up is passed over: it makes nothing in the wrong place."""
    making = {one.provider.urn: one.provider for one in resources if one.provider is not None}
    for seen in making.values():
        if seen.type not in (AWS, GOOGLE):
            continue
        accounts = _accounts(seen)
        if accounts is Gap.UNKNOWN:
            yield Gap.UNKNOWN
        elif not isinstance(accounts, list) or not accounts:
            name = "project" if seen.type == GOOGLE else "allowedAccountIds"
            yield Finding(f"provider {seen} takes whatever credentials it finds: `{name}` is missing", seen.urn)


def _configured(seen: Seen) -> Iterator[Remark]:
    wanted = frozenset(map(str, seen.settings["projects" if seen.type == GOOGLE else "accounts"]))
    accounts = _accounts(seen)
    if wanted and accounts is Gap.UNKNOWN:
        yield Gap.UNKNOWN
    for account in accounts if wanted and isinstance(accounts, list) else []:
        if account not in wanted:
            yield Finding(f"provider {seen} is for `{printable(account)}`, which this environment is not")
    regions = frozenset(map(str, seen.settings["regions"]))
    region = told(seen, "region")
    if regions and region is Gap.UNKNOWN:
        yield Gap.UNKNOWN
    elif regions and isinstance(region, str) and region not in regions:
        yield Finding(f"provider {seen} is in `{printable(region)}`, which this environment is not")


def _names(description: str) -> dict[str, object]:
    return {"type": "array", "items": {"type": "string"}, "default": [], "description": description}


RULES: tuple[Rule, ...] = (
    Rule(
        name="providers-verify-certificates",
        says="A provider speaks to the server that it means.",
        refuses="a provider with `insecure: true` or its like, one of Harbor's that does not say `insecure: false`,"
        " and a kubeconfig with `insecure-skip-tls-verify`",
        why="whoever is between reads the administrator's password and every secret, and answers in the server's place",
        mend="write `insecure: false`, and give the provider the authority's certificate",
        severity=Severity.CRITICAL,
        practices=(Practice.HTTPS,),
        types=(_PROVIDERS,),
        judge=_verifying,
    ),
    Rule(
        name="providers-use-tls",
        says="A provider speaks over TLS, unless to this machine.",
        refuses="a provider whose address is `http://…` or `tcp://…` elsewhere",
        why="passwords and secrets can be read on the way, by anyone",
        mend="write `https://…`, or reach it through a tunnel that ends on this machine",
        severity=Severity.HIGH,
        practices=(Practice.HTTPS,),
        types=(_PROVIDERS,),
        judge=_encrypted,
    ),
    StackRule(
        name="providers-name-their-account",
        says="A provider refuses the credentials of any account or project but its own.",
        refuses="an AWS provider that makes something without `allowedAccountIds`, and one of Google's without "
        "`project`",
        why="with another profile in the shell, the whole stack is made, or destroyed, somewhere else",
        mend="write `registries.<name>.account` (`allowedAccountIds`), or `project`; for resources without a "
        "provider of their own, `aws:allowedAccountIds` in the stack's config",
        severity=Severity.HIGH,
        over=_bound,
    ),
    Rule(
        name="places-are-as-configured",
        says="What this environment makes is in the accounts and regions that are its own.",
        refuses="a provider for an account, project or region that the setting does not name, where it names any",
        why="a value copied from another environment puts this one's images, or its rights, into that one",
        mend="correct `registries.<name>.account` and `region`, or `registries.<name>.project` and `location`, or else "
        "the pack's config",
        severity=Severity.HIGH,
        settings={
            "accounts": _names("AWS accounts of this environment; none: any"),
            "projects": _names("Google projects of this environment; none: any"),
            "regions": _names("regions and locations of this environment; none: any"),
        },
        types=(AWS, GOOGLE),
        judge=_configured,
    ),
)
