#include "app/api/services/device_euis.hpp"

#include "actors/join_server/errors.hpp"
#include "actors/network_server/session/device.hpp"
#include "app/api/services/identity/entity_registry.hpp"
#include "app/api/services/mapping/values.hpp"
#include "ttn/lorawan/v3/end_device.pb.h"

namespace ff::api {
namespace {

bool has_euis(const DeviceIdentifiers& ids) {
  return ids.join_eui && ids.dev_eui;
}

/// What is said of a device without EUIs: that it is not there, unless it could not be asked for.
Error without_euis(const Error& error) {
  return error.code() == Code::not_found ? Error(join_server::device_not_found) : error;
}

}  // namespace

void DeviceEuis::find(const DeviceUid& uid, actors::Reply<DeviceIdentifiers> then) const {
  if (!network_servers_.exists())
    return find_registered(uid, Error(join_server::device_not_found), std::move(then));
  using Found = std::shared_ptr<const network_server::Device>;
  auto make = [&](actors::Reply<Found> reply) {
    return network_server::to_session(uid, network_server::GetDevice{std::move(reply)});
  };
  auto found = [self = *this, uid, then = std::move(then)](const Result<Found>& device) {
    if (device && has_euis((*device)->ids)) return then((*device)->ids);
    self.find_registered(
        uid, device ? Error(join_server::device_not_found) : without_euis(device.error()), then);
  };
  asker_.ask<Found>(network_servers_.of(uid), "NETWORK_SERVER", make, std::move(found));
}

void DeviceEuis::find_registered(const DeviceUid& uid, const Error& otherwise,
                                 actors::Reply<DeviceIdentifiers> then) const {
  if (!identity_) return then(fail(otherwise));
  const auto key = device_key(uid.application_id.text(), uid.device_id.text());
  identity_->get(
      key, [otherwise, then = std::move(then)](const Result<identity_server::EntityPtr>& entity) {
        if (!entity)
          return then(fail(entity.error().code() == Code::not_found ? otherwise : entity.error()));
        const auto device = entity_message<pb::EndDevice>(**entity);
        if (!device) return then(fail(device.error()));
        auto ids = ids_of(device->ids());
        if (!has_euis(ids)) return then(fail(otherwise));
        then(std::move(ids));
      });
}

}  // namespace ff::api
