"""placeholder"""
from typing import Any
from calybris_conformance.corpus import Case
def form(case: Case) -> Any:
    return None
