#include "actors/network_server/session/adr_choice.hpp"

namespace ff::network_server {

mac::adr::Algorithm AdrChoice::of(const DeviceUid& uid) const {
  if (exceptions.empty()) return algorithm;
  auto found = exceptions.find(to_string(uid));
  if (found == exceptions.end()) found = exceptions.find(uid.application_id.text());
  return found == exceptions.end() ? algorithm : found->second;
}

}  // namespace ff::network_server
