"""The reference library refines the specification: its functions, asked symbolically, answer as the rules do.

Each module stands for the module of `calybris_ref` of the same name. A theorem calls both sides and compares; which of
its functions are proved for all values and which only searched is what `theorems.toml` says.
"""
