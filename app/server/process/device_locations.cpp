#include "app/server/process/device_locations.hpp"

#include "actors/identity_server/registry/entity.hpp"
#include "app/api/services/mapping/messages.hpp"
#include "ttn/lorawan/v3/end_device.pb.h"

namespace ff::app {

Locations registered_locations(ByteView row) {
  Locations out;
  const auto entity = identity_server::decode_entity({}, row);
  if (!entity || entity->deleted_at) return out;
  ttn::lorawan::v3::EndDevice device;
  if (!device.ParseFromArray(entity->message.data(), static_cast<int>(entity->message.size())))
    return out;
  for (const auto& [service, location] : device.locations())
    out.emplace(service, api::location_of(location));
  return out;
}

}  // namespace ff::app
