"""Ports that are wrong on purpose, so that the judge can be judged.

Each is the reference adapter with one mistake: `wrong_rules` in what it computes, `wrong_manners` in how it talks. A
table declares for each the one way in which it must fail; tests/conformance/test_sabotage.py holds the judge to it.
Run: python -m calybris_conformance.adapters.sabotage NAME
"""
