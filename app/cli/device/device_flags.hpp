// The flags of end devices: every field that some registry lets a client write or read. By
// reflection. Not the calls; see device_commands.hpp.
#pragma once

#include <string>
#include <vector>

#include "app/cli/command/command.hpp"
#include "protocol/base/result.hpp"

namespace ttn::lorawan::v3 {
class EndDevice;
class EndDeviceIdentifiers;
}  // namespace ttn::lorawan::v3

namespace ff::cli {

inline constexpr ErrorDef no_end_device_id{"cli", "no_end_device_id", Code::invalid_argument,
                                           "application ID and device ID are needed"};

/// `--application-id`, `--device-id`, `--dev-eui`, `--join-eui`.
std::vector<Flag> device_id_flags();
/// Those, and one of each field that can be written, and `--location...`.
std::vector<Flag> device_set_flags();
/// One of each path that can be read, and `--all`.
std::vector<Flag> device_select_flags();

/// From words and flags. Error: invalid_text.
Status read_ids(const Arguments& arguments, ttn::lorawan::v3::EndDeviceIdentifiers& ids);
/// The same, both IDs given. Error: no_end_device_id, too.
Status require_ids(const Arguments& arguments, ttn::lorawan::v3::EndDeviceIdentifiers& ids);

/// Puts what was given into the device, and adds its paths. Error: invalid_text.
Status apply_device_flags(const Arguments& arguments, ttn::lorawan::v3::EndDevice& device,
                          std::vector<std::string>& paths);
/// The topmost paths that were selected.
std::vector<std::string> selected_device_paths(const Arguments& arguments);

}  // namespace ff::cli
