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

/// A consistent copy of the running store as `directory`/db; serving goes on. `directory` must not
/// exist, its parents are created. On the same file system it costs milliseconds (hard links), and
/// no space until the store changes. Blocking. Errors: backup_exists, directory_unusable, those of
/// Engine::checkpoint.
Status backup(Engine& engine, const std::filesystem::path& directory);

struct RestoreOptions {
  std::filesystem::path backup;
  /// The new data directory: missing or empty.
  std::filesystem::path directory;
  /// Added to the counter jump before the copy can be served; at least 1. Must exceed what any one
  /// device has used of a counter since the backup was made.
  std::uint64_t counter_jump_block = 1U << 16U;
};

/// Copies a backup to a new data directory, marks there that reserved counters must jump, syncs
/// everything and only then makes it servable: an interrupted restore is refused by
/// open_directory(). Errors: restore_refused, directory_unusable, io_failed, and those of
/// open_rocks().
Status restore(const RestoreOptions& options);

}  // namespace ff::storage
