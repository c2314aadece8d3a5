"""Mutants of what is refused: text that is no integer, values outside their width, policies."""

from tests.mutants.mutation import bugs_in

wire = bugs_in("conformance/calybris_conformance/wire.py")
record = bugs_in("calybris_ref/record.py")
model = bugs_in("calybris_ref/model.py")
policy = bugs_in("calybris_ref/policy.py")

_INTEGER = "    return int(value[:_LONGEST_READ_IN_FULL])\n"
_REFUSE_WIDTH = "        raise WidthError(name, value, width.minimum, width.maximum)\n"

INTEGERS = (
    wire(
        "integer-through-double",
        "DOUBLE_PRECISION",
        "Integers are read as doubles.",
        _INTEGER,
        "    return int(float(value[:_LONGEST_READ_IN_FULL]))\n",
    ),
    wire(
        "leading-zeros-read",
        "NOT_CANONICAL_ACCEPTED",
        "Leading zeros are read.",
        'r"0|-?[1-9][0-9]*"',
        'r"-?[0-9]+"',
    ),
    wire(
        "minus-zero-read",
        "NOT_CANONICAL_ACCEPTED",
        "`-0` is read as 0.",
        'r"0|-?[1-9][0-9]*"',
        'r"-?(0|[1-9][0-9]*)"',
    ),
    wire(
        "plus-sign-read",
        "NOT_CANONICAL_ACCEPTED",
        "A plus sign is read.",
        'r"0|-?[1-9][0-9]*"',
        'r"0|[-+]?[1-9][0-9]*"',
    ),
    wire(
        "digits-of-any-script-read",
        "NOT_CANONICAL_ACCEPTED",
        "`\\d` also means the digits of other scripts.",
        'r"0|-?[1-9][0-9]*"',
        'r"0|-?[1-9]\\d*"',
    ),
    wire(
        "line-end-read",
        "NOT_CANONICAL_ACCEPTED",
        "`$` also stands before a final line end.",
        "_CANONICAL.fullmatch(value)",
        're.match(r"(0|-?[1-9][0-9]*)$", value)',
    ),
    record(
        "width-wraps",
        "WIDTH_WRAPS",
        "A value outside its width is cut to its low bits.",
        _REFUSE_WIDTH,
        "        return (number or 0) & width.maximum\n",
    ),
    record(
        "width-saturates",
        "WIDTH_WRAPS",
        "A value outside its width becomes the nearest value inside.",
        _REFUSE_WIDTH,
        "        return max(width.minimum, min(number or 0, width.maximum))\n",
    ),
    record(
        "u16-one-too-wide",
        "WIDTH_WRAPS",
        "A u16 may be 65,536.",
        'Width("u16", 0, 2**16 - 1)',
        'Width("u16", 0, 2**16)',
    ),
    record(
        "i64-without-sign",
        "WIDTH_WRAPS",
        "An i64 is checked as a u64.",
        'Width("i64", -(2**63), 2**63 - 1)',
        'Width("i64", 0, 2**64 - 1)',
    ),
)

