"""How a Harbor is set as a whole: who may do what without a project, where people log in, what becomes of its logs.

Owns: these values, setting them, and noticing that somebody has changed one. Does not own the calls (`api.py`).

Not by the bridge: it writes every key that it knows whenever it writes one, among them the read-only switch that a
restore uses; and its audit log purge names operations, where Harbor 2.13 and later want event types:
https://github.com/goharbor/terraform-provider-harbor/blob/v3.10.21/client/system.go

What Harbor cannot do: its administrator cannot be deleted or locked out of its API, which this program itself needs.
With `adminLogin: false` people are sent to the identity provider at once, and no page leads to the other form.
"""

from collections.abc import Mapping
from typing import Any

import pulumi
from pulumi.dynamic import CreateResult, Resource, UpdateResult

from components._provided import PRESENT_SINCE, Failed, Properties, Provider, known
from components.harbor.inside.robot_account import PREFIX
from components.harbor.inside.settings import InsideSettings

# https://github.com/goharbor/harbor/blob/v2.15.2/src/pkg/auditext/model/model.go
_EVENTS = (
    "create_artifact",
    "delete_artifact",
    "pull_artifact",
    "create_project",
    "delete_project",
    "delete_repository",
    "login_user",
    "logout_user",
    "create_user",
    "delete_user",
    "update_user",
    "create_robot",
    "delete_robot",
    "update_configure",
)
_PURGED_AT = "0 30 0 * * *"
_SCOPE = "openid,profile,email,offline_access"


def values(settings: InsideSettings, *, admin_login: bool) -> dict[str, Any]:
    """Harbor's keys and what they are set to; no secret among them."""
    common: dict[str, Any] = {
        "project_creation_restriction": "adminonly",
        "self_registration": False,
        "robot_name_prefix": PREFIX,
        "robot_token_duration": settings.robot.days,
        "audit_log_forward_endpoint": settings.audit_log.forward or "",
        "skip_audit_log_database": False,
        # A scan is no pull: what nobody but the scanner reads is unused.
        "scanner_skip_update_pulltime": True,
    }
    oidc = settings.oidc
    if oidc is None:
        return {**common, "auth_mode": "db_auth"}
    return {
        **common,
        "auth_mode": "oidc_auth",
        "primary_auth_mode": not admin_login,
        "oidc_name": "sso",
        "oidc_endpoint": oidc.issuer,
        "oidc_client_id": oidc.client_id,
        "oidc_groups_claim": oidc.groups_claim or "",
        "oidc_admin_group": oidc.admin_group or "",
        "oidc_scope": _SCOPE,
        "oidc_user_claim": oidc.user_claim,
        "oidc_verify_cert": True,
        "oidc_auto_onboard": oidc.auto_onboard,
    }


def purge(days: int) -> dict[str, Any]:
    """The daily job that lets entries of the audit log go after `days`."""
    return {
        "parameters": {
            "audit_retention_hour": days * 24,
            "include_event_types": ",".join(_EVENTS),
            "dry_run": False,
        },
        "schedule": {"type": "Custom", "cron": _PURGED_AT},
    }


class ConfigurationProvider(Provider):
    """Sets Harbor, and compares it at each preview and update."""

    def drift(self, olds: Properties, news: Properties) -> str | None:
        asked = ("url", "admin_password", "ca", "values", "purge_after")
        if not olds or not all(known(news[key]) for key in asked) or olds.get("url") != news["url"]:
            return None
        from components.harbor.inside.api import HarborApi
        from oci.errors import RegistryError

        try:
            with HarborApi(news["url"], news["admin_password"], news["ca"] or "", patient=False) as api:
                return difference(api.configuration(), olds["values"], api.purge_schedule())
        except (RegistryError, ValueError):
            return None  # what cannot be asked is no reason to set anything

    def create(self, props: dict[str, Any]) -> CreateResult:
        return CreateResult("configuration", _settle(props))

    def update(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> UpdateResult:
        return UpdateResult(_settle(_news))


class Configuration(Resource, module="snapdeploy", name="HarborConfiguration"):
    """How Harbor is set. Deleting it changes nothing: there is no Harbor without."""

    def __init__(self, name: str, props: Mapping[str, Any], opts: pulumi.ResourceOptions) -> None:
        """`props`: `url`, `admin_password`, `ca`, `values`, `client_secret` (or empty) and `purge_after`, in days."""
        super().__init__(ConfigurationProvider(), name, {**props, PRESENT_SINCE: None}, opts)


def difference(found: Mapping[str, Any], wanted: Mapping[str, Any], schedule: Mapping[str, Any]) -> str | None:
    """What is not as it was left, in words; None where all is."""
    changed = sorted(key for key, value in wanted.items() if key in found and found[key] != value)
    if (schedule.get("schedule") or {}).get("cron") != _PURGED_AT:
        changed.append("the purge of audit logs")
    return f"changed by somebody: {', '.join(changed)}" if changed else None


def _settle(props: Properties) -> dict[str, Any]:
    from components.harbor.inside.api import HarborApi
    from oci.errors import RegistryError

    told = {key: int(value) if isinstance(value, float) else value for key, value in props["values"].items()}
    if props["client_secret"]:
        told["oidc_client_secret"] = props["client_secret"]
    try:
        with HarborApi(props["url"], props["admin_password"], props["ca"] or "") as api:
            api.configure(told)
            exists = bool(api.purge_schedule().get("schedule"))
            api.set_purge_schedule(purge(int(props["purge_after"])), exists=exists)
    except (RegistryError, ValueError) as failure:
        reason = str(failure)
        if props["client_secret"]:
            reason = reason.replace(props["client_secret"], "[secret]")
        raise Failed(f"Harbor is not set as declared: {reason}\nrun it again: what is set already stays") from None
    return dict(props)
