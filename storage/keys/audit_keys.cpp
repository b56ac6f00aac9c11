#include "storage/keys/audit_keys.hpp"

#include <charconv>
#include <limits>
#include <string>

#include "protocol/base/hex.hpp"
#include "storage/keys/key_codec.hpp"
#include "storage/keys/keys.hpp"

namespace ff::storage {
namespace {

// ON-DISK: the first text behind the kind.
constexpr std::string_view record_part = "record";
constexpr std::string_view pending_part = "pending";
constexpr std::string_view head_part = "head";
constexpr std::string_view anchor_part = "anchor";

/// Texts of one length compare as the numbers.
std::string twenty_digits(std::uint64_t number) {
  auto digits = std::to_string(number);
  return std::string(20 - digits.size(), '0') + digits;
}

Bytes key_of(std::string_view part, std::string_view id) {
  return KeyWriter().u8(audit_kind).text(part).text(id).take();
}

Bytes index_key(std::string_view name, std::uint64_t sequence) {
  return KeyWriter()
      .u8(audit_index)
      .text(name)
      .u8(audit_kind)
      .text(record_part)
      .text(twenty_digits(sequence))
      .take();
}

/// `last` included.
KeyRange up_to(Bytes first, Bytes last) {
  last.push_back(0);
  return {std::move(first), std::move(last)};
}

Result<std::uint64_t> number_of(KeyReader& in, std::string_view part, std::string_view family,
                                ByteView key) {
  const auto kind = in.u8();
  const auto name = in.text();
  const auto digits = in.text();
  std::uint64_t number = 0;
  const auto* end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, number);
  const bool is_number = digits.size() == 20 && error == std::errc() && stop == end;
  if (!in.finished() || kind != audit_kind || name != part || !is_number)
    return fail(malformed_key, {{"family", family}, {"key", hex_lower(key)}});
  return number;
}

}  // namespace

Bytes audit_record_key(std::uint64_t sequence) {
  return key_of(record_part, twenty_digits(sequence));
}
KeyRange audit_record_range(std::uint64_t first, std::uint64_t last) {
  return up_to(audit_record_key(first), audit_record_key(last));
}
Result<std::uint64_t> parse_audit_record_key(ByteView key) {
  KeyReader in(key);
  return number_of(in, record_part, "entity", key);
}

Bytes audit_pending_key(std::uint64_t ticket) {
  return key_of(pending_part, twenty_digits(ticket));
}
KeyRange audit_pending_range() {
  return prefix_range(KeyWriter().u8(audit_kind).text(pending_part).take());
}
Result<std::uint64_t> parse_audit_pending_key(ByteView key) {
  KeyReader in(key);
  return number_of(in, pending_part, "entity", key);
}

Bytes audit_head_key() {
  return key_of(head_part, "");
}
Bytes audit_anchor_key() {
  return key_of(anchor_part, "");
}

Bytes audit_index_key(std::string_view name, std::uint64_t sequence) {
  return index_key(name, sequence);
}
KeyRange audit_index_range(std::string_view name, std::uint64_t first, std::uint64_t last) {
  return up_to(index_key(name, first), index_key(name, last));
}
Result<std::uint64_t> parse_audit_index_key(ByteView key) {
  KeyReader in(key);
  const auto index = in.u8();
  in.text();
  auto number = number_of(in, record_part, "entity_index", key);
  if (number && index != audit_index)
    return fail(malformed_key, {{"family", "entity_index"}, {"key", hex_lower(key)}});
  return number;
}

}  // namespace ff::storage
