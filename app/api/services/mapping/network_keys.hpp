// Session keys of the network server between domain and protobuf, of sessions and of join-accepts.
#pragma once

#include "protocol/mac/state.hpp"
#include "ttn/lorawan/v3/keys.pb.h"

namespace ff::api {

void put_network_keys(const mac::NetworkSessionKeys& keys, ttn::lorawan::v3::SessionKeys& out);
/// A key that is not there is zero.
mac::NetworkSessionKeys network_keys_of(const ttn::lorawan::v3::SessionKeys& keys);

}  // namespace ff::api
