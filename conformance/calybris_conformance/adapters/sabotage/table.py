"""Every sabotaged port by its name."""

from collections.abc import Mapping

from calybris_conformance.adapters.sabotage.port import Sabotage
from calybris_conformance.adapters.sabotage.wrong_manners import WRONG_MANNERS
from calybris_conformance.adapters.sabotage.wrong_rules import WRONG_RULES

SABOTAGES: Mapping[str, Sabotage] = {**WRONG_RULES, **WRONG_MANNERS}
