"""Where a server for Harbor stands, and under which names it finds what it is told: all that its user data knows.

Owns: these words, and the endpoints that follow from cloud and region. Does not own: what lies under the names
(`ec2/`, `gce/`), or what the server makes of it (`files/`). Pure, and without a secret.
"""

import shlex
from dataclasses import asdict, dataclass
from typing import Literal

from components.aws.place import Place

_METADATA = "http://169.254.169.254"
"""The metadata service, link-local, of EC2 and of Compute Engine alike."""
_GOOGLE_SECRETS = "https://secretmanager.googleapis.com"
_MONITORING = "https://monitoring.googleapis.com"


@dataclass(frozen=True)
class BootPlace:
    """What a server's scripts find in `place.env`; every field is one variable there, in capitals."""

    cloud: Literal["ec2", "compute-engine"]
    region: str
    """EC2's region; on Compute Engine the zone's region."""
    scope: str
    """The AWS account, or Google's project."""
    wanted: str
    """The wanted document: the name of an SSM parameter, or of an attribute of the instance's metadata."""
    report: str
    """Where the report goes: the name of an SSM parameter, or a guest attribute, `namespace/key`."""
    secret: str
    """The secret document: the name in Secrets Manager, or `projects/P/secrets/S`."""
    device: str
    """The data disk: a path, or `ebs:data`, the one EBS volume that the system is not on."""
    maintenance: str
    """When updates are installed and may restart the server, UTC: `Sun 03:00`."""
    more: str = ""
    """Under what name SSM parameters hold the scripts that the user data have no room for, `<more>/0` and on; empty:
    the user data hold them all."""
    metadata_url: str = _METADATA
    ssm_url: str = ""
    """Empty: the region's own. Not used on Compute Engine."""
    secrets_url: str = ""
    """Empty: the region's Secrets Manager, or Google's Secret Manager; without a path."""
    monitoring_url: str = ""
    """Empty: the region's CloudWatch, or Google's Cloud Monitoring; without a path."""

    def variables(self) -> dict[str, str]:
        """The variables of `place.env`. Raises MistakeError where EC2 has no such region."""
        return {name.upper(): value for name, value in (asdict(self) | self._endpoints()).items()}

    def environment(self) -> str:
        """`place.env`, which a shell reads."""
        return "".join(f"{name}={shlex.quote(value)}\n" for name, value in self.variables().items())

    def _endpoints(self) -> dict[str, str]:
        if self.cloud == "ec2":
            suffix = f"{self.region}.{Place(self.scope, self.region).suffix}"
            own = {
                "ssm_url": f"https://ssm.{suffix}",
                "secrets_url": f"https://secretsmanager.{suffix}",
                "monitoring_url": f"https://monitoring.{suffix}",
            }
        else:
            own = {"secrets_url": _GOOGLE_SECRETS, "monitoring_url": _MONITORING}
        return {name: getattr(self, name) or default for name, default in own.items()}
