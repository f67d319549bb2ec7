"""What ECR has already: the answers to its functions.

Owns: repositories, images, creation templates and pull-through rules. The last two are in the
store whether there is an emulator or not; images are only ever in the emulator.
"""

from typing import Any

from tests.simulated.behaviour import CloudError
from tests.simulated.providers.aws.lookups import Account
from tests.simulated.wire import Properties

_REPOSITORY = "aws:ecr/repository:Repository"


def repositories(there: Account, arguments: Properties) -> Properties:
    """The names of all repositories."""
    aws = there.client("ecr")
    if aws is None:
        names = list(there.stored(_REPOSITORY))
    else:
        pages = aws.get_paginator("describe_repositories").paginate()
        names = [one["repositoryName"] for page in pages for one in page["repositories"]]
    return {"id": there.place.region, "names": [*sorted(names)], "region": there.place.region}


def repository(there: Account, arguments: Properties) -> Properties:
    """One repository. Raises CloudError where it is not there."""
    name, aws = str(arguments["name"]), there.client("ecr")
    at = there.place
    known: dict[str, Any] | None
    latest: list[str] = []
    if aws is None:
        known = there.stored(_REPOSITORY).get(name)
    else:
        try:
            raw = aws.describe_repositories(repositoryNames=[name])["repositories"][0]
        except aws.exceptions.RepositoryNotFoundException:
            raw = None
        known = raw and {
            "encryptionConfigurations": [
                {"encryptionType": "AES256", "kmsKey": "", **raw.get("encryptionConfiguration", {})}
            ],
            "imageScanningConfiguration": raw["imageScanningConfiguration"],
            "imageTagMutability": raw["imageTagMutability"],
            "imageTagMutabilityExclusionFilters": raw.get("imageTagMutabilityExclusionFilters"),
            "tagsAll": {
                tag["Key"]: tag["Value"] for tag in aws.list_tags_for_resource(resourceArn=raw["repositoryArn"])["tags"]
            },
        }
        images = aws.describe_images(repositoryName=name)["imageDetails"] if raw else []
        latest = max(images, key=lambda image: image["imagePushedAt"]).get("imageTags", []) if images else []
    if known is None:
        raise CloudError(
            f"reading ECR Repository ({name}): RepositoryNotFoundException: The repository with name '{name}'"
            f" does not exist in the registry with id '{at.account}'"
        )
    return {
        "arn": at.arn("ecr", f"repository/{name}"),
        "encryptionConfigurations": known["encryptionConfigurations"],
        "id": name,
        "imageScanningConfigurations": [known["imageScanningConfiguration"]],
        "imageTagMutability": known["imageTagMutability"],
        "imageTagMutabilityExclusionFilters": known.get("imageTagMutabilityExclusionFilters") or [],
        "mostRecentImageTags": list(latest),
        "name": name,
        "region": at.region,
        "registryId": at.account,
        "repositoryUrl": f"{at.account}.dkr.ecr.{at.region}.{at.domain}/{name}",
        "tags": known["tagsAll"],
    }


def images(there: Account, arguments: Properties) -> Properties:
    """The images of a repository; the store has none. Raises CloudError where it is not there."""
    name, aws = str(arguments["repositoryName"]), there.client("ecr")
    found: list[Any] = []
    if aws is None:
        if name not in there.stored(_REPOSITORY):
            repository(there, {"name": name})
    else:
        pages = aws.get_paginator("list_images").paginate(repositoryName=name)
        found = [image for page in pages for image in page["imageIds"]]
    return {
        "imageIds": [
            {"imageDigest": image.get("imageDigest", ""), "imageTag": image.get("imageTag", "")} for image in found
        ],
        "region": there.place.region,
        "registryId": str(arguments.get("registryId") or there.place.account),
        "repositoryName": name,
    }


def template(there: Account, arguments: Properties) -> Properties:
    """A creation template. Raises CloudError where it is not there."""
    prefix = str(arguments["prefix"])
    found = there.stored("aws:ecr/repositoryCreationTemplate:RepositoryCreationTemplate").get(prefix)
    if found is None:
        raise CloudError(
            f"reading ECR Repository Creation Template ({prefix}): TemplateNotFoundException:"
            f" The repository creation template with prefix '{prefix}' does not exist"
        )
    texts = ("customRoleArn", "description", "lifecyclePolicy", "repositoryPolicy")
    return {
        "imageTagMutabilityExclusionFilters": [],
        "resourceTags": {},
        **dict.fromkeys(texts, ""),
        **found,
        "id": prefix,
    }


def cache_rule(there: Account, arguments: Properties) -> Properties:
    """A pull-through rule. Raises CloudError where it is not there."""
    prefix = str(arguments["ecrRepositoryPrefix"])
    found = there.stored("aws:ecr/pullThroughCacheRule:PullThroughCacheRule").get(prefix)
    if found is None:
        raise CloudError(
            f"reading ECR Pull Through Cache Rule ({prefix}): PullThroughCacheRuleNotFoundException:"
            f" No pull through cache rule with the prefix '{prefix}' was found"
        )
    return {"credentialArn": "", "customRoleArn": "", **found, "id": prefix}
