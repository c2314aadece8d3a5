"""All jobs, from every module that has some; what one of them misses is told and does not stop the others."""

import importlib
from typing import TYPE_CHECKING, NamedTuple

from tests.bench.jobs import Job

if TYPE_CHECKING:
    from collections.abc import Callable

MODULES = ("tests.bench.jobs", "tests.bench.compiled", "tests.bench.bulk", "tests.bench.logs")


class Found(NamedTuple):
    """The jobs, and one sentence for each module whose jobs cannot be measured here."""

    jobs: list[Job]
    missing: list[str]


def registered(modules: tuple[str, ...] = MODULES, wanted: str = "") -> Found:
    """The jobs whose name contains `wanted`, each name once."""
    jobs: dict[str, Job] = {}
    missing = []
    for name in modules:
        try:
            listed: Callable[[], list[Job]] = importlib.import_module(name).jobs
            jobs |= {job.name: job for job in listed() if job.name not in jobs and wanted in job.name}
        except ModuleNotFoundError as error:
            missing.append(f"{name.rpartition('.')[2]}: {error}")
    return Found(list(jobs.values()), missing)
