// What a new end device gets that its owner has not said: addresses, keys, EUIs. [spec cli §6]
#pragma once

#include <string>
#include <vector>

#include "app/cli/call/api.hpp"
#include "app/cli/config/config.hpp"
#include "protocol/base/random.hpp"
#include "protocol/base/result.hpp"
#include "protocol/base/time.hpp"

namespace ttn::lorawan::v3 {
class EndDevice;
}

namespace ff::cli {

inline constexpr ErrorDef end_device_keys_provisioner{
    "cli", "end_device_keys_provisioner", Code::invalid_argument,
    "root keys are the provisioner's; --with-root-keys can not be used"};

struct CreationWishes {
  bool defaults = true;
  bool with_root_keys = false;
  bool with_session = false;
  bool request_dev_eui = false;
};

/// Completes the device and its paths; `supports_join` is decided. Errors: of the calls it needs,
/// end_device_keys_provisioner.
Status complete_device(Api& api, const Config& config, const CreationWishes& wishes, Random& random,
                       ttn::lorawan::v3::EndDevice& device, std::vector<std::string>& paths);

/// The addresses of the configuration, and the ID from the DevEUI, where there are none. Nothing is
/// called.
void put_defaults(const Config& config, ttn::lorawan::v3::EndDevice& device,
                  std::vector<std::string>& paths);

/// A session of an ABP device with this address and random keys.
void put_session(std::string dev_addr, UtcTime now, Random& random,
                 ttn::lorawan::v3::EndDevice& device, std::vector<std::string>& paths);

}  // namespace ff::cli
