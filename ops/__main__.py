"""`python -m ops`, for where the entry point is not on PATH."""

from ops.cli import main

if __name__ == "__main__":
    main()
