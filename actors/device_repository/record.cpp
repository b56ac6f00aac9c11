#include "actors/device_repository/record.hpp"

#include "storage/codec/envelope.hpp"
#include "storage/codec/fields.hpp"
#include "storage/keys/entity_keys.hpp"
#include "storage/keys/keys.hpp"

namespace ff::device_repository {

/// ON-DISK: a number is never given to another member.
template <class Archive>
void fields(Archive& a, RepositoryRow& row) {
  a(1, row.kind);
  a(2, row.source_digest);
  a(3, row.body);
}

namespace {

constexpr storage::ValueVersion row_version = 1;
using storage::EntityKind;

}  // namespace

Bytes encode_row(const RepositoryRow& row) {
  return storage::seal_record(row_version, row);
}

Result<RepositoryRow> decode_row(ByteView row) {
  FF_TRY(const auto envelope, storage::unseal(row, row_version));
  return storage::read_record<RepositoryRow>(envelope.body);
}

Bytes row_key(std::string_view path) {
  return storage::entity_key(EntityKind::repository_document, {path});
}

storage::KeyRange all_rows() {
  return storage::prefix_range(storage::entity_prefix(EntityKind::repository_document));
}

Result<std::string> path_of_key(ByteView key) {
  FF_TRY(auto parsed, storage::parse_entity_key(key));
  if (parsed.kind != EntityKind::repository_document)
    return fail(storage::malformed_key, {{"family", "entity"}, {"key", "not a document"}});
  return std::move(parsed.ids[0]);
}

Result<std::map<std::string, Bytes>> stored_digests(const storage::Reader& store) {
  std::map<std::string, Bytes> out;
  const auto take = [&](ByteView key, ByteView value) {
    auto path = path_of_key(key);
    auto row = decode_row(value);
    // A damaged row has no digest, so that it is written anew.
    if (path) out.emplace(*std::move(path), row ? std::move(row->source_digest) : Bytes());
    return true;
  };
  FF_CHECK(store.scan({.family = storage::Family::entity, .range = all_rows()}, take));
  return out;
}

std::optional<RepositoryRow> stored_row(const storage::Reader& store, std::string_view path) {
  const auto value = store.get(storage::Family::entity, row_key(path));
  if (!value || !*value) return std::nullopt;
  auto row = decode_row(**value);
  return row ? std::optional(*std::move(row)) : std::nullopt;
}

}  // namespace ff::device_repository
