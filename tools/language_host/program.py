"""The child in which the user's program runs: configured from standard input, then run as a stack.

Owns: setting up the SDK and reporting how the program ended. Exits with 0 when all went
well and with 1 when it did not; by then the engine has the message.
"""

import asyncio
import json
import runpy
import signal
import sys
import traceback
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parents[2])

from tools.language_host.orphan import end_with_parent


def main() -> int:
    """Runs one program; returns the exit code."""
    # Ctrl-C reaches this process too. The engine decides what to finish, and the host ends us.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    end_with_parent()
    order = json.loads(sys.stdin.buffer.read())

    import pulumi
    from pulumi.runtime import Settings, configure, run_in_stack
    from pulumi.runtime.config import set_all_config

    configure(
        Settings(
            project=order["project"],
            stack=order["stack"],
            organization=order["organization"],
            root_directory=order["root"],
            monitor=order["monitor"],
            engine=order["engine"],
            parallel=order["parallel"],
            dry_run=order["dry_run"],
        )
    )
    set_all_config(order["config"], order["secret_keys"])

    program = Path(order["program"])
    folder = program if program.is_dir() else program.parent
    sys.path[0] = str(folder)
    sys.argv = [str(program), *order["args"]]
    try:
        asyncio.run(run_in_stack(lambda: _run(program)))
    except pulumi.RunError as error:
        pulumi.log.error(str(error))
    except SystemExit as ending:
        return 0 if ending.code in (None, 0) else 1
    except Exception:  # noqa: BLE001  # whatever the program raises is the user's to read
        pulumi.log.error("Program failed with an unhandled exception:\n" + traceback.format_exc())
    else:
        return 0
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
    return 1


def _run(program: Path) -> None:
    runpy.run_path(str(program), run_name="__main__")


if __name__ == "__main__":
    sys.exit(main())
