"""A server for Harbor on EC2."""
