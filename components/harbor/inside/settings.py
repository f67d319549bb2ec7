"""What may be said of the inside of a Harbor."""

from components._settings import Settings


class InsideSettings(Settings):
    """The keys of a Harbor that are about its inside, whatever it runs on."""
