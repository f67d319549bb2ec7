"""What stands in the way of a Harbor on Kubernetes, looked up before anything is declared.

Owns: whether the kubeconfig is there, and whether the chart that its repository serves is the one that was meant. Does
not own: the cluster, which is asked by nobody before the update. Reads, and changes nothing.

Helm compares no checksum of what it fetches from such a repository. Here it is compared, on the same machine a moment
before; what the repository serves in the moment after is not seen.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

from components._base import Obstacle, Surroundings
from components.harbor.kubernetes.charts import chart
from components.harbor.kubernetes.settings import KubernetesSettings

_SECONDS = 30.0


def obstacles(
    settings: KubernetesSettings,
    version: str,
    surroundings: Surroundings,
    fetch: Callable[[str], bytes] | None = None,
) -> Iterator[Obstacle]:
    """Everything in the way. `version` is Harbor's; `fetch` gets an address, and raises OSError where it cannot."""
    if settings.kubeconfig is not None and not Path(settings.kubeconfig).is_file():
        yield Obstacle(
            ("kubernetes", "kubeconfig"),
            "is no file",
            "write the kubeconfig's path, or delete the line for the default one",
            "the provider would take the path for the content",
        )
    if surroundings.simulated:
        return
    wanted = chart(version, settings.chart)
    try:
        mistake = wanted.mistake((fetch or _fetch)(wanted.url))
    except OSError as error:
        yield Obstacle(
            ("kubernetes", "chart"),
            f"could not be fetched from {wanted.url}: {error}",
            "let this machine reach the repository of charts: Helm fetches it from here as well",
            "nothing could be installed",
        )
        return
    if mistake is not None:
        yield Obstacle(("kubernetes", "chart"), mistake.what, mistake.mend, mistake.consequence)


def _fetch(url: str) -> bytes:
    import httpx

    try:
        return httpx.get(url, timeout=_SECONDS, follow_redirects=True).raise_for_status().content
    except httpx.HTTPError as error:
        raise OSError(str(error) or type(error).__name__) from error
