// A repository's files into the store: what is new or has changed is read, the rest is left alone.
// Not where files come from (source.hpp), nor who may write.
#pragma once

#include <functional>
#include <string>

#include "actors/device_repository/source.hpp"
#include "storage/engine/engine.hpp"
#include "storage/engine/write_batch.hpp"

namespace ff::device_repository {

inline constexpr ErrorDef not_a_repository{"pkg/devicerepository/import", "not_a_repository",
                                           Code::invalid_argument,
                                           "there is no `vendor/index.yaml`: nothing is removed"};
inline constexpr ErrorDef import_stopped{"pkg/devicerepository/import", "stopped", Code::cancelled,
                                         "the import was stopped"};

struct ImportReport {
  std::size_t files = 0;     // seen
  std::size_t imported = 0;  // new or changed
  std::size_t unchanged = 0;
  std::size_t bad = 0;      // what was stored of them before stays
  std::size_t removed = 0;  // not in the source any more
  bool operator==(const ImportReport&) const = default;
};

struct ImportHooks {
  /// Makes the rows durable; the caller is their single writer.
  std::function<Status(storage::WriteBatch)> write;
  /// A file, and what of it was wrong. May be null.
  std::function<void(const std::string& path, const std::string& reason)> problem;
  /// Every now and then; false: stop. May be null.
  std::function<bool(const ImportReport&)> progress;
};

/// Errors: those of the source, the store and `write`, import_stopped; not_a_repository when all is
/// read. What was written before stays, and is unchanged for the next import.
Result<ImportReport> import_repository(RepositorySource& source, const storage::Reader& store,
                                       const ImportHooks& hooks);

}  // namespace ff::device_repository
