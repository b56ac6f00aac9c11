// What whoever names the EUIs of another device is told, by each registry that has them.
#pragma once

#include "protocol/base/error.hpp"
#include "protocol/types/identifiers.hpp"
#include "storage/keys/shard.hpp"

namespace ff::actors {

/// Of the registries of network, application and join server. The identity server has its own.
inline constexpr ErrorDef end_device_euis_taken{
    "pkg/internal/registry", "end_device_euis_taken", Code::already_exists,
    "an end device with JoinEUI `{join_eui}` and DevEUI `{dev_eui}` is already registered as "
    "`{device_id}` in application `{application_id}`"};

/// `def` has the placeholders of end_device_euis_taken.
inline Error euis_taken(const storage::JoinKey& euis, const DeviceUid& owner,
                        const ErrorDef& def = end_device_euis_taken) {
  return Error(def, {{"join_eui", to_string(euis.join_eui)},
                     {"dev_eui", to_string(euis.dev_eui)},
                     {"device_id", owner.device_id.text()},
                     {"application_id", owner.application_id.text()}});
}

}  // namespace ff::actors
