"""Reference implementation of the Calybris decision kernel.

A catalog of candidates and a request go in; the candidate with the highest utility that passes every gate comes out,
with a proof that can be checked later. Integers only, no dependencies, no state, no I/O.

    policy = PolicySnapshot.try_new(1, 1, 9_600, 5_500, 3_500, 2, [ModelBuilder(1, 0).cost(250, 1_000).build()])
    request = InputBuilder(1, requested_model_id=1).tokens(1_000, 500).business_value(100_000).build()
    decision = policy.prescribe(request)
    assert verify_decision(policy, request, decision) == Valid()
"""

__version__ = "0.1.0"

__all__ = [
    "ALL_PROVIDERS",
    "ALL_REGIONS",
    "BASIS_POINTS",
    "MAX_BPS",
    "MAX_CATALOG_MODELS",
    "MAX_PROVIDER_ID",
    "MAX_RISK_PENALTY_MULTIPLIER_BPS",
    "MICROCENTS_PER_CENT",
    "AuditBundle",
    "BuildError",
    "CalybrisError",
    "CandidateExplanation",
    "CandidateStatus",
    "ConfigError",
    "CorrectnessCertificate",
    "DecisionTrace",
    "DigestDecodeError",
    "DigestMismatch",
    "EngineConfig",
    "Gate",
    "InputBuilder",
    "InputError",
    "KernelAction",
    "KernelDecision",
    "KernelInput",
    "KernelModel",
    "KernelReason",
    "Mismatch",
    "ModelBuilder",
    "PolicyBuilder",
    "PolicyError",
    "PolicySnapshot",
    "PreimageField",
    "RecordError",
    "RejectionHistogram",
    "Valid",
    "VerificationError",
    "WidthError",
    "audit_bundle",
    "certify_decision",
    "counterfactual_utility",
    "decision_digest",
    "decision_preimage",
    "decode_hex32",
    "dissect",
    "input_digest",
    "input_preimage",
    "policy_digest",
    "policy_preimage",
    "prescribe_columns",
    "snapshot_fingerprint",
    "verified_audit_bundle",
    "verify_decision",
    "verify_decision_digest",
]

TYPE_CHECKING = False  # as in `typing`, which is slow to import
if TYPE_CHECKING:
    from calybris_ref.batch import prescribe_columns
    from calybris_ref.builder import InputBuilder, ModelBuilder, PolicyBuilder
    from calybris_ref.config import EngineConfig
    from calybris_ref.digest import (
        decision_digest,
        decision_preimage,
        decode_hex32,
        input_digest,
        input_preimage,
        policy_digest,
        policy_preimage,
    )
    from calybris_ref.errors import (
        BuildError,
        CalybrisError,
        ConfigError,
        DigestDecodeError,
        InputError,
        PolicyError,
        RecordError,
        VerificationError,
        WidthError,
    )
    from calybris_ref.layout import PreimageField, dissect
    from calybris_ref.model import (
        ALL_PROVIDERS,
        ALL_REGIONS,
        BASIS_POINTS,
        MAX_BPS,
        MAX_CATALOG_MODELS,
        MAX_PROVIDER_ID,
        MAX_RISK_PENALTY_MULTIPLIER_BPS,
        MICROCENTS_PER_CENT,
        CandidateExplanation,
        CandidateStatus,
        DecisionTrace,
        Gate,
        KernelAction,
        KernelDecision,
        KernelInput,
        KernelModel,
        KernelReason,
        RejectionHistogram,
    )
    from calybris_ref.policy import PolicySnapshot
    from calybris_ref.verify import (
        AuditBundle,
        CorrectnessCertificate,
        DigestMismatch,
        Mismatch,
        Valid,
        audit_bundle,
        certify_decision,
        counterfactual_utility,
        snapshot_fingerprint,
        verified_audit_bundle,
        verify_decision,
        verify_decision_digest,
    )

else:
    # The modules are imported when the first name is used: `calybris-ref --version` must not wait for all of them.
    def __getattr__(name: str) -> object:
        if name in __all__:
            from calybris_ref import batch, builder, config, digest, errors, layout, model, policy, verify

            modules = (batch, builder, config, digest, errors, layout, model, policy, verify)
            value = globals()[name] = next(getattr(module, name) for module in modules if hasattr(module, name))
            return value
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

    def __dir__() -> list[str]:
        return sorted({*globals(), *__all__})
