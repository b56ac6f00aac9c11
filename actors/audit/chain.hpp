// The chain of the audit log: every record carries the digest of the one before, so that a record
// that is changed, taken out or put in shows; with a key, who has not got it can not make another
// chain. Pure. What it does not show, and what shows that, is in
// app/docs/adr/0024-audit-log.md.
#pragma once

#include <span>
#include <vector>

#include "actors/audit/record.hpp"
#include "protocol/crypto/digest.hpp"

namespace ff::audit {

using Digest = crypto::Sha256Digest;

inline constexpr ErrorDef malformed_link{"pkg/audit", "malformed_record", Code::data_loss,
                                         "record {sequence} of the audit log is malformed"};

/// Keys of signatures: the first signs.
using Keys = std::vector<Bytes>;

/// How far a chain goes: a record, by its number and digest.
struct Checkpoint {
  std::uint64_t sequence = 0;  ///< 0: before the first.
  Digest hash{};
  bool operator==(const Checkpoint&) const = default;
};
Bytes encode_checkpoint(const Checkpoint& checkpoint, const Keys& keys);
/// Total on any bytes. Does not look at the signature.
Result<Checkpoint> decode_checkpoint(ByteView row);
/// The row is what encode_checkpoint() made with one of the keys, or with none if there are none.
bool is_genuine(ByteView row, const Keys& keys);

/// A record as it is stored.
struct Link {
  Bytes content;  ///< encode_record()
  Digest previous{};
  Digest hash{};
  Bytes signature;  ///< HMAC-SHA256 of the hash; empty without a key.
  bool operator==(const Link&) const = default;
};

/// SHA-256 of `farfield audit 1\n`, the previous digest and the content. ON-DISK, and in exports.
Digest hash_of(const Digest& previous, ByteView content);

/// `record` behind `previous`, whose successor it is.
Link make_link(const Record& record, const Checkpoint& previous, const Keys& keys);
/// ON-DISK; golden test test/actors/audit/chain_test.cpp.
Bytes encode_link(const Link& link);
/// Total on any bytes. Errors: malformed_record, malformed_value, value_too_new.
Result<Link> decode_link(ByteView row);

enum class Fault : std::uint8_t {
  none,
  missing,          ///< There is no record of this number.
  malformed,        ///< It does not decode, or not to the bytes it is.
  wrong_number,     ///< It says to be another one.
  changed,          ///< Its digest is not that of its content.
  wrong_previous,   ///< It does not follow the record before.
  wrong_signature,  ///< Its signature is nobody's whose key we have, or has been taken off.
};
std::string_view to_string(Fault fault) noexcept;

/// Whose signature a link has.
enum class Signed : std::uint8_t { no, by_us, unknown };

struct Judgement {
  Fault fault = Fault::none;
  Signed is_signed = Signed::no;
  Checkpoint reached;
};
/// The row behind `previous`. Without keys signatures are not looked at.
Judgement judge(ByteView row, const Checkpoint& previous, const Keys& keys);

}  // namespace ff::audit
