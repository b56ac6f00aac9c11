// Which EUIs a device has of which a request names the ids alone: the join server knows its part by
// them. Not whether that part is the device's own; who has the EUIs is asked there.
#pragma once

#include <optional>

#include "app/api/services/identity/identity.hpp"
#include "app/api/services/services.hpp"

namespace ff::api {

/// Copies are the same. Any thread.
class DeviceEuis {
 public:
  /// Without an identity server only the network server is asked.
  DeviceEuis(Asker asker, NetworkServers network_servers, std::optional<Identity> identity)
      : asker_(std::move(asker)),
        network_servers_(std::move(network_servers)),
        identity_(std::move(identity)) {}

  /// The ids with both EUIs: of the network server's record; when that has gone, or has none, of
  /// the identity server's, which is deleted last. Errors: join_server's device_not_found when
  /// neither has them; those of asking when it is not known.
  void find(const DeviceUid& uid, actors::Reply<DeviceIdentifiers> then) const;

 private:
  void find_registered(const DeviceUid& uid, const Error& otherwise,
                       actors::Reply<DeviceIdentifiers> then) const;

  Asker asker_;
  NetworkServers network_servers_;
  std::optional<Identity> identity_;
};

}  // namespace ff::api
