// Where other networks' join servers are listed: `ns.interop`, `as.interop`.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace ff::config {

/// Where a folder with `config.yml` is read from.
enum class DirectorySource : std::uint8_t { none, directory };

/// `ns.interop`, `as.interop`: other networks' join servers.
struct InteropClient {
  DirectorySource source = DirectorySource::none;
  std::filesystem::path directory;
  std::string id;  // NSID or AS-ID
};

}  // namespace ff::config
