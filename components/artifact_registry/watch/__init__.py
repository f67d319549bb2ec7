"""The watch over one Artifact Registry: what happens in it, what goes wrong, and what it comes to.

Owns: log-based metrics, alerts, channels, the dashboard, and the reading of scan results. Does not own: the registry.
"""
