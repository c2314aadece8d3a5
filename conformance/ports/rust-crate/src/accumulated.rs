//! The k-th request of docs/accumulate.md.

use calybris_core::kernel::KernelInput;
use sha2::{Digest, Sha256};

/// The request that the seed and the counter stand for.
pub fn request(seed: &[u8], k: u64) -> KernelInput {
    let half = |end: u8| {
        let hash = Sha256::new().chain_update(seed);
        hash.chain_update(k.to_le_bytes()).chain_update([end]).finalize()
    };
    let b: Vec<u8> = [half(0), half(1)].concat();
    let u16 = |start| u16::try_from(little(&b, start, 2)).expect("two bytes");
    let u32 = |start| u32::try_from(little(&b, start, 4)).expect("four bytes");
    let u64 = |start| little(&b, start, 8);
    KernelInput {
        request_sequence: u64(0),
        requested_model_id: u32::from(b[8] % 32),
        input_tokens: u32(9) >> (b[13] % 32),
        output_tokens: u32(14) >> (b[18] % 32),
        business_value_microunits: i64::from_le_bytes((u64(19) >> (b[27] % 64)).to_le_bytes()),
        budget_limit_microunits: u64(28) >> (b[36] % 64),
        risk_bps: u16(37) % 10_001,
        confidence_bps: u16(39) % 10_001,
        minimum_quality_bps: u16::from(b[41] % 101) * 100,
        max_p95_latency_ms: u32::from(b[42]) * 8,
        required_capabilities: bit(b[43]) | bit(b[44]),
        allowed_provider_mask: u64(45) | u64(53),
        required_region_mask: bit(b[61]) | bit(b[62]),
    }
}

fn little(bytes: &[u8], start: usize, size: usize) -> u64 {
    let digits = bytes[start..start + size].iter().rev();
    digits.fold(0, |value, &byte| value << 8 | u64::from(byte))
}

fn bit(place: u8) -> u64 {
    1_u64.checked_shl(u32::from(place)).unwrap_or(0)
}
