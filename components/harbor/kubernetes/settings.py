"""What Harbor on Kubernetes may be told."""

from components._settings import Settings


class KubernetesSettings(Settings):
    """`kubernetes:`, where `mode` is `kubernetes`."""
