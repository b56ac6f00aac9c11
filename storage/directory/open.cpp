#include "storage/directory/open.hpp"

#include <system_error>
#include <utility>

#include "protocol/base/hex.hpp"
#include "storage/directory/layout.hpp"
#include "storage/directory/meta_value.hpp"

namespace ff::storage {
namespace {

NodeUuid make_uuid(Random& random) {
  NodeUuid uuid;
  random.fill(uuid.bytes);
  uuid.bytes[6] = static_cast<std::uint8_t>((uuid.bytes[6] & 0x0FU) | 0x40U);
  uuid.bytes[8] = static_cast<std::uint8_t>((uuid.bytes[8] & 0x3FU) | 0x80U);
  return uuid;
}

/// Any record in any family: then this is not a store that can be made ours.
Result<bool> is_empty(const Reader& reader) {
  for (std::size_t i = 0; i < family_count; ++i) {
    Scan first{.family = static_cast<Family>(i), .range = {}, .limit = 1};
    FF_TRY(auto found, reader.scan(first, [](ByteView, ByteView) { return false; }));
    if (found > 0) return false;
  }
  return true;
}

StoreIdentity make_identity(const StoreSettings& settings, Random& random, WriteBatch& batch) {
  StoreIdentity identity{.format = newest_format(migrations()),
                         .shard_count = settings.shard_count,
                         .node_uuid = make_uuid(random),
                         .created = true};
  put_format(batch, identity.format);
  put_meta_number<4>(batch, meta_name::shard_count, identity.shard_count.value());
  batch.put(Family::meta, meta_key(meta_name::node_uuid), identity.node_uuid.bytes);
  return identity;
}

tl::unexpected<Error> incomplete(std::string_view what) {
  return fail(corruption,
              {{"path", "meta"}, {"detail", std::string(what) + " is missing or invalid"}});
}

Result<StoreIdentity> read_identity(const Reader& reader, FormatVersion format,
                                    const StoreSettings& settings) {
  StoreIdentity identity{.format = format};
  auto newest = newest_format(migrations());
  if (format > newest) return fail(format_too_new, {{"version", format}, {"newest", newest}});
  FF_TRY(auto shards, read_meta_number<4>(reader, meta_name::shard_count));
  auto count = ShardCount::make(static_cast<std::uint32_t>(shards.value_or(0)));
  if (!count) return incomplete(meta_name::shard_count);
  if (*count != settings.shard_count) {
    return fail(shard_count_mismatch,
                {{"configured", settings.shard_count.value()}, {"stored", count->value()}});
  }
  identity.shard_count = *count;
  FF_TRY(auto uuid, read_meta(reader, meta_name::node_uuid, identity.node_uuid.bytes.size()));
  if (!uuid) return incomplete(meta_name::node_uuid);
  std::copy(uuid->begin(), uuid->end(), identity.node_uuid.bytes.begin());
  FF_TRY(auto epoch, read_meta_number<8>(reader, meta_name::boot_epoch));
  if (!epoch) return incomplete(meta_name::boot_epoch);
  identity.boot_epoch = *epoch;
  FF_TRY(identity.counter_jump, read_counter_jump(reader));
  return identity;
}

}  // namespace

std::string to_string(const NodeUuid& uuid) {
  auto text = hex_lower(uuid.bytes);
  for (std::size_t at : {8U, 13U, 18U, 23U}) text.insert(at, "-");
  return text;
}

Result<StoreIdentity> claim_store(Engine& engine, const StoreSettings& settings, Random& random) {
  WriteBatch batch;
  StoreIdentity identity;
  const auto dropped = engine.recovery().log_bytes_dropped;
  FF_TRY(auto format, read_format(engine));
  if (format) {
    // Before the store is judged: whoever starts next finds a log without damage.
    if (dropped > 0 && *format <= newest_format(migrations()))
      FF_CHECK(add_counter_jump(engine, settings.counter_jump_block));
    FF_TRY(identity, read_identity(engine, *format, settings));
  } else {
    FF_TRY(auto empty, is_empty(engine));
    if (!empty) return fail(format_missing);
    identity = make_identity(settings, random, batch);
    if (dropped > 0) {
      identity.counter_jump = CounterJump{settings.counter_jump_block};
      put_meta_number<8>(batch, meta_name::counter_jump, identity.counter_jump.value());
    }
  }
  identity.log_bytes_dropped = dropped;
  ++identity.boot_epoch;
  put_meta_number<8>(batch, meta_name::boot_epoch, identity.boot_epoch);
  FF_CHECK(engine.write(batch, Durability::sync));
  return identity;
}

Result<OpenStore> open_directory(RocksOptions engine, const StoreSettings& settings,
                                 Random& random) {
  auto path = engine.directory;
  engine.directory = layout::store(path);
  // A simulated disk has no directory to prepare.
  if (engine.maybe_env == nullptr) FF_CHECK(layout::prepare(path));
  FF_TRY(auto opened, open_rocks(engine));
  FF_TRY(auto identity, claim_store(*opened, settings, random));
  return OpenStore{.engine = std::move(opened), .identity = identity};
}

}  // namespace ff::storage
