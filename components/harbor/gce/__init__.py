"""A server for Harbor on Compute Engine."""
