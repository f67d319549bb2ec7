"""Stack `prod` as it stands in the repository: a whole life under simulation, read back from AWS and not from state."""

import json

from tests.engine.stacks.conftest import UNDER_THE_PACK, Simulated

NAMESPACE = "snapdeploy-apps"


def test_a_whole_life(prod: Simulated) -> None:
    previewed = prod.run("preview", *UNDER_THE_PACK)
    assert "SIMULATED" in previewed.stdout + previewed.stderr
    iam, ecr = prod.emulator.client("iam"), prod.emulator.client("ecr")
    secrets, ssm = prod.emulator.client("secretsmanager"), prod.emulator.client("ssm")
    assert iam.list_roles()["Roles"] == [], "a preview makes nothing"

    prod.up(*UNDER_THE_PACK)
    analyzed = prod.run("policy", "analyze", *UNDER_THE_PACK)
    assert "[mandatory]" not in analyzed.stdout, "the finished state, in which nothing is unknown"
    assert "can't run policy" not in analyzed.stdout + analyzed.stderr
    trust = iam.get_role(RoleName="snapdeploy-prod-main-push-ci")["Role"]["AssumeRolePolicyDocument"]
    assert "repo:your-org/your-repository:environment:prod" in json.dumps(trust)
    (name,) = iam.list_role_policies(RoleName="snapdeploy-prod-main-push-ci")["PolicyNames"]
    rights = iam.get_role_policy(RoleName="snapdeploy-prod-main-push-ci", PolicyName=name)["PolicyDocument"]
    assert {"ecr:PutImage"} <= {action for each in rights["Statement"] for action in each["Action"]}
    scanning = ecr.get_registry_scanning_configuration()["scanningConfiguration"]
    assert scanning["rules"][0]["repositoryFilters"] == [{"filter": f"{NAMESPACE}/*", "filterType": "WILDCARD"}]
    delivered = json.loads(secrets.get_secret_value(SecretId="snapdeploy/prod/builder")["SecretString"])
    assert delivered["DOCKER_REGISTRY"] == f"123456789012.dkr.ecr.us-east-1.amazonaws.com/{NAMESPACE}"
    assert delivered["AWS_ROLE_ARN"].endswith(":role/snapdeploy-prod-main-push-ci")
    assert not [key for key in delivered if "PASSWORD" in key or "SECRET" in key]
    parameter = ssm.get_parameter(Name="/snapdeploy/prod/builder/DOCKER_REGISTRY")["Parameter"]
    assert parameter["Value"] == delivered["DOCKER_REGISTRY"]

    prod.up("--expect-no-changes")
    prod.refresh("--expect-no-changes")

    # By hand, behind its back.
    ssm.put_parameter(Name="/snapdeploy/prod/builder/AWS_REGION", Value="mars", Type="String", Overwrite=True)
    iam.delete_role_policy(RoleName="snapdeploy-prod-main-push-ci", PolicyName=name)
    assert "2 " in prod.refresh().stdout
    prod.up()
    assert ssm.get_parameter(Name="/snapdeploy/prod/builder/AWS_REGION")["Parameter"]["Value"] == "us-east-1"
    assert iam.list_role_policies(RoleName="snapdeploy-prod-main-push-ci")["PolicyNames"] == [name]

    prod.destroy()
    assert iam.list_roles()["Roles"] == []
    assert ssm.get_parameters_by_path(Path="/snapdeploy-registry/ecr")["Parameters"] == [], "the mark goes"
    assert ecr.get_registry_scanning_configuration()["scanningConfiguration"]["rules"], "what others may rely on stays"


def test_values_of_the_documentation_are_refused_for_real(prod: Simulated) -> None:
    done = prod.project.pulumi("preview", "-s", "prod")
    assert done.returncode != 0
    said = done.stdout + done.stderr
    assert "is the documentation's AWS account" in said
    assert "Pulumi.prod.yaml:" in said
    assert "aws sts get-caller-identity" in said
    assert "Traceback" not in said
