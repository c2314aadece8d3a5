"""Campaigns: many millions of made cases against a port, guided by what they reached, each finding made small.

A unit (`units`) is a policy and some thousand rows, made from a seed and a number alone, by a profile (`profiles`). A
way to ask (`in_process`, `framed`, `single`) says which rows a port gets wrong; `coverage` says what the rows reached
and `steering` what to make next; `shrink` makes of a wrong row the smallest case that still is wrong. `work` does a
range of units and gives a tally; `conduct` spreads ranges over workers, keeps the state file, and merges. Needs the
extra `campaign`.
"""
