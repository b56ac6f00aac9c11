// End devices in four registries: the calls, their order, and what undoes them. [spec cli §6] Not
// the command line; used by the commands and by the import.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "app/cli/call/api.hpp"
#include "app/cli/config/config.hpp"
#include "app/cli/device/paths.hpp"
#include "protocol/base/result.hpp"

namespace ttn::lorawan::v3 {
class CreateEndDeviceRequest;
class EndDevice;
class EndDeviceIdentifiers;
class SetEndDeviceRequest;
}  // namespace ttn::lorawan::v3

namespace ff::cli {

inline constexpr ErrorDef no_end_device_eui{"cli", "no_end_device_eui", Code::invalid_argument,
                                            "JoinEUI and DevEUI are needed"};
inline constexpr ErrorDef end_device_eui_update{"cli", "end_device_eui_update",
                                                Code::invalid_argument,
                                                "EUIs of an end device can not be changed"};
inline constexpr ErrorDef end_device_server_address_mismatch{
    "cli", "end_device_server_address_mismatch", Code::aborted,
    "the end device's {component} is `{address}`, the configuration says `{expected}`"};

/// What of the device the identity server keeps.
ttn::lorawan::v3::CreateEndDeviceRequest creation_of(const ttn::lorawan::v3::EndDevice& device,
                                                     const std::vector<std::string>& paths);
/// What of the device the registry with these paths keeps.
ttn::lorawan::v3::SetEndDeviceRequest setting_of(const ttn::lorawan::v3::EndDevice& device,
                                                 const std::vector<std::string>& paths);

/// Called with what a person should know.
using Tell = std::function<void(std::string_view)>;

/// Registries of end devices, for one command at a time.
class DeviceCalls {
 public:
  DeviceCalls(Api& api, const Config& config, Tell warn);

  /// Identity, join (if the device joins), network, application server; whole, or not at all: a
  /// failure deletes what was made. `device` becomes what the registries answer.
  Status create(ttn::lorawan::v3::EndDevice& device, const std::vector<std::string>& paths);

  /// Identity server first; then as far as its addresses are those of the configuration. What can
  /// not be got is told and left out.
  Result<std::unique_ptr<ttn::lorawan::v3::EndDevice>> get(
      const ttn::lorawan::v3::EndDeviceIdentifiers& ids, const std::vector<std::string>& paths);

  /// Every registry that has one of the paths; all of them if `touch`.
  Status set(ttn::lorawan::v3::EndDevice& device, std::vector<std::string> paths, bool touch);

  /// Application, network, join, identity server. What is not there is deleted.
  Status erase(const ttn::lorawan::v3::EndDeviceIdentifiers& ids);

  /// The device with its identifiers and the addresses of its servers, checked against the
  /// configuration. Error: end_device_server_address_mismatch.
  Result<std::unique_ptr<ttn::lorawan::v3::EndDevice>> registered(
      const ttn::lorawan::v3::EndDeviceIdentifiers& ids);

 private:
  Status write(ttn::lorawan::v3::EndDevice& device, const SplitPaths& paths, Registry registry);
  Status set_others(ttn::lorawan::v3::EndDevice& device, const SplitPaths& paths, bool joins);
  void undo(const ttn::lorawan::v3::EndDeviceIdentifiers& ids, bool joins);
  Status erase_in(Registry registry, const ttn::lorawan::v3::EndDeviceIdentifiers& ids);
  bool is_enabled(Registry registry) const;
  void merge(Registry registry, const ttn::lorawan::v3::EndDeviceIdentifiers& ids,
             const std::vector<std::string>& paths, ttn::lorawan::v3::EndDevice& device);
  void drop_foreign(const ttn::lorawan::v3::EndDevice& device, SplitPaths& split) const;

  Api& api_;
  const Config& config_;
  Tell warn_;
};

}  // namespace ff::cli
