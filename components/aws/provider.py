"""The provider through which a component speaks to AWS: explicit, so that no surroundings decide the region.

Owns: region, kind of endpoint and the tags on everything. Does not own: credentials, which are the deployer's own.
"""

from collections.abc import Mapping

import pulumi
import pulumi_aws as aws


def aws_provider(
    name: str,
    *,
    region: str,
    tags: Mapping[str, str],
    account: str | None = None,
    opts: pulumi.ResourceOptions | None = None,
    fips: bool = False,
    dual_stack: bool = False,
) -> aws.Provider:
    """A provider for `region`. What stands elsewhere names its region itself.

    With an `account`, the provider refuses the credentials of any other.
    """
    return aws.Provider(
        name,
        region=region,
        allowed_account_ids=[account] if account else None,
        default_tags={"tags": dict(tags)} if tags else None,
        use_fips_endpoint=fips or None,
        use_dualstack_endpoint=dual_stack or None,
        opts=opts,
    )
