#include "storage/migration/migration.hpp"

#include <algorithm>
#include <utility>

#include "protocol/base/assert.hpp"
#include "storage/codec/record.hpp"
#include "storage/engine/errors.hpp"
#include "storage/keys/meta_keys.hpp"

namespace ff::storage {
namespace {

/// ON-DISK: value of `migration` in meta. Fields: 1 version u32, 2 the last key that is done.
struct Progress {
  FormatVersion version = 0;
  Bytes last_key;
};

Bytes encode(const Progress& progress) {
  RecordWriter out;
  out.varint(1, progress.version);
  out.bytes(2, progress.last_key);
  return out.take();
}

Result<std::optional<Progress>> read_progress(const Reader& reader) {
  FF_TRY(auto value, reader.get(Family::meta, meta_key(meta_name::migration)));
  if (!value) return std::optional<Progress>();
  Progress progress;
  RecordReader in(*value);
  while (in.next()) {
    if (in.field().number == 1) progress.version = in.field().u32();
    if (in.field().number == 2) progress.last_key = to_owned(in.field().bytes());
  }
  FF_CHECK(in.status());
  return std::optional(std::move(progress));
}

/// The smallest key above `key`.
Bytes after(Bytes key) {
  key.push_back(0);
  return key;
}

}  // namespace

FormatVersion newest_format(std::span<const Migration> registry) noexcept {
  return registry.empty() ? 1 : registry.back().version;
}

Result<std::optional<FormatVersion>> read_format(const Reader& reader) {
  FF_TRY(auto value, reader.get(Family::meta, meta_key(meta_name::format_version)));
  if (!value) return std::optional<FormatVersion>();
  if (value->size() != 4) {
    return fail(corruption, {{"path", "meta"}, {"detail", "format_version is not 4 bytes"}});
  }
  return std::optional(static_cast<FormatVersion>(read_be<4>(*value)));
}

void put_format(WriteBatch& batch, FormatVersion version) {
  Bytes value;
  append_be<4>(value, version);
  batch.put(Family::meta, meta_key(meta_name::format_version), value);
}

Migrator::Migrator(Engine& engine, std::span<const Migration> registry, std::size_t batch_records)
    : engine_(engine), registry_(registry), batch_records_(batch_records) {
  FF_ASSERT(batch_records >= 1);
  for (std::size_t i = 0; i < registry.size(); ++i) FF_ASSERT(registry[i].version == i + 2);
}

Result<MigrationProgress> Migrator::step() {
  FF_TRY(auto version, read_format(engine_));
  if (!version) return fail(format_missing);
  auto newest = newest_format(registry_);
  if (*version > newest) return fail(format_too_new, {{"version", *version}, {"newest", newest}});
  auto next = std::ranges::find(registry_, *version + 1, &Migration::version);
  if (next == registry_.end()) return MigrationProgress{.version = *version, .finished = true};
  return run(*next);
}

Result<MigrationProgress> Migrator::run(const Migration& migration) {
  FF_TRY(auto progress, read_progress(engine_));
  Progress done{.version = migration.version};
  KeyRange range;
  if (progress && progress->version == migration.version) {
    done.last_key = progress->last_key;
    range.first = after(progress->last_key);
  }
  WriteBatch batch;
  Status converted;
  Scan scan{.family = migration.family, .range = range, .limit = batch_records_};
  FF_TRY(auto records, engine_.scan(scan, [&](ByteView key, ByteView value) {
    converted = migration.convert(key, value, batch);
    if (converted) done.last_key = to_owned(key);
    return converted.has_value();
  }));
  FF_CHECK(converted);
  bool complete = records < batch_records_;
  if (complete) {
    put_format(batch, migration.version);
    batch.erase(Family::meta, meta_key(meta_name::migration));
  } else {
    batch.put(Family::meta, meta_key(meta_name::migration), encode(done));
  }
  FF_CHECK(engine_.write(batch, Durability::sync));
  bool finished = complete && migration.version == newest_format(registry_);
  return MigrationProgress{.version = migration.version, .records = records, .finished = finished};
}

}  // namespace ff::storage