POLICIES = (
    policy(
        "policy-bounds-exclusive",
        "POLICY_BOUND_OFF",
        "A value equal to its bound is refused.",
        "    if value > maximum:\n",
        "    if value >= maximum:\n",
    ),
    model(
        "multiplier-bound-10000",
        "POLICY_BOUND_OFF",
        "The multiplier has the bound of the other proportions.",
        "MAX_RISK_PENALTY_MULTIPLIER_BPS = 50_000",
        "MAX_RISK_PENALTY_MULTIPLIER_BPS = 10_000",
    ),
    policy(
        "provider-bound-64",
        "POLICY_BOUND_OFF",
        "A mask of 64 bits is taken for providers 0 to 64.",
        '("provider_id", MAX_PROVIDER_ID,',
        '("provider_id", MAX_PROVIDER_ID + 1,',
    ),
    policy(
        "ceiling-unbounded",
        "POLICY_BOUND_OFF",
        "The risk ceiling has no bound.",
        '    ("risk_ceiling_bps", MAX_BPS, "POLICY_BPS_OUT_OF_RANGE"),\n',
        "",
    ),
    model(
        "scalars-in-another-order",
        "POLICY_ORDER",
        "The confidence is checked before the risk limit.",
        '    ("hard_risk_limit_bps", MAX_BPS),\n    ("minimum_confidence_bps", MAX_BPS),\n',
        '    ("minimum_confidence_bps", MAX_BPS),\n    ("hard_risk_limit_bps", MAX_BPS),\n',
    ),
    policy(
        "quality-before-provider",
        "POLICY_ORDER",
        "A model's quality is checked before its provider.",
        '    ("provider_id", MAX_PROVIDER_ID, "POLICY_PROVIDER_ID_OUT_OF_RANGE"),\n'
        '    ("quality_bps", MAX_BPS, "POLICY_BPS_OUT_OF_RANGE"),\n',
        '    ("quality_bps", MAX_BPS, "POLICY_BPS_OUT_OF_RANGE"),\n'
        '    ("provider_id", MAX_PROVIDER_ID, "POLICY_PROVIDER_ID_OUT_OF_RANGE"),\n',
    ),
    policy(
        "catalog-before-scalars",
        "POLICY_ORDER",
        "The catalog is checked before the proportions of the policy.",
        "        _check_scalars(self)\n        _check_catalog(enumerate(self.models))\n",
        "        _check_catalog(enumerate(self.models))\n        _check_scalars(self)\n",
    ),
    policy(
        "duplicates-last",
        "POLICY_ORDER",
        "Duplicate ids are looked for after everything else about the models.",
        "    for place, model in catalog:\n",
        "    catalog = [*catalog]\n"
        "    for place, model in catalog:\n"
        "        for name, maximum, code in _MODEL_BOUNDS:\n"
        '            _check_bound(getattr(model, name), maximum, code, f"models[{place}].{name}", model.model_id)\n'
        "    for place, model in catalog:\n",
    ),
    policy(
        "duplicate-only-of-neighbour",
        "DUPLICATE_MISSED",
        "An id is compared with the one before.",
        "        seen.add(model.model_id)\n",
        "        seen = {model.model_id}\n",
    ),
    policy(
        "duplicate-names-the-first",
        "POLICY_ORDER",
        "The first of two models with one id is reported.",
        'code="POLICY_MODEL_ID_DUPLICATE",\n                at=f"models[{place}].model_id"',
        'code="POLICY_MODEL_ID_DUPLICATE",\n                at=f"models[{place - 1}].model_id"',
    ),
    policy(
        "all-disabled-accepted",
        "ALL_DISABLED_ACCEPTED",
        "A catalog in which no model is enabled is accepted.",
        "    if not any_enabled:\n",
        "    if not seen:\n",
    ),
    policy(
        "try-new-sorts",
        "CONSTRUCTOR_ORDER",
        "`try_new` sorts the catalog.",
        "            models,\n        )\n        snapshot.validate()\n",
        "            sorted(models, key=lambda model: model.model_id),\n        )\n        snapshot.validate()\n",
    ),
    policy(
        "trusted-does-not-sort",
        "CONSTRUCTOR_ORDER",
        "`try_new_trusted` keeps the order given.",
        "        return given._with_models([given.models[place] for place in order])\n",
        "        return given\n",
    ),
    policy(
        "trusted-at-sorted",
        "TRUSTED_AT_SORTED",
        "A refusal names the position after sorting.",
        "_check_catalog((place, given.models[place]) for place in order)",
        "_check_catalog(enumerate(given.models[place] for place in order))",
    ),
    policy(
        "trusted-accepts-id-zero",
        "TRUSTED_CHECKS",
        "Model id 0 is accepted.",
        "if model.model_id == NO_MODEL_ID:",
        "if model.model_id < NO_MODEL_ID:",
    ),
    policy(
        "trusted-accepts-enabled-two",
        "TRUSTED_CHECKS",
        "Any value of `enabled` is accepted.",
        "_check_bound(model.enabled, 1,",
        "_check_bound(model.enabled, 255,",
    ),
    policy(
        "trusted-in-one-pass",
        "TRUSTED_CHECKS",
        "Both rules are held against one model after another.",
        "    for place, model in enumerate(models):\n        _check_bound(model.enabled",
        "        _check_bound(model.enabled",
    ),
    policy(
        "trusted-after-scalars",
        "TRUSTED_CHECKS",
        "The proportions of the policy are checked before the reserved id.",
        "        _check_trusted(given.models)\n",
        "        _check_scalars(given)\n        _check_trusted(given.models)\n",
    ),
    policy(
        "trusted-65535-refused",
        "TRUSTED_CHECKS",
        "A catalog of exactly 65,535 models is refused.",
        "if len(models) > MAX_CATALOG_MODELS:",
        "if len(models) >= MAX_CATALOG_MODELS:",
    ),
)

MUTANTS = INTEGERS + POLICIES
