#include "storage/keys/entity_keys.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "protocol/base/assert.hpp"
#include "protocol/base/hex.hpp"
#include "storage/keys/key_codec.hpp"
#include "storage/keys/keys.hpp"

namespace ff::storage {
namespace {

/// Ids per kind, indexed by EntityKind; 0 is no kind.
constexpr std::array<std::uint8_t, 38> id_counts{0, 1, 1, 1, 1, 1, 2, 3, 4, 2, 2, 1, 1,
                                                 1, 1, 1, 2, 2, 1, 2, 2, 3, 2, 1, 1, 3,
                                                 1, 1, 2, 2, 3, 1, 2, 3, 2, 2, 1, 1};

KeyWriter index_writer(EntityIndex index) {
  KeyWriter out;
  out.u8(static_cast<std::uint8_t>(index));
  return out;
}

std::uint64_t nanoseconds(UtcTime time) {
  return static_cast<std::uint64_t>(std::max<std::int64_t>(time.time_since_epoch().count(), 0));
}

}  // namespace

std::size_t id_count(EntityKind kind) noexcept {
  return id_counts[static_cast<std::size_t>(kind)];
}

std::optional<EntityKind> entity_kind_from(std::uint8_t number) noexcept {
  if (number >= id_counts.size() || id_counts.at(number) == 0) return std::nullopt;
  return static_cast<EntityKind>(number);
}

Bytes entity_prefix(EntityKind kind, std::initializer_list<std::string_view> ids) {
  FF_ASSERT(ids.size() <= id_count(kind));
  KeyWriter out;
  out.u8(static_cast<std::uint8_t>(kind));
  for (auto id : ids) out.text(id);
  return out.take();
}

Bytes entity_key(EntityKind kind, std::initializer_list<std::string_view> ids) {
  FF_ASSERT(ids.size() == id_count(kind));
  return entity_prefix(kind, ids);
}

Result<EntityKey> parse_entity_key(ByteView key) {
  KeyReader in(key);
  auto kind = entity_kind_from(in.u8());
  EntityKey parsed;
  if (kind) {
    parsed.kind = *kind;
    for (auto i = id_count(*kind); i > 0; --i) parsed.ids.push_back(in.text());
  }
  if (!kind || !in.finished()) {
    return fail(malformed_key, {{"family", "entity"}, {"key", hex_lower(key)}});
  }
  return parsed;
}

Bytes gateway_eui_index_key(GatewayEui eui) {
  return index_writer(EntityIndex::gateway_eui).u64(eui.value()).take();
}

Bytes device_euis_index_key(const JoinKey& euis) {
  return index_writer(EntityIndex::device_euis)
      .u64(euis.join_eui.value())
      .u64(euis.dev_eui.value())
      .take();
}

Bytes text_index_key(EntityIndex index, std::initializer_list<std::string_view> parts) {
  auto out = index_writer(index);
  for (auto part : parts) out.text(part);
  return out.take();
}

Bytes member_of_prefix(std::string_view member_kind, std::string_view member_id) {
  return index_writer(EntityIndex::member_of).text(member_kind).text(member_id).take();
}

Bytes bookmarks_of_prefix(std::string_view kind, std::string_view entity) {
  return index_writer(EntityIndex::bookmarks_of).text(kind).text(entity).take();
}

Bytes created_at_prefix(EntityKind kind) {
  return index_writer(EntityIndex::created_at).u8(static_cast<std::uint8_t>(kind)).take();
}

Bytes created_at_prefix(EntityKind kind, UtcTime time) {
  auto out = created_at_prefix(kind);
  append_be<8>(out, nanoseconds(time));
  return out;
}

Bytes dev_eui_prefix(DevEui dev_eui) {
  return index_writer(EntityIndex::device_dev_eui).u64(dev_eui.value()).take();
}

Bytes expires_at_prefix() {
  return index_writer(EntityIndex::expires_at).take();
}

Bytes expires_at_prefix(UtcTime time) {
  return index_writer(EntityIndex::expires_at).u64(nanoseconds(time)).take();
}

Bytes profile_device_prefix(std::string_view application, std::string_view profile) {
  return index_writer(EntityIndex::profile_device).text(application).text(profile).take();
}

Bytes joining_device_prefix(const JoinKey& euis) {
  return index_writer(EntityIndex::joining_device)
      .u64(euis.join_eui.value())
      .u64(euis.dev_eui.value())
      .take();
}

Bytes joining_devices_prefix() {
  return index_writer(EntityIndex::joining_device).take();
}

Bytes listing_key(Bytes prefix, ByteView entity_key) {
  append(prefix, entity_key);
  return prefix;
}

Result<EntityKey> listed_entity(ByteView key, std::size_t prefix_bytes) {
  if (key.size() < prefix_bytes) {
    return fail(malformed_key, {{"family", "entity_index"}, {"key", hex_lower(key)}});
  }
  return parse_entity_key(key.subspan(prefix_bytes));
}

}  // namespace ff::storage
