"""What the program's tests of the delivery to Google Secret Manager have in common: the types, and a Google without it.

Owns: the types that the target may declare, with the outputs that Google would add. Does not own: what is expected.
"""

from collections.abc import Mapping
from typing import Any

GOOGLE: Mapping[str, Mapping[str, Any]] = {
    "gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember": {},
    "gcp:projects/service:Service": {},
    "gcp:projects/serviceIdentity:ServiceIdentity": {
        "email": "made-up@example.com",
        "member": "serviceAccount:made-up@example.com",
    },
    "gcp:pubsub/topicIAMMember:TopicIAMMember": {},
    "gcp:secretmanager/secret:Secret": {},
    "gcp:secretmanager/secretIamMember:SecretIamMember": {},
    "gcp:secretmanager/secretVersion:SecretVersion": {"version": "1"},
}
FOUND = "gcp:secretmanager/getSecretVersion:getSecretVersion"
NONE_YET: Mapping[str, Mapping[str, Any]] = {FOUND: {"__fails__": "googleapi: Error 404: Secret not found., notFound"}}
