"""Where GitHub's API is: at its own address, and in a simulation only where a double of it answers.

A different address is taken under `SNAPDEPLOY_SIMULATED=1` and on loopback alone: a variable that
is left over in a shell must not carry a token to a stranger.
"""

from collections.abc import Mapping
from urllib.parse import urlsplit

from contract.image import is_loopback

API = "https://api.github.com"
SIMULATED = "SNAPDEPLOY_SIMULATED"
DOUBLE = "SNAPDEPLOY_SIMULATED_GITHUB_API"


def api(environ: Mapping[str, str]) -> str | None:
    """The API's address; None where GitHub is simulated and nothing stands in for its API.

    Raises ValueError for an address that may not be used.
    """
    simulated = environ.get(SIMULATED) == "1"
    double = environ.get(DOUBLE, "")
    if not double:
        return None if simulated else API
    if not simulated:
        raise ValueError(
            f"{DOUBLE} is set, and this is no simulation; a token would be sent there. Mend: unset {DOUBLE}"
        )
    parts = urlsplit(double)
    if parts.scheme != "http" or not is_loopback(parts.netloc) or parts.path.strip("/"):
        raise ValueError(f"{DOUBLE} is not http://127.0.0.1:<port>, and a double answers on this machine only")
    return double.rstrip("/")
