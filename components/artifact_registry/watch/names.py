"""What the parts of one watch are called, known before any is made.

Owns: names and full names. Does not own: what is behind them. A project has one room for all its metrics, alerts and
accounts, so the location is in every name.

Limits, read 2026-11: a log-based metric 100 characters (https://docs.cloud.google.com/logging/docs/reference/v2/rest/v2/
projects.metrics), a workflow 64, a trigger 63, a service account's id 6 to 30 (https://docs.cloud.google.com/iam/docs/
service-accounts-create).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from components._slug import slug
from components.gcp.place import Place

_ACCOUNT = 30
TOPIC = "container-analysis-occurrences-v1"
"""What Container Analysis publishes to; the name is Google's."""


@dataclass(frozen=True)
class Names:
    """The names of the watch over one repository, and over the caches beside it."""

    place: Place
    namespace: str
    caches: tuple[str, ...] = ()

    @classmethod
    def of_all(cls, place: Place, namespace: str, repositories: Sequence[str]) -> "Names":
        """For `repositories`, in which the standard one may be or not."""
        return cls(place, namespace, tuple(one for one in dict.fromkeys(repositories) if one != namespace))

    @property
    def prefix(self) -> str:
        """Before every name."""
        return f"{slug(f'{self.namespace}-{self.place.location}')}-watch"

    def of(self, role: str) -> str:
        """The name of the metric, alert, workflow or trigger that plays `role`."""
        return f"{self.prefix}-{role}"

    def account(self, role: str) -> str:
        """The id of the service account that plays `role`: what does not fit is cut, with a hash of the whole."""
        return slug(f"{self.namespace}-{self.place.location}-{role}", _ACCOUNT)

    @property
    def repositories(self) -> tuple[str, ...]:
        """The ids of all repositories, the standard one first."""
        return (self.namespace, *self.caches)

    @property
    def topic(self) -> str:
        """The full name of Container Analysis' topic."""
        return f"projects/{self.place.project}/topics/{TOPIC}"
