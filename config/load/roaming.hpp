// Reads the files of roaming partners that `config.yml` of `ns.interop.directory` lists.
#pragma once

#include <filesystem>
#include <string_view>
#include <vector>

#include "config/load/interop.hpp"
#include "config/roaming.hpp"

namespace ff::config {

/// One partner's file; paths in it are relative to `directory`. Unknown keys are errors. Never
/// throws, whatever the text. Error: malformed_interop.
Result<RoamingPartner> read_roaming_partner(std::string_view text, std::string_view file,
                                            const std::filesystem::path& directory);

/// The partners that `config.yml` of the folder names; none without the key. Errors:
/// malformed_interop, also for two partners with one NetID.
Result<std::vector<RoamingPartner>> load_roaming_partners(const std::filesystem::path& directory);

/// Whether the partners fit `own`: nobody is their own partner, and frames with our addresses are
/// never forwarded. Error: malformed_interop.
Status check_roaming_partners(const std::vector<RoamingPartner>& partners, NetId own,
                              const std::vector<DevAddrPrefix>& own_prefixes);

}  // namespace ff::config
