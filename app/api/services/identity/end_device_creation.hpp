// The creation of an end device in the identity server: one for EndDeviceRegistry and for imports
// of many. Not the caller's rights.
#pragma once

#include <functional>
#include <memory>

#include "app/api/services/identity/identity.hpp"
#include "ttn/lorawan/v3/end_device.pb.h"

namespace ff::api {

namespace pb = ttn::lorawan::v3;

/// The device is there already, with the EUIs of the request. For those who ask to be told.
inline constexpr ErrorDef end_device_exists{"pkg/identityserver/store", "end_device_exists",
                                            Code::already_exists, "the end device is there"};

inline constexpr ErrorDef end_device_picture_uploads_disabled{
    "pkg/identityserver", "end_device_picture_uploads_disabled", Code::failed_precondition,
    "uploading end device pictures is disabled"};

inline storage::EntityKey end_device_key(const pb::EndDeviceIdentifiers& ids) {
  return device_key(ids.application_ids().application_id(), ids.device_id());
}
/// The picture's addresses, as every answer has them.
void show_picture(pb::EndDevice& device, const identity_server::Settings& settings);

/// The pair of EUIs belongs to one device.
std::vector<identity_server::UniqueKey> device_euis_key(const pb::EndDevice& device);

enum class IfThere : std::uint8_t {
  refuse,  ///< id_taken
  tell,    ///< end_device_exists if it has the same EUIs, else id_taken
};

struct EndDeviceCreation {
  std::shared_ptr<const Call> call;
  pb::EndDevice device;
  IfThere if_there = IfThere::refuse;
};

/// Only in an application that is there, and on its servers. [spec identity-server §7.1] Errors:
/// forbidden_id, id_taken, end_device_euis_taken,
/// {network,application,join}_server_address_mismatch, those of pictures, not_found() of the
/// application.
void create_end_device(const Identity& identity, EndDeviceCreation creation,
                       actors::Reply<identity_server::EntityPtr> then);

}  // namespace ff::api
