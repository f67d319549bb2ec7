"""A repository with a secret in a tag, to see where it goes."""

import pulumi
import pulumi_aws as aws

repository = aws.ecr.Repository("apps", name="apps", tags={"token": pulumi.Config().require_secret("token")})
pulumi.export("tags", repository.tags)
