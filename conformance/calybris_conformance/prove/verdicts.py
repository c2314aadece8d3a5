"""What travels between the gate and its workers: limits, questions and verdicts, all of them plain JSON."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

CONFIRMED, SEARCHED, REFUTED = "confirmed", "searched", "refuted"
UNMET, RAISES, UNREADABLE, HANG, CRASH = "unmet", "raises", "unreadable", "hang", "crash"
MEANING = {
    CONFIRMED: "holds on every path, and every path was explored",
    SEARCHED: "no counterexample on the paths that were explored",
    REFUTED: "a counterexample was found",
    UNMET: "no input meets the preconditions",
    RAISES: "the function or a contract that it calls fails for some input",
    UNREADABLE: "the contract cannot be read",
    HANG: "a limit of time ended the check",
    CRASH: "the checker broke",
}


@dataclass(frozen=True, slots=True)
class Limits:
    """The budget of one condition: CPU seconds in all, and what ends a check that ignores them.

    CrossHair stops between two paths when the CPU seconds are spent; the system ends a path that goes on.
    `path_seconds` is no budget but head-room: CrossHair gives half of it to each question to Z3, in wall-clock time,
    and on a busy machine that must not be what decides.
    """

    cpu_seconds: float = 150.0
    path_seconds: float = 20 * cpu_seconds
    memory_bytes: int = 4 * 2**30

    @property
    def hard_cpu_seconds(self) -> float:
        """After this much CPU time the process is ended by the system."""
        return 1.2 * self.cpu_seconds + 5

    @property
    def hard_wall_seconds(self) -> float:
        """After this much time the process is killed; the machine may be busy with many other things."""
        return 12 * self.hard_cpu_seconds


@dataclass(frozen=True, slots=True, order=True)
class Condition:
    """One postcondition of one function; `number` counts a function's postconditions from 1, in source order.

    Number 0 is the witness: the postcondition False, which some input must refute, or the contract is vacuous.
    """

    module: str
    function: str
    number: int
    line: int = 0
    text: str = ""

    @property
    def is_witness(self) -> bool:
        """Whether this asks for an input that meets the preconditions and runs to the end."""
        return self.number == 0

    @property
    def name(self) -> str:
        """Module and function."""
        return f"{self.module}.{self.function}"


@dataclass(frozen=True, slots=True)
class Result:
    """The verdict on a condition, with what it took."""

    condition: Condition
    verdict: str
    cpu_seconds: float = 0.0
    paths: int = 0
    detail: str = ""

    def to_json(self) -> dict[str, Any]:
        """The result as plain values."""
        return asdict(self)

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Result:
        """The inverse of `to_json`."""
        return cls(**{**value, "condition": Condition(**value["condition"])})
