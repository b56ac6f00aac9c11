// The JSON requests that register a device in the four registries of The Things Stack's API, with
// the field masks its command line sends. Pure; sending is registration.hpp's. [spec cli §6,
// identity-server §7]
#pragma once

#include <string>
#include <vector>

#include "tools/sim/core/identity.hpp"

namespace ff::sim {

struct ApiCall {
  std::string method;
  std::string path;
  std::string body;
  bool may_exist = false;  // 409 is as good
};

struct ApiContext {
  std::string user_id;
  std::string application_id;
  std::string host;  // of the servers, for the registries' address fields
  bool resets_counters = false;
  bool uplinks_only = false;
};

ApiCall create_application(const ApiContext& context);
ApiCall create_gateway(const ApiContext& context, GatewayEui eui, const std::string& plan_id);
/// In the order in which they must be made: identity, join (OTAA), network, application server.
std::vector<ApiCall> create_device(const ApiContext& context, const DeviceIdentity& device);

}  // namespace ff::sim
