"""Two repositories of one name, which no account can have."""

import pulumi
import pulumi_aws as aws

first = aws.ecr.Repository("first", name="apps")
aws.ecr.Repository("second", name="apps", opts=pulumi.ResourceOptions(depends_on=[first]))
