"""Ends this process when the one that started it is gone, however it ended.

The engine can be killed outright, and then tells nobody. A process that it started must
not live on, holding a port or half-way through a program that nobody listens to.
"""

import os
import threading
import time

_POLL_SECONDS = 0.5


def end_with_parent() -> None:
    """Watches the parent from a background thread; ends the process without a word when it is gone."""
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(_POLL_SECONDS)
        os._exit(1)

    threading.Thread(target=watch, daemon=True, name="end-with-parent").start()
