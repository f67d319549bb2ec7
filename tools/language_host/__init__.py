"""The Python language host for an engine that comes without the vendor's: scripts that the engine runs."""
