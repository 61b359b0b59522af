"""Where the command `comitia` starts: an interrupt before it has anything to report ends it without a word.

Importing `cli` takes longer than a user may wait before pressing Ctrl-C. What is imported stays, so that it need not be
gone through for what can be collected, then or later.
"""

import gc
import signal
import sys

from ..model.collecting import uncollected


def main() -> None:
    """Run the command line of `sys.argv`, and leave with its exit code."""
    try:
        with uncollected():
            from .cli import main as command

            gc.freeze()
        command()
    except KeyboardInterrupt:
        sys.exit(128 + signal.SIGINT)  # as shells have it
