"""A repository and its lifecycle policy; the stack's configuration says what differs between runs."""

import json

import pulumi
import pulumi_aws as aws

config = pulumi.Config()
repository = aws.ecr.Repository(
    "apps",
    name=config.get("name"),
    force_delete=config.get_bool("force"),
    image_scanning_configuration={"scan_on_push": True},
    image_tag_mutability=config.get("mutability") or "IMMUTABLE",
    encryption_configurations=[{"encryption_type": "KMS"}] if config.get_bool("kms") else None,
    tags={"owner": config.get("owner") or "builders"},
    opts=pulumi.ResourceOptions(import_=config.get("import")),
)
if not config.get_bool("alone"):
    selection = {"tagStatus": "untagged", "countType": "sinceImagePushed", "countUnit": "days", "countNumber": 14}
    rule = {"rulePriority": 1, "selection": selection, "action": {"type": "expire"}}
    aws.ecr.LifecyclePolicy("keep", repository=repository.name, policy=json.dumps({"rules": [rule]}))

pulumi.export("url", repository.repository_url)
pulumi.export("mutability", repository.image_tag_mutability)
pulumi.export("account", aws.get_caller_identity().account_id)
pulumi.export("region", aws.get_region().region)
pulumi.export("partition", aws.get_partition().partition)
