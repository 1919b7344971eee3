"""Runs one of the local programs: `python -m infra.local.start infra.local.run`.

Loading takes a few seconds. Ctrl-C then ends it without a traceback, as nothing has been started yet.
"""

import runpy
import signal
import sys

if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    sys.argv = sys.argv[1:]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
