"""The provider through which a component speaks to Google: explicit, so that no surroundings decide the project.

Owns: project, location and the labels on everything. Does not own: credentials, which are the deployer's own.
"""

from collections.abc import Mapping

import pulumi
import pulumi_gcp as gcp


def gcp_provider(
    name: str,
    *,
    project: str,
    location: str | None = None,
    labels: Mapping[str, str] | None = None,
    opts: pulumi.ResourceOptions | None = None,
) -> gcp.Provider:
    """A provider for `project`. Quota and billing are that project's as well, not those of the caller's own."""
    return gcp.Provider(
        name,
        project=project,
        region=location,
        billing_project=project,
        user_project_override=True,
        default_labels=dict(labels) if labels else None,
        opts=opts,
    )
