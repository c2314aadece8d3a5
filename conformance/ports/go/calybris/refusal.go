package calybris

import "fmt"

// Code is the name of a refusal in the closed registry, vectors/schema/codes.json.
type Code string

// The codes that this package refuses with. Each stands beside its clause in docs/operations.md.
const (
	IntegerNotCanonical             Code = "INTEGER_NOT_CANONICAL"
	IntegerOutOfRange               Code = "INTEGER_OUT_OF_RANGE"
	PolicyCatalogTooLarge           Code = "POLICY_CATALOG_TOO_LARGE"
	PolicyModelIDReserved           Code = "POLICY_MODEL_ID_RESERVED"
	PolicyEnabledOutOfRange         Code = "POLICY_ENABLED_OUT_OF_RANGE"
	PolicyBpsOutOfRange             Code = "POLICY_BPS_OUT_OF_RANGE"
	PolicyCatalogEmpty              Code = "POLICY_CATALOG_EMPTY"
	PolicyModelIDDuplicate          Code = "POLICY_MODEL_ID_DUPLICATE"
	PolicyProviderIDOutOfRange      Code = "POLICY_PROVIDER_ID_OUT_OF_RANGE"
	PolicyModelsAllDisabled         Code = "POLICY_MODELS_ALL_DISABLED"
	InputBpsOutOfRange              Code = "INPUT_BPS_OUT_OF_RANGE"
	ConfigBpsOutOfRange             Code = "CONFIG_BPS_OUT_OF_RANGE"
	ConfigCatalogSizeZero           Code = "CONFIG_CATALOG_SIZE_ZERO"
	ConfigExposureCapNegative       Code = "CONFIG_EXPOSURE_CAP_NEGATIVE"
	BuildCatalogTooLarge            Code = "BUILD_CATALOG_TOO_LARGE"
	DigestHexLengthOdd              Code = "DIGEST_HEX_LENGTH_ODD"
	DigestHexCharacterInvalid       Code = "DIGEST_HEX_CHARACTER_INVALID"
	DigestHexLengthInvalid          Code = "DIGEST_HEX_LENGTH_INVALID"
	RestoreReservationsActive       Code = "RESTORE_RESERVATIONS_ACTIVE"
	RestoreTenantDuplicate          Code = "RESTORE_TENANT_DUPLICATE"
	RestoreReservedWithoutHold      Code = "RESTORE_RESERVED_WITHOUT_HOLD"
	RestoreFieldNegative            Code = "RESTORE_FIELD_NEGATIVE"
	RestoreUnbalanced               Code = "RESTORE_UNBALANCED"
	FinanceLedgerUnbalanced         Code = "FINANCE_LEDGER_UNBALANCED"
	FinanceTotalsOverflow           Code = "FINANCE_TOTALS_OVERFLOW"
	SnapshotMalformed               Code = "SNAPSHOT_MALFORMED"
	SnapshotTooLarge                Code = "SNAPSHOT_TOO_LARGE"
	RecoveryLogBehind               Code = "RECOVERY_LOG_BEHIND"
	LogLineMalformed                Code = "LOG_LINE_MALFORMED"
	LogLineTooLong                  Code = "LOG_LINE_TOO_LONG"
	LogSequenceUnexpected           Code = "LOG_SEQUENCE_UNEXPECTED"
	LogChainBroken                  Code = "LOG_CHAIN_BROKEN"
	LogKeyTooShort                  Code = "LOG_KEY_TOO_SHORT"
	LogPayloadTooLarge              Code = "LOG_PAYLOAD_TOO_LARGE"
	LogPayloadFloat                 Code = "LOG_PAYLOAD_FLOAT"
	LogPayloadIntegerOutOfRange     Code = "LOG_PAYLOAD_INTEGER_OUT_OF_RANGE"
	LogPayloadTextInvalid           Code = "LOG_PAYLOAD_TEXT_INVALID"
	LogPayloadKeyDuplicate          Code = "LOG_PAYLOAD_KEY_DUPLICATE"
	LogPayloadTooDeep               Code = "LOG_PAYLOAD_TOO_DEEP"
	LogSequenceExhausted            Code = "LOG_SEQUENCE_EXHAUSTED"
	LogDecisionNotReplayed          Code = "LOG_DECISION_NOT_REPLAYED"
	LogRecordMalformed              Code = "LOG_RECORD_MALFORMED"
	LogAuditNotCanonical            Code = "LOG_AUDIT_NOT_CANONICAL"
	LogAuditPolicyUnknown           Code = "LOG_AUDIT_POLICY_UNKNOWN"
	LogAuditInputMismatch           Code = "LOG_AUDIT_INPUT_MISMATCH"
	LogAuditDecisionMismatch        Code = "LOG_AUDIT_DECISION_MISMATCH"
	LogAuditNotReplayed             Code = "LOG_AUDIT_NOT_REPLAYED"
	LogAnchorSchemaUnknown          Code = "LOG_ANCHOR_SCHEMA_UNKNOWN"
	LogAnchorMismatch               Code = "LOG_ANCHOR_MISMATCH"
	ProofVersionUnknown             Code = "PROOF_VERSION_UNKNOWN"
	ProofReplayInvalid              Code = "PROOF_REPLAY_INVALID"
	ProofPartMissing                Code = "PROOF_PART_MISSING"
	ProofSequenceZero               Code = "PROOF_SEQUENCE_ZERO"
	ProofDigestNotCanonical         Code = "PROOF_DIGEST_NOT_CANONICAL"
	VerifyBundleSchemaUnknown       Code = "VERIFY_BUNDLE_SCHEMA_UNKNOWN"
	VerifyBundleAlgorithmUnknown    Code = "VERIFY_BUNDLE_ALGORITHM_UNKNOWN"
	VerifyBundleProofVersionUnknown Code = "VERIFY_BUNDLE_PROOF_VERSION_UNKNOWN"
	VerifyBundleProducerUnknown     Code = "VERIFY_BUNDLE_PRODUCER_UNKNOWN"
	VerifyBundleReplayInvalid       Code = "VERIFY_BUNDLE_REPLAY_INVALID"
	VerifyBundleDigestNotCanonical  Code = "VERIFY_BUNDLE_DIGEST_NOT_CANONICAL"
)

// Refusal says what the specification refuses: by its code, and where.
type Refusal struct {
	Code Code
	At   string
}

// Error names the code and the path.
func (r *Refusal) Error() string {
	return fmt.Sprintf("%s at %s", r.Code, r.At)
}

func refuse(code Code, at string) *Refusal {
	return &Refusal{Code: code, At: at}
}

func refuseAt(code Code, format string, arguments ...any) *Refusal {
	return refuse(code, fmt.Sprintf(format, arguments...))
}
