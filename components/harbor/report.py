"""A server's report: where it is read, and what it says.

Owns: reading it in the cloud with the deployer's own credentials, and its words. Does not own: waiting for it
(`ready.py`), or writing it (`boot/`). The clouds' libraries are loaded where they are used.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Any

from components._provided import Failed

HEALTHY = "healthy"
FAILED = "failed"


@dataclass(frozen=True)
class Said:
    """One report. Every text may be empty: it comes from a machine that may be half broken."""

    wanted: str = ""
    """The digest of the wanted document that it answers."""
    state: str = ""
    """`working`, `healthy` or `failed`."""
    step: str = ""
    message: str = ""
    version: str = ""
    instance: str = ""
    at: str = ""
    ca: str = ""
    log: str = ""

    @classmethod
    def read(cls, text: str) -> "Said":
        """The report in `text`; an empty one where it is JSON and none. Raises ValueError where it is no JSON."""
        found = json.loads(text)
        found = found if isinstance(found, dict) else {}
        return cls(**{each.name: str(found.get(each.name) or "") for each in fields(cls)})


Reader = Callable[[], Said | None]
"""Reads the report as it is now; None where there is none. Raises `Failed` where it may not be read."""


def reader(cloud: str, place: Mapping[str, str]) -> Reader:
    """How the report at `place` is read, see `components.harbor.server.Report`."""
    return {"ec2": _from_parameter, "compute-engine": _from_guest}[cloud](place)


def shell(cloud: str, place: Mapping[str, str], instance: str) -> str:
    """The command that opens a shell on the server, for whoever has to look."""
    if cloud == "ec2":
        return f"aws ssm start-session --region {place['region']} --target {instance or '<instance>'}"
    return (
        f"gcloud compute ssh {place['instance']} --tunnel-through-iap --project {place['project']} "
        f"--zone {place['zone']}"
    )


def _from_parameter(place: Mapping[str, str]) -> Reader:
    import boto3
    from botocore.exceptions import BotoCoreError, ClientError

    client: Any = boto3.client("ssm", region_name=place["region"])

    def read() -> Said | None:
        name = place["parameter"]
        try:
            return _said(client.get_parameter(Name=name)["Parameter"]["Value"])
        except ClientError as error:
            if error.response["Error"]["Code"] == "ParameterNotFound":
                return None
            raise Failed(_unreadable(f"the parameter {name}", str(error), "ssm:GetParameter on it")) from None
        except BotoCoreError as error:
            raise Failed(_unreadable(f"the parameter {name}", str(error), "a login to AWS")) from None

    return read


def _from_guest(place: Mapping[str, str]) -> Reader:
    import google.auth
    import google.auth.exceptions
    import google.auth.transport.requests
    import requests

    found_nothing = 404
    url = (
        f"https://compute.googleapis.com/compute/v1/projects/{place['project']}/zones/{place['zone']}"
        f"/instances/{place['instance']}/getGuestAttributes"
    )
    try:
        credentials, _ = google.auth.default(scopes=["https://www.googleapis.com/auth/cloud-platform"])
    except google.auth.exceptions.GoogleAuthError as error:
        raise Failed(_unreadable(f"{place['instance']}'s attribute", str(error), "a login to Google")) from None
    transport: Any = google.auth.transport.requests
    session = transport.AuthorizedSession(credentials)

    def read() -> Said | None:
        what = f"{place['instance']}'s guest attribute {place['attribute']}"
        try:
            answer = session.get(url, params={"queryPath": place["attribute"]}, timeout=30)
        except (requests.RequestException, google.auth.exceptions.GoogleAuthError) as error:
            raise Failed(_unreadable(what, str(error), "a login to Google")) from None
        if answer.status_code == found_nothing:
            return None
        if not answer.ok:
            said = f"HTTP {answer.status_code}"
            raise Failed(_unreadable(what, said, "compute.instances.getGuestAttributes")) from None
        items = answer.json().get("queryValue", {}).get("items", [])
        return _said(items[0]["value"]) if items else None

    return read


def _said(text: str) -> Said | None:
    try:
        return Said.read(text)
    except ValueError:
        # Its first value is put there before the server has written any.
        return None


def _unreadable(what: str, why: str, needed: str) -> str:
    return (
        f"whether the server is ready could not be read in {what}: {why}\n"
        f"so: nothing was made inside it\nmend: the deployer needs {needed}; then run it again"
    )
