#include "app/inspection/values.hpp"

#include "ttn/lorawan/v3/lorawan.pb.h"

namespace ff::app {

using boost::json::value;

value value_of(MacVersion version) {
  return text(ttn::lorawan::v3::MACVersion_Name(
      static_cast<ttn::lorawan::v3::MACVersion>(static_cast<int>(version))));
}
value value_of(PhyVersion version) {
  return text(ttn::lorawan::v3::PHYVersion_Name(
      static_cast<ttn::lorawan::v3::PHYVersion>(static_cast<int>(version))));
}
value value_of(DeviceClass device_class) {
  return text(ttn::lorawan::v3::Class_Name(
      static_cast<ttn::lorawan::v3::Class>(static_cast<int>(device_class))));
}

}  // namespace ff::app
