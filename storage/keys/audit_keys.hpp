// The keys of the audit log's rows, in the families `entity` and `entity_index`. FORMAT.md. Not
// what is in the rows (actors/audit).
#pragma once

#include <cstdint>
#include <string_view>

#include "protocol/base/result.hpp"
#include "storage/engine/engine.hpp"

namespace ff::storage {

/// ON-DISK: first byte of the log's keys in `entity`, and of its listings in `entity_index`. No
/// other kind or index has these numbers.
inline constexpr std::uint8_t audit_kind = 38;
inline constexpr std::uint8_t audit_index = 70;

/// A record of the log, a row of `entity`.
Bytes audit_record_key(std::uint64_t sequence);
/// From the first to the last, both included.
KeyRange audit_record_range(std::uint64_t first, std::uint64_t last);
/// Error: malformed_key.
Result<std::uint64_t> parse_audit_record_key(ByteView key);

/// What a call under way may change, until its outcome is a record.
Bytes audit_pending_key(std::uint64_t ticket);
KeyRange audit_pending_range();
/// Error: malformed_key.
Result<std::uint64_t> parse_audit_pending_key(ByteView key);

/// Where the chain ends.
Bytes audit_head_key();
/// What was forgotten last: the chain begins behind it.
Bytes audit_anchor_key();

/// A listing of `entity_index`: records that are found by `name`, in their order.
Bytes audit_index_key(std::string_view name, std::uint64_t sequence);
/// From the first to the last, both included.
KeyRange audit_index_range(std::string_view name, std::uint64_t first, std::uint64_t last);
/// Error: malformed_key.
Result<std::uint64_t> parse_audit_index_key(ByteView key);

}  // namespace ff::storage
