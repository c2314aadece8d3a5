"""A tiny package with rules, contracts and theorems, for the tests of mutation."""

from pathlib import Path
from textwrap import dedent

HEADER = "from __future__ import annotations\nfrom icontract import ensure, require\n"
RULES = {
    "__init__": "",
    "theorems.__init__": '''
        """Theorems."""
        def unfolded(function):
            """Return the function without its contract."""
            return getattr(function, "__wrapped__", function)
    ''',
    "price": '''
        """Prices."""
        from planted.words import is_amount

        STEP = 10
        """What a price is rounded to."""
        UNUSED = 1


        @require(lambda amount: is_amount(amount))
        @ensure(lambda amount, result: result >= amount)
        def rounded(amount: int) -> int:
            """Return the amount, rounded up."""
            # crosshair: specs_complete=True
            return (amount + STEP - 1) // STEP * STEP


        @require(lambda amount: is_amount(amount))
        @ensure(lambda result: result >= 0)
        def doubled(amount: int) -> int:
            """Return twice the rounded amount."""
            return 2 * rounded(amount)
    ''',
    "words": '''
        """Words of contracts."""
        def is_amount(amount: int) -> bool:
            """Whether the amount is one."""
            return amount >= 0
    ''',
    "more": '''
        """More."""
        LIMIT = 3
    ''',
    "theorems.price": '''
        """About prices."""
        from planted import price
        from planted.theorems import unfolded
        from planted.words import is_amount

        bare = unfolded(price.rounded)


        @require(lambda amount: is_amount(amount))
        @ensure(lambda result: result)
        def a_price_is_a_multiple_of_ten_and_less_than_ten_away(amount: int) -> bool:
            """MONEY-1."""
            return (bare(amount) % 10 == 0) & (bare(amount) - amount < 10)


        @ensure(lambda result: result)
        def wrong_everything_is_free(amount: int) -> bool:
            """A canary."""
            return price.doubled(amount) == 0
    ''',
}
THEOREMS = """
[price]
rounded = { verdict = "confirmed", conditions = 1, clauses = ["MONEY-1"] }
doubled = { verdict = "confirmed", conditions = 1, clauses = ["MONEY-1"] }

["theorems.price"]
a_price_is_a_multiple_of_ten_and_less_than_ten_away = { verdict = "confirmed", conditions = 1, clauses = ["MONEY-1"] }
wrong_everything_is_free = { verdict = "refuted", conditions = 1, clauses = ["MONEY-1"] }
"""


def plant(folder: Path, rules: dict[str, str] = RULES) -> Path:
    """Write the package below a folder; the package's own folder."""
    package = folder / "planted"
    for module, source in rules.items():
        path = package / f"{module.replace('.', '/')}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(HEADER + dedent(source), "utf-8")
    (package / "theorems.toml").write_text(THEOREMS, "utf-8")
    return package
