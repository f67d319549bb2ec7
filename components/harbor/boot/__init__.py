"""A server's first boot: what it is handed, and what it makes of it."""
