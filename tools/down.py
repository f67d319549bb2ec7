"""`make down`: everything that `make up` made is taken away, the images too unless they are to be kept."""

import argparse
import shutil
import sys

from tools import bootstrap, engine_run, environment, places
from tools.locks import locked
from tools.say import guarded, say
from tools.up import STACK, STOPPED, ready

_IMAGES = places.STATE / "registry"


def down(*, keep_images: bool) -> int:
    """Destroys the stack; returns the exit code. Raises `Failure` and `Stopped`."""
    bootstrap.ensure(dev=False)
    with locked(places.state_folder() / "up.lock", "running make up or make down"):
        engine, variables = ready()
        outcome = engine_run.run(engine, variables, "destroy", "--stack", STACK)
        say(f"engine: {outcome.in_words()}")
        kept = sorted(_IMAGES.glob(f"{STACK}-*")) if _IMAGES.exists() else []
        if not keep_images:
            for folder in kept:
                shutil.rmtree(folder)
    if not kept:
        print("gone: registry and credentials; there were no images")
    elif keep_images:
        print(f"gone: registry and credentials; images kept in {environment.own_state(simulated=False).name}/registry")
    else:
        print("gone: registry, credentials and images")
    return 0


def main() -> int:
    """`python -m tools.down [--keep-images]`. Exit codes: 0 all gone, 1 something failed, 130 interrupted."""
    parser = argparse.ArgumentParser(prog="make down", description=__doc__)
    parser.add_argument("--keep-images", action="store_true", help="the next `make up` finds them again")
    options = parser.parse_args()
    return guarded(lambda: down(keep_images=options.keep_images), stopped=STOPPED)


if __name__ == "__main__":
    sys.exit(main())
