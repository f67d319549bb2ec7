"""What a server on EC2 may be told."""

from typing import Literal

from components._settings import Settings


class Ec2Settings(Settings):
    """`vm:` with `kind: ec2`."""

    kind: Literal["ec2"]
