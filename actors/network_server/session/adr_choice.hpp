// Which algorithm adapts a device's data rate. The API has no field for it, so operators name it in
// the configuration. Not whether it is asked at all: that is the MAC settings' mode.
#pragma once

#include <functional>
#include <map>
#include <string>

#include "protocol/mac/adr/reference.hpp"
#include "protocol/types/identifiers.hpp"

namespace ff::network_server {

struct AdrChoice {
  mac::adr::Algorithm algorithm = mac::adr::reference_adr;
  /// By `application` or `application.device`.
  std::map<std::string, mac::adr::Algorithm, std::less<>> exceptions;

  /// The device's, else its application's, else the network's.
  mac::adr::Algorithm of(const DeviceUid& uid) const;
};

}  // namespace ff::network_server
