// Backups of a data directory and restoring them. Not a schedule and not a transport; see app/.
#pragma once

#include <cstdint>
#include <filesystem>

#include "protocol/base/result.hpp"
#include "storage/engine/engine.hpp"

namespace ff::storage {

inline constexpr ErrorDef backup_exists{"pkg/storage", "backup_exists", Code::already_exists,
                                        "`{path}` exists: a backup needs a new directory"};
inline constexpr ErrorDef restore_refused{"pkg/storage", "restore_refused",
                                          Code::failed_precondition,
                                          "can not restore `{backup}` to `{path}`: {detail}"};

inline constexpr ErrorDef counter_jump_refused{"pkg/storage", "counter_jump",
                                               Code::invalid_argument,
                                               "counter jump {block} is not between 1 and 16383"};

/// A consistent copy of the running store as `directory`/db; serving goes on. `directory` must not
/// exist, its parents are created. On the same file system it costs milliseconds (hard links), and
/// no space until the store changes. Blocking. Errors: backup_exists, directory_unusable, those of
/// Engine::checkpoint.
Status backup(Engine& engine, const std::filesystem::path& directory);

/// Counters have 16 bits on air, and a device before LoRaWAN 1.0.4 drops a frame whose counter is
/// MAX_FCNT_GAP = 16384 or more ahead of its own: after a larger jump it would never hear the
/// network again. [TS001-1.0.3 §4.3.1.5]
inline constexpr std::uint64_t counter_jump_block_max = 16383;

struct RestoreOptions {
  std::filesystem::path backup;
  /// The new data directory: missing or empty.
  std::filesystem::path directory;
  /// Added to the counter jump before the copy can be served; 1 to counter_jump_block_max. Must
  /// exceed what any one device has used of a counter since the backup was made.
  std::uint64_t counter_jump_block = 4096;
};

/// Copies a backup to a new data directory, marks there that reserved counters must jump, syncs
/// everything and only then makes it servable: an interrupted restore is refused by
/// open_directory(). Errors: counter_jump_refused, restore_refused, directory_unusable, io_failed,
/// and those of open_rocks().
Status restore(const RestoreOptions& options);

}  // namespace ff::storage
