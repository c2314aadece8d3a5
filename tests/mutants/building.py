"""Mutants of requests, settings and builders: their bounds, their defaults, what `build` checks."""

from tests.mutants.mutation import Mutant, bugs_in

model = bugs_in("calybris_ref/model.py")
config = bugs_in("calybris_ref/config.py")
builder = bugs_in("calybris_ref/builder.py")

REQUESTS = (
    model(
        "input-bounds-exclusive",
        "INPUT_BOUND_OFF",
        "A proportion of 10,000 is refused.",
        "            if value > MAX_BPS:\n",
        "            if value >= MAX_BPS:\n",
    ),
    model(
        "input-quality-unchecked",
        "INPUT_BOUND_OFF",
        "The minimum quality has no bound.",
        '("risk_bps", "confidence_bps", "minimum_quality_bps")',
        '("risk_bps", "confidence_bps")',
    ),
    model(
        "input-in-another-order",
        "INPUT_BOUND_OFF",
        "The quality is checked first.",
        '("risk_bps", "confidence_bps", "minimum_quality_bps")',
        '("minimum_quality_bps", "risk_bps", "confidence_bps")',
    ),
)

SETTINGS = (
    config(
        "config-bounds-exclusive",
        "CONFIG_ORDER",
        "A proportion equal to its bound is refused.",
        "            if value > maximum:\n",
        "            if value >= maximum:\n",
    ),
    config(
        "config-size-one-refused",
        "CONFIG_ORDER",
        "A catalog of one model cannot be configured.",
        "if self.max_catalog_size == 0:",
        "if self.max_catalog_size <= 1:",
    ),
    config(
        "config-cap-zero-refused",
        "CONFIG_ORDER",
        "A cap of 0, which is no cap, is refused.",
        "if self.default_exposure_cap_microcents < 0:",
        "if self.default_exposure_cap_microcents <= 0:",
    ),
    config(
        "config-cap-before-size",
        "CONFIG_ORDER",
        "The cap is looked at before the size of the catalog, as the fields are declared.",
        "if self.max_catalog_size == 0:",
        "if self.max_catalog_size == 0 and self.default_exposure_cap_microcents >= 0:",
    ),
    config(
        "config-default-risk-limit",
        "BUILDER_DEFAULTS",
        "The default hard risk limit is 9,500.",
        "hard_risk_limit_bps: U16 = 9_600",
        "hard_risk_limit_bps: U16 = 9_500",
    ),
    builder(
        "input-default-confidence",
        "BUILDER_DEFAULTS",
        "A request starts without confidence.",
        '"confidence_bps": MAX_BPS',
        '"confidence_bps": 0',
    ),
    builder(
        "input-default-providers",
        "BUILDER_DEFAULTS",
        "A request starts with no provider allowed.",
        '"allowed_provider_mask": ALL_PROVIDERS',
        '"allowed_provider_mask": 0',
    ),
    builder(
        "model-default-regions",
        "BUILDER_DEFAULTS",
        "A model starts in no region.",
        '"region_mask": ALL_REGIONS',
        '"region_mask": 0',
    ),
    builder(
        "policy-default-epochs",
        "BUILDER_DEFAULTS",
        "A policy starts at epoch 0.",
        "self._epochs = (1, 1)",
        "self._epochs = (0, 0)",
    ),
    Mutant(
        "first-call-wins",
        "calybris_ref/builder.py",
        "        self._fields.update(fields)\n",
        "        called = self.__dict__.setdefault('_called', set())\n"
        "        self._fields.update({name: value for name, value in fields.items() if name not in called})\n"
        "        called.update(fields)\n",
        "The first call of a method counts.",
        "BUILDER_FIRST_WINS",
        times=2,
    ),
    builder(
        "second-list-replaces-first",
        "BUILDER_FIRST_WINS",
        "A second list of models replaces the first.",
        "self._models.extend(models)",
        "self._models[:] = models",
    ),
    builder(
        "input-builder-does-not-validate",
        "BUILDER_CHECKS",
        "The input builder does not validate.",
        "        request.validate()\n",
        "",
    ),
    builder(
        "policy-builder-limit-exclusive",
        "BUILDER_CHECKS",
        "A catalog of exactly the configured size is refused.",
        "if len(self._models) > config.max_catalog_size:",
        "if len(self._models) >= config.max_catalog_size:",
    ),
    builder(
        "policy-builder-size-first",
        "BUILDER_CHECKS",
        "The size of the catalog is checked before the configuration.",
        "            config.validate()\n            if len(self._models) > config.max_catalog_size:\n",
        "            if len(self._models) <= config.max_catalog_size:\n"
        "                config.validate()\n"
        "            if len(self._models) > config.max_catalog_size:\n",
    ),
    builder(
        "policy-builder-ignores-config",
        "BUILDER_CHECKS",
        "The configuration is not validated; what is wrong with it is told as the policy's.",
        "            config.validate()\n",
        "",
    ),
)

MUTANTS = REQUESTS + SETTINGS
