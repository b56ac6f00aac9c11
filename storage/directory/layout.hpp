// The folders of a data directory. Not for other folders.
#pragma once

#include <filesystem>

#include "protocol/base/result.hpp"

namespace ff::storage::layout {

/// The RocksDB store.
std::filesystem::path store(const std::filesystem::path& directory);
/// The store while a restore writes it; never served from.
std::filesystem::path unfinished_store(const std::filesystem::path& directory);
/// Creates the directory if missing, for its owner alone. Errors: directory_unusable,
/// restore_incomplete.
Status prepare(const std::filesystem::path& directory);

}  // namespace ff::storage::layout
