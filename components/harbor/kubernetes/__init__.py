"""Harbor on Kubernetes, by the official chart."""
