// INTERNAL: archives as sources: tar as of POSIX 1988 and 2001 and of GNU, plain or compressed with
// gzip, read from the front once.
#pragma once

#include "actors/device_repository/source.hpp"

namespace ff::device_repository {

/// The part of a name in an archive that lies below its first folder `vendor`; empty: none does.
std::string below_vendor(std::string_view name);

/// Error: unreadable_source.
Result<std::unique_ptr<RepositorySource>> open_archive(const std::filesystem::path& path);

}  // namespace ff::device_repository
