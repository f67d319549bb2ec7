"""The program under test: what is inside a Harbor, and a delivery of its robot."""

import pulumi

from components.harbor.inside.inside import Door, Inside
from components.harbor.inside.settings import InsideSettings
from tests.engine.harbor_inside.delivering import Delivery

config = pulumi.Config()
url = config.require("url")
inside = Inside(
    "inside",
    InsideSettings.model_validate({"robot": {"rotation": config.get("rotation") or "first"}}),
    Door(url, config.require_secret("admin"), ""),
    namespace="snapdeploy-apps",
    owner="org/registry/test/main",
    protect=False,
    tags={},
    after=(),
)
Delivery(
    "delivery",
    {"url": url, "username": inside.username, "password": inside.password, "file": config.require("file")},
)
pulumi.export("username", inside.username)
pulumi.export("password", inside.password)
pulumi.export("expires_at", inside.expires_at)
