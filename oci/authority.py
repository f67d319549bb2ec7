"""Which certificate authority a registry's delivered variables say to trust besides the usual ones.

Owns: reading the two variables for it, a file's name and the certificates themselves. Does not own the connection.
"""

import base64
import binascii
from collections.abc import Mapping
from pathlib import Path

from contract.variables import Name

Authority = Path | str
"""A file of certificates, or the certificates themselves, in PEM."""

_BEGIN = "-----BEGIN CERTIFICATE-----"


def authority(variables: Mapping[str, str]) -> Authority | None:
    """What `variables` say; None where they name no authority.

    A file counts before the certificates. Raises ValueError, in words that follow the variable's name, where
    DOCKER_REGISTRY_CA is not what is delivered under it. Whether a file is there, the connection finds out.
    """
    file = variables.get(Name.DOCKER_REGISTRY_CA_FILE, "")
    if file:
        return Path(file)
    packed = variables.get(Name.DOCKER_REGISTRY_CA, "")
    if not packed:
        return None
    try:
        text = base64.b64decode(packed, validate=True).decode("ascii")
    except (binascii.Error, ValueError):
        text = ""
    if _BEGIN not in text:
        raise ValueError("is not the base64 of a certificate in PEM")
    return text
