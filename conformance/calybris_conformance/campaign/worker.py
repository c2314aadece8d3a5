"""Loaded by every worker process of a local cluster: a Ctrl-C is for the campaign, which then ends its workers."""

from __future__ import annotations

import signal


def dask_setup(_worker: object) -> None:
    """Called by the worker when it starts."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
