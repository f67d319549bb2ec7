"""The address of a state bucket, as `pulumi login` writes it. Pure.

Owns: reading it and refusing what no bucket is called. Bucket names:
https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html and
https://cloud.google.com/storage/docs/buckets#naming, read 2026-11; what both allow is taken.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from contract.problem import Problem, Problems

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{1,61}[a-z0-9]")
_TAKEN = ("xn--", "sthree-", "goog")


class Cloud(StrEnum):
    """Whose bucket it is, by the address's scheme."""

    AWS = "s3"
    GOOGLE = "gs"


@dataclass(frozen=True)
class Address:
    """A bucket of one of the clouds."""

    cloud: Cloud
    bucket: str


def parse(url: str) -> Address:
    """Reads `s3://bucket` or `gs://bucket`; raises Problems."""
    parts = urlsplit(url)
    mistake = ""
    if parts.scheme not in set(Cloud):
        mistake = f"{url!r} begins with neither s3:// nor gs://"
    elif parts.path.strip("/") or parts.query or parts.fragment:
        mistake = f"{url!r} names more than a bucket"
    elif _NAME.fullmatch(parts.netloc) is None or parts.netloc.startswith(_TAKEN):
        mistake = f"{parts.netloc!r} is not a bucket's name: 3 to 63 of a-z, 0-9 and '-' between them"
    if mistake:
        mend = "write s3://<bucket> or gs://<bucket>; region, project and location are options"
        raise Problems("The backend cannot be made", [Problem("--url", mistake, mend)])
    return Address(Cloud(parts.scheme), parts.netloc)
