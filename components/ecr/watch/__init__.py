"""The watch over one ECR registry: what happens in it, what goes wrong, and what it comes to.

Owns: events, alarms, the dashboard, the topic, and the counting of what AWS does not publish. Does not own:
the registry.
"""
