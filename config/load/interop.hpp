// Reads the folders of `ns.interop`, `as.interop` and `interop.sender-client-ca`: a `config.yml`
// and the files that it names. [spec events-cluster-discovery §8]
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "config/interop.hpp"
#include "protocol/base/result.hpp"

namespace ff::config {

inline constexpr ErrorDef malformed_interop{"config", "malformed_interop", Code::invalid_argument,
                                            "interop file `{file}`: {reason}"};

/// One join server's file; paths in it are relative to `directory`. Unknown keys are errors. Never
/// throws, whatever the text. Error: malformed_interop.
Result<InteropJoinServer> read_interop_join_server(std::string_view text, std::string_view file,
                                                   const std::filesystem::path& directory);

/// The join servers that `config.yml` of the folder names. Errors: malformed_interop.
Result<std::vector<InteropJoinServer>> load_interop_join_servers(
    const std::filesystem::path& directory);

/// NetIDs, AS-IDs and JoinEUIs with their authorities, and the way to those that want answers as
/// requests of their own. Errors: as above.
Result<InteropSenders> load_interop_senders(const std::filesystem::path& directory);

}  // namespace ff::config
