// Where a repository's files come from: a folder, or an archive (.tar, .tar.gz). Not what is in
// them.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "protocol/base/result.hpp"

namespace ff::device_repository {

inline constexpr ErrorDef unreadable_source{"pkg/devicerepository/import", "unreadable_source",
                                            Code::not_found, "`{path}` can not be read: {reason}"};

/// Bytes of a file; of a larger one only so many and one more are given, so that it is noticed.
inline constexpr std::size_t source_file_max = std::size_t{2} << 20U;
/// What an archive may have altogether, unpacked.
inline constexpr std::uint64_t archive_size_max = std::uint64_t{8} << 30U;

/// `path`: below `vendor/`. False: no more.
using VisitFile = std::function<bool(const std::string& path, const std::string& content)>;

class RepositorySource {
 public:
  virtual ~RepositorySource() = default;
  /// How many documents there are; 0: not known before.
  virtual std::size_t count() const = 0;
  /// Every file that is_document(), each once. A folder's in the order of their names. Error:
  /// unreadable_source; of one file only `unreadable` is told.
  virtual Status walk(const VisitFile& visit,
                      const std::function<void(const std::string& path)>& unreadable) = 0;
};

/// A folder if `path` is one, the checkout or its `vendor`; else an archive. Symbolic links are
/// left out. Error: unreadable_source.
Result<std::unique_ptr<RepositorySource>> open_source(const std::filesystem::path& path);

}  // namespace ff::device_repository
