"""What there is only one of in an account and region, and whose it is.

Owns: the scanning and replication configuration, the registry's policy and the account settings, each only where
the config says so, and the owner's mark on each: an SSM parameter, which a second stack finds before it changes
anything (`preflight.py`), and cannot make a second time. Does not own: what is replicated where (`replication.py`).

To give one up changes nothing that others may rely on: only the mark goes.
"""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any

import pulumi
import pulumi_aws as aws

from components._base import Component
from components.ecr.settings import AccountSettingSettings, Frequency, ScanningSettings

MARKS = "/snapdeploy-registry/ecr"
"""Below it, one parameter for each configuration that is owned; its value names the owner."""

_FREQUENCY = {
    Frequency.SCAN_ON_PUSH: "SCAN_ON_PUSH",
    Frequency.CONTINUOUS_SCAN: "CONTINUOUS_SCAN",
    Frequency.MANUAL: "MANUAL",
}
_SETTINGS = {
    "basic_scan_version": "BASIC_SCAN_TYPE_VERSION",
    "blob_mounting": "BLOB_MOUNTING",
    "registry_policy_scope": "REGISTRY_POLICY_SCOPE",
}


class Singleton(StrEnum):
    """The configurations of which there is one, by the name of their mark."""

    SCANNING = "scanning"
    REPLICATION = "replication"
    REGISTRY_POLICY = "registry-policy"
    SETTINGS = "settings"

    @property
    def mark(self) -> str:
        """The parameter that names the owner."""
        return f"{MARKS}/{self}"


class Owned(Component):
    """One configuration of one region, under its mark."""

    TYPE = "snapdeploy:ecr:AccountWide"

    def __init__(
        self,
        name: str,
        singleton: Singleton,
        *,
        owner: str,
        region: str,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, {"singleton": str(singleton), "owner": owner, "region": region}, opts)
        # Ours in the account and not in the state, after a run that was cut off: taken back.
        ours = owners(region, pulumi.InvokeOptions(parent=self)).get(singleton.mark) == owner
        self._mark = aws.ssm.Parameter(
            self.child("mark"),
            name=singleton.mark,
            type="String",
            insecure_value=owner,  # no secret: who owns it is to be read in a preview
            description=f"Who owns the account's ECR {singleton} configuration in {region}",
            region=region,
            opts=self.options(**({"import_": singleton.mark} if ours else {})),
        )

    def below_mark(self, after: Sequence[pulumi.Resource] = ()) -> pulumi.ResourceOptions:
        """Options of what is owned: after the mark and `after`, and left as it is when the ownership ends."""
        # The mark comes first: where somebody else was quicker, its making fails before anything is overwritten.
        return self.options(depends_on=[self._mark, *after], retain_on_delete=True)


class Scanning(Owned):
    """What is scanned, and when."""

    def __init__(
        self,
        name: str,
        settings: ScanningSettings,
        *,
        namespace: str,
        owner: str,
        region: str,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, Singleton.SCANNING, owner=owner, region=region, opts=opts)
        aws.ecr.RegistryScanningConfiguration(
            self.child("configuration"),
            scan_type=settings.type.upper(),
            rules=scanning_rules(settings, namespace),
            region=region,
            opts=self.below_mark(),
        )
        self.register_outputs({})


class AccountSettings(Owned):
    """The account's own switches; those that are left out stay as they are."""

    def __init__(
        self,
        name: str,
        settings: AccountSettingSettings,
        *,
        owner: str,
        region: str,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, Singleton.SETTINGS, owner=owner, region=region, opts=opts)
        for key, value in settings.model_dump(exclude_none=True).items():
            aws.ecr.AccountSetting(
                self.child(key.replace("_", "-")),
                name=_SETTINGS[key],
                value=value,
                region=region,
                opts=self.below_mark(),
            )
        self.register_outputs({})


class RegistryPolicy(Owned):
    """What other accounts may do in this registry, whatever the repository."""

    def __init__(
        self,
        name: str,
        document: str,
        *,
        owner: str,
        region: str,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, Singleton.REGISTRY_POLICY, owner=owner, region=region, opts=opts)
        aws.ecr.RegistryPolicy(self.child("policy"), policy=document, region=region, opts=self.below_mark())
        self.register_outputs({})


def owners(region: str, options: pulumi.InvokeOptions) -> dict[str, str]:
    """The owner of each configuration in `region` that has one, by its mark."""
    marks = aws.ssm.get_parameters_by_path(path=MARKS, region=region, opts=options)
    return dict(zip(marks.names, marks.values, strict=True))


def scanning_rules(settings: ScanningSettings, namespace: str) -> list[Any]:
    """The rules as the provider has them: one a frequency, each with all its filters; AWS takes no more."""
    filters = {chosen.pattern: chosen.frequency for chosen in settings.filters.values()}
    filters = filters or {f"{namespace}/*": Frequency.SCAN_ON_PUSH}
    return [
        {
            "scan_frequency": _FREQUENCY[frequency],
            "repository_filters": [
                {"filter": pattern, "filter_type": "WILDCARD"} for pattern, when in filters.items() if when is frequency
            ],
        }
        for frequency in Frequency
        if frequency in filters.values()
    ]
