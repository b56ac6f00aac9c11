// Small values as JSON, for what operators are shown.
#pragma once

#include <boost/json/value.hpp>

#include <optional>
#include <string>

#include "protocol/base/time.hpp"
#include "protocol/types/counters.hpp"
#include "protocol/types/identifiers.hpp"
#include "protocol/types/radio.hpp"
#include "protocol/types/versions.hpp"

namespace ff::app {

inline boost::json::value text(std::string_view value) {
  return boost::json::string(value);
}
inline boost::json::value value_of(UtcTime time) {
  return boost::json::string(to_rfc3339(time));
}
inline boost::json::value value_of(Duration duration) {
  return boost::json::string(to_duration_text(duration));
}
inline boost::json::value value_of(DevAddr dev_addr) {
  return boost::json::string(to_string(dev_addr));
}
inline boost::json::value value_of(DevEui eui) {
  return boost::json::string(to_string(eui));
}
inline boost::json::value value_of(JoinEui eui) {
  return boost::json::string(to_string(eui));
}
inline boost::json::value value_of(GatewayEui eui) {
  return boost::json::string(to_string(eui));
}
template <class Tag, class T>
boost::json::value value_of(Strong<Tag, T> number) {
  return boost::json::value(std::uint64_t{number.value()});
}
/// Null if there is none.
template <class T>
boost::json::value value_of(const std::optional<T>& maybe) {
  return maybe ? value_of(*maybe) : boost::json::value();
}
/// As the API calls it, `MAC_V1_0_3`.
boost::json::value value_of(MacVersion version);
boost::json::value value_of(PhyVersion version);
boost::json::value value_of(DeviceClass device_class);

}  // namespace ff::app
