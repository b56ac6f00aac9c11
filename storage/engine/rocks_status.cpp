#include "storage/engine/rocks_status.hpp"

#include <string>

#include "storage/engine/errors.hpp"

namespace ff::storage {
namespace {

const ErrorDef& definition_of(const rocksdb::Status& status, const std::string& detail) {
  if (status.IsNoSpace() || status.subcode() == rocksdb::Status::kSpaceLimit) return disk_full;
  if (status.IsCorruption()) return corruption;
  if (status.IsIOError() && detail.find("ock") != std::string::npos &&
      detail.find("LOCK") != std::string::npos) {
    return locked;  // RocksDB has no code for it: "While lock file: …/LOCK" and "lock hold by
                    // current process".
  }
  if (status.IsPathNotFound()) return not_open;
  if (status.IsIOError() || status.IsTryAgain() || status.IsTimedOut()) return io_failed;
  if (status.IsInvalidArgument()) {
    if (detail.find("does not exist") != std::string::npos) return not_open;
    if (detail.find("olumn famil") != std::string::npos) return unknown_family;
  }
  return engine_failed;
}

}  // namespace

Error to_error(const rocksdb::Status& status, const std::filesystem::path& path) {
  auto detail = status.ToString();
  return Error(definition_of(status, detail), {{"path", path.string()}, {"detail", detail}});
}

}  // namespace ff::storage
