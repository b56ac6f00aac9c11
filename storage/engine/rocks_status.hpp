// Turns RocksDB's status into our errors. Not for other folders: only rocks_*.cpp include this.
#pragma once

#include <rocksdb/status.h>

#include <filesystem>
#include <string_view>

#include "protocol/base/result.hpp"

namespace ff::storage {

/// `status` is not OK.
Error to_error(const rocksdb::Status& status, const std::filesystem::path& path);

inline Status to_status(const rocksdb::Status& status, const std::filesystem::path& path) {
  if (status.ok()) return {};
  return fail(to_error(status, path));
}

}  // namespace ff::storage
