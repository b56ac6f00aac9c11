// Opens a data directory: creates it, checks that it is ours and fits the settings, counts the
// start. Not migrations (the caller runs a Migrator) and not backups (backup.hpp).
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "protocol/base/random.hpp"
#include "protocol/base/result.hpp"
#include "storage/directory/counter_jump.hpp"
#include "storage/engine/engine.hpp"
#include "storage/engine/rocks_engine.hpp"
#include "storage/keys/shard.hpp"
#include "storage/migration/migration.hpp"

namespace ff::storage {

inline constexpr ErrorDef shard_count_mismatch{
    "pkg/storage", "shard_count_mismatch", Code::failed_precondition,
    "setting `storage.shards` is {configured}, but the data directory was created with {stored}; "
    "the number "
    "can not change: set `storage.shards` to {stored} or use a new directory"};
inline constexpr ErrorDef restore_incomplete{
    "pkg/storage", "restore_incomplete", Code::failed_precondition,
    "a restore into `{path}` was interrupted: delete the directory and restore again"};
inline constexpr ErrorDef directory_unusable{"pkg/storage", "directory_unusable",
                                             Code::failed_precondition,
                                             "can not use `{path}` as data directory: {detail}"};

/// 16 bytes, RFC 4122 version 4. Made once per data directory; names the node in a cluster.
struct NodeUuid {
  std::array<std::uint8_t, 16> bytes{};
  auto operator<=>(const NodeUuid&) const = default;
};
/// `xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx`, lower case.
std::string to_string(const NodeUuid& uuid);

struct StoreIdentity {
  /// Before migrations.
  FormatVersion format = 0;
  ShardCount shard_count;
  NodeUuid node_uuid;
  /// How often this directory was opened, this time included: from 1, never the same twice.
  std::uint64_t boot_epoch = 0;
  CounterJump counter_jump;
  /// This call made the store.
  bool created = false;
  /// Bytes that recovery left out of the log; if above 0, counter_jump has grown because of it.
  std::uint64_t log_bytes_dropped = 0;
};

struct StoreSettings {
  ShardCount shard_count;
  /// Added to the counter jump when the log was damaged; at least 1. Must exceed what any one
  /// device can use up between the oldest write that may be lost and the crash.
  std::uint64_t counter_jump_block = 1024;
};

/// Makes an empty store ours or checks that it is, and counts this start, durably. Works on any
/// engine. Errors: shard_count_mismatch, format_too_new, format_missing, corruption, and those of
/// the engine.
Result<StoreIdentity> claim_store(Engine& engine, const StoreSettings& settings, Random& random);

struct OpenStore {
  std::unique_ptr<Engine> engine;
  StoreIdentity identity;
};

/// The store of a data directory is in its folder `db`. `engine.directory` is the data directory;
/// it is created with its parents, readable by its owner alone (it holds keys). Errors:
/// directory_unusable, restore_incomplete, those of open_rocks() and of claim_store().
Result<OpenStore> open_directory(RocksOptions engine, const StoreSettings& settings,
                                 Random& random);

}  // namespace ff::storage
