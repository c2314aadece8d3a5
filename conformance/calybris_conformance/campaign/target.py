"""What a campaign is run against, in a form that can be sent to a worker, and opened there."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from calybris_conformance.campaign import cases
from calybris_conformance.campaign.framed import Framed
from calybris_conformance.campaign.in_process import InProcess
from calybris_conformance.campaign.single import Single
from calybris_conformance.protocol import SPEC, Hello
from calybris_conformance.runner import Runner
from calybris_conformance.session import Settings
from calybris_ref import __version__

if TYPE_CHECKING:
    import threading

    from calybris_conformance.campaign.asking import Asker


@dataclass(frozen=True, slots=True)
class Target:
    """A command that starts a port, or the name of an adapter in this process."""

    command: tuple[str, ...] = ()
    adapter: str | None = None
    settings: Settings = field(default_factory=Settings)
    vectors: str = ""
    """The version of the vectors, for hello."""

    def open(self, stop: threading.Event) -> Asker:
        """Starts the port or loads the adapter. Raises NotReady, AdapterError and Interrupted."""
        if self.adapter is not None:
            return InProcess(self.adapter)
        hello = Hello(judge=f"calybris-ref {__version__}", spec=SPEC, vectors=self.vectors)
        runner = Runner(self.command, hello, self.settings, stop)
        return (Framed if cases.ROWS in runner.ready.features else Single)(runner, self.settings)
