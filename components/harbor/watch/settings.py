"""What may be said of the watch over a Harbor."""

from components._settings import Settings


class WatchSettings(Settings):
    """`watch:`; left out, nothing watches."""
