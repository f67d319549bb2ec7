"""Harbor as the registry that the builder pushes to."""

from components._base import Registry
from components.harbor.settings import HarborSettings


class Harbor(Registry):
    """A Harbor of one's own."""

    TYPE = "snapdeploy:registry:Harbor"
    Settings = HarborSettings
