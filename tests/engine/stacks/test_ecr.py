"""An ECR registry on the real engine: what it shares the account with, what it takes over, and what goes wrong."""

import json
from typing import Any

import pytest

from tests.engine.stacks.conftest import Simulated
from tests.simulated.faults import Fault, Faults, Moment, Operation

ACCOUNT = {"account": "123456789012", "region": "us-east-1"}
MARK = "/snapdeploy-registry/ecr/scanning"
TEMPLATE = "aws:ecr/repositoryCreationTemplate:RepositoryCreationTemplate"


def names(ecr: Any) -> list[str]:
    """The repositories that are there."""
    return sorted(each["repositoryName"] for each in ecr.describe_repositories()["repositories"])


def test_what_another_stack_owns_stays_its_own(prod: Simulated) -> None:
    ssm, ecr = prod.emulator.client("ssm"), prod.emulator.client("ecr")
    ssm.put_parameter(Name=MARK, Value="team/other/prod/main", Type="String")
    before = ecr.get_registry_scanning_configuration()["scanningConfiguration"]
    prod.configure({**ACCOUNT, "accountWide": {"scanning": {"type": "enhanced"}}})
    refused = prod.up(fails=True)
    assert "belongs to team/other/prod/main" in refused.stdout
    assert "Traceback" not in refused.stdout + refused.stderr
    assert ecr.get_registry_scanning_configuration()["scanningConfiguration"] == before
    assert not prod.emulator.client("iam").list_roles()["Roles"]


def test_giving_an_ownership_up_wipes_nothing(prod: Simulated) -> None:
    ssm, ecr = prod.emulator.client("ssm"), prod.emulator.client("ecr")
    prod.configure({**ACCOUNT, "accountWide": {"scanning": {}}})
    prod.up()
    owned = ecr.get_registry_scanning_configuration()["scanningConfiguration"]
    assert owned["rules"]
    prod.configure(ACCOUNT)
    prod.up()
    assert ecr.get_registry_scanning_configuration()["scanningConfiguration"] == owned
    assert ssm.get_parameters_by_path(Path="/snapdeploy-registry/ecr")["Parameters"] == []
    prod.up("--expect-no-changes")


def test_another_account_is_refused_before_anything_is_made(prod: Simulated) -> None:
    prod.configure(ACCOUNT)
    refused = prod.up(fails=True, SNAPDEPLOY_SIMULATED_AWS_ACCOUNT="999999999999")
    assert "refusing to touch account 999999999999: the config says 123456789012" in refused.stdout
    assert not {"aws:iam/", "aws:ecr/"} & set(refused.stdout.split()), "nothing but the provider that looked"
    assert not prod.emulator.client("iam").list_roles()["Roles"]


def test_a_repository_made_by_hand_is_adopted_and_one_in_production_is_not_deleted(prod: Simulated) -> None:
    ecr = prod.emulator.client("ecr")
    ecr.create_repository(
        repositoryName="snapdeploy-apps/web",
        imageTagMutability="IMMUTABLE_WITH_EXCLUSION",
        imageTagMutabilityExclusionFilters=[{"filterType": "WILDCARD", "filter": "buildcache"}],
        imageScanningConfiguration={"scanOnPush": True},
    )
    made = ecr.describe_repositories()["repositories"][0]["createdAt"]
    prod.configure({**ACCOUNT, "repositories": {"web": {"adopt": True}}})
    adopted = prod.run("preview")
    assert "main-repositories-web import" in adopted.stdout
    assert "update" not in adopted.stdout.partition("Resources:")[2], "what is as we want it does not change"
    prod.up()
    assert ecr.describe_repositories()["repositories"][0]["createdAt"] == made
    prod.up("--expect-no-changes")

    held = prod.destroy(fails=True)
    assert "main-repositories-web" in held.stdout + held.stderr
    assert "protect" in held.stdout + held.stderr
    assert names(ecr) == ["snapdeploy-apps/web"]
    prod.configure({**ACCOUNT, "repositories": {"web": {"adopt": True}}, "protect": False})
    prod.up()
    prod.destroy()
    assert names(ecr) == []


def test_a_changed_encryption_is_counted_confirmed_and_done_in_two_steps(prod: Simulated) -> None:
    ecr = prod.emulator.client("ecr")
    prod.configure({**ACCOUNT, "repositories": {"web": {}}})
    prod.up()
    manifest = {
        "schemaVersion": 2,
        "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "config": {"mediaType": "application/vnd.oci.image.config.v1+json", "digest": f"sha256:{'a' * 64}", "size": 2},
        "layers": [],
    }
    ecr.put_image(repositoryName="snapdeploy-apps/web", imageManifest=json.dumps(manifest), imageTag="v1")

    kms = {"type": "kms", "confirmReplacement": 1}
    prod.configure({**ACCOUNT, "repositories": {"web": {}}, "encryption": {"type": "kms"}})
    assert "snapdeploy-apps/web (1) would be replaced, and 1 images would go" in prod.up(fails=True).stdout
    prod.configure({**ACCOUNT, "repositories": {"web": {}}, "encryption": kms})
    assert "still refuses to be deleted with images in it" in prod.up(fails=True).stdout
    prod.configure({**ACCOUNT, "repositories": {"web": {}}, "encryption": {"confirmReplacement": 1}})
    prod.up()
    prod.configure({**ACCOUNT, "repositories": {"web": {}}, "encryption": kms})
    prod.up()
    (web,) = ecr.describe_repositories()["repositories"]
    assert web["encryptionConfiguration"]["encryptionType"] == "KMS"
    assert not ecr.list_images(repositoryName="snapdeploy-apps/web")["imageIds"]


@pytest.mark.parametrize(
    ("moment", "message"),
    [
        (Moment.BEFORE, "ThrottlingException: Rate exceeded"),
        (
            Moment.BEFORE,
            "AccessDeniedException: not authorized to perform: ecr:CreateRepositoryCreationTemplate",
        ),
        (Moment.PARTIAL, "ServerException: the template was made, and then the service went away"),
    ],
)
def test_an_api_that_fails_is_named_and_the_next_up_converges(prod: Simulated, moment: Moment, message: str) -> None:
    prod.configure({**ACCOUNT, "accountWide": {"scanning": {}}})
    Faults(prod.kept).order(Fault(Operation.CREATE, TEMPLATE, message, moment=moment))
    failed = prod.up(fails=True)
    assert "main-template-rule" in failed.stdout
    assert message in failed.stdout
    assert "Traceback" not in failed.stdout + failed.stderr
    prod.up()
    prod.up("--expect-no-changes")


def test_a_run_that_is_cut_off_between_the_mark_and_what_it_marks_is_taken_up_again(prod: Simulated) -> None:
    ssm = prod.emulator.client("ssm")
    prod.configure({**ACCOUNT, "accountWide": {"scanning": {}}})
    # As the account is left by an engine that was killed before it wrote its state.
    ssm.put_parameter(Name=MARK, Value="organization/snapdeploy-registry/prod/main", Type="String")
    prod.up()
    prod.up("--expect-no-changes")
    prod.destroy()
    assert ssm.get_parameters_by_path(Path="/snapdeploy-registry/ecr")["Parameters"] == []
