"""The proof gate: every contract and theorem of the specification against its expected verdict.

    expectations   what theorems.toml expects of each function
    declared       which contracts the source declares, from the syntax tree
    pool, worker   processes with limits; `checker` is the only module that touches CrossHair
    gate           plan, ask, compare
    cache          what was proved of the same source by the same tools
    report         the table and the JSON

CrossHair is imported in worker processes only: importing it disarms icontract in the process that does.
"""
