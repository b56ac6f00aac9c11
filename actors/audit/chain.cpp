#include "actors/audit/chain.hpp"

#include <algorithm>

#include "protocol/crypto/seal.hpp"
#include "storage/codec/fields.hpp"

namespace ff::audit {
namespace {

constexpr storage::ValueVersion link_version = 1;
constexpr storage::ValueVersion checkpoint_version = 1;
constexpr std::string_view hash_domain = "farfield audit 1\n";
constexpr std::string_view signature_domain = "farfield audit signature 1\n";
constexpr std::string_view checkpoint_domain = "farfield audit checkpoint 1\n";

struct StoredLink {
  Bytes content;
  Bytes previous;
  Bytes hash;
  Bytes signature;
};
template <class Archive>
void fields(Archive& a, StoredLink& link) {
  a(1, link.content);
  a(2, link.previous);
  a(3, link.hash);
  a(4, link.signature);
}

struct StoredCheckpoint {
  std::uint64_t sequence = 0;
  Bytes hash;
  Bytes signature;
};
template <class Archive>
void fields(Archive& a, StoredCheckpoint& checkpoint) {
  a(1, checkpoint.sequence);
  a(2, checkpoint.hash);
  a(3, checkpoint.signature);
}

Bytes to_bytes(const Digest& digest) {
  return {digest.begin(), digest.end()};
}

std::optional<Digest> to_digest(const Bytes& bytes) {
  Digest out{};
  if (bytes.size() != out.size()) return std::nullopt;
  std::ranges::copy(bytes, out.begin());
  return out;
}

Bytes signature_of(ByteView key, std::string_view domain, std::uint64_t sequence,
                   const Digest& hash) {
  auto signed_bytes = to_owned(as_bytes(domain));
  append_be<8>(signed_bytes, sequence);
  append(signed_bytes, hash);
  return to_bytes(crypto::hmac_sha256(key, signed_bytes));
}

StoredCheckpoint stored(const Checkpoint& checkpoint, const Bytes* maybe_key) {
  StoredCheckpoint out{checkpoint.sequence, to_bytes(checkpoint.hash), {}};
  if (maybe_key != nullptr)
    out.signature =
        signature_of(*maybe_key, checkpoint_domain, checkpoint.sequence, checkpoint.hash);
  return out;
}

Bytes encoded(const Checkpoint& checkpoint, const Bytes* maybe_key) {
  return storage::seal_record(checkpoint_version, stored(checkpoint, maybe_key));
}

Signed who_signed(const Link& link, std::uint64_t sequence, const Keys& keys) {
  if (link.signature.empty()) return Signed::no;
  const bool is_ours = std::ranges::any_of(keys, [&](const Bytes& key) {
    return signature_of(key, signature_domain, sequence, link.hash) == link.signature;
  });
  return is_ours ? Signed::by_us : Signed::unknown;
}

}  // namespace

Bytes encode_checkpoint(const Checkpoint& checkpoint, const Keys& keys) {
  return encoded(checkpoint, keys.empty() ? nullptr : &keys.front());
}

Result<Checkpoint> decode_checkpoint(ByteView row) {
  FF_TRY(const auto envelope, storage::unseal(row, checkpoint_version));
  FF_TRY(const auto stored, storage::read_record<StoredCheckpoint>(envelope.body));
  const auto hash = to_digest(stored.hash);
  if (!hash) return fail(malformed_link, {{"sequence", stored.sequence}});
  return Checkpoint{stored.sequence, *hash};
}

bool is_genuine(ByteView row, const Keys& keys) {
  const auto checkpoint = decode_checkpoint(row);
  if (!checkpoint) return false;
  const auto is_row = [&](const Bytes& other) { return std::ranges::equal(row, other); };
  if (keys.empty()) return true;
  return std::ranges::any_of(keys,
                             [&](const Bytes& key) { return is_row(encoded(*checkpoint, &key)); });
}

Digest hash_of(const Digest& previous, ByteView content) {
  auto hashed = to_owned(as_bytes(hash_domain));
  append(hashed, previous);
  append(hashed, content);
  return crypto::sha256(hashed);
}

Link make_link(const Record& record, const Checkpoint& previous, const Keys& keys) {
  Link link{
      .content = encode_record(record), .previous = previous.hash, .hash = {}, .signature = {}};
  link.hash = hash_of(link.previous, link.content);
  if (!keys.empty())
    link.signature = signature_of(keys.front(), signature_domain, record.sequence, link.hash);
  return link;
}

Bytes encode_link(const Link& link) {
  return storage::seal_record(link_version, StoredLink{link.content, to_bytes(link.previous),
                                                       to_bytes(link.hash), link.signature});
}

Result<Link> decode_link(ByteView row) {
  FF_TRY(const auto envelope, storage::unseal(row, link_version));
  FF_TRY(auto stored, storage::read_record<StoredLink>(envelope.body));
  const auto previous = to_digest(stored.previous);
  const auto hash = to_digest(stored.hash);
  if (!previous || !hash) return fail(malformed_link, {{"sequence", 0}});
  return Link{std::move(stored.content), *previous, *hash, std::move(stored.signature)};
}

std::string_view to_string(Fault fault) noexcept {
  switch (fault) {
    case Fault::none:
      return "";
    case Fault::missing:
      return "missing";
    case Fault::malformed:
      return "malformed";
    case Fault::wrong_number:
      return "wrong_number";
    case Fault::changed:
      return "changed";
    case Fault::wrong_previous:
      return "wrong_previous";
    case Fault::wrong_signature:
      return "wrong_signature";
  }
  return "";
}

Judgement judge(ByteView row, const Checkpoint& previous, const Keys& keys) {
  const auto bad = [](Fault fault) { return Judgement{fault, Signed::no, {}}; };
  const auto link = decode_link(row);
  // What decodes to the same may still be other bytes: unknown fields, longer numbers.
  if (!link || encode_link(*link) != to_owned(row)) return bad(Fault::malformed);
  const auto record = decode_record(link->content);
  if (!record) return bad(Fault::malformed);
  if (hash_of(link->previous, link->content) != link->hash) return bad(Fault::changed);
  if (record->sequence != previous.sequence + 1) return bad(Fault::wrong_number);
  if (link->previous != previous.hash) return bad(Fault::wrong_previous);
  const auto is_signed = who_signed(*link, record->sequence, keys);
  if (!keys.empty() && is_signed == Signed::unknown) return bad(Fault::wrong_signature);
  return {Fault::none, is_signed, {record->sequence, link->hash}};
}

}  // namespace ff::audit
