"""Where the command `comitia` starts: an interrupt before it has anything to report ends it without a word.

Importing `cli` takes longer than a user may wait before pressing Ctrl-C.
"""

import signal
import sys


def main() -> None:
    """Run the command line of `sys.argv`, and leave with its exit code."""
    try:
        from .cli import main as command

        command()
    except KeyboardInterrupt:
        sys.exit(128 + signal.SIGINT)  # as shells have it
