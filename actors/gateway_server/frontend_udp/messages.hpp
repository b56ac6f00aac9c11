// What reaches the UDP frontend from its socket.
#pragma once

#include <memory>
#include <vector>

#include "actors/support/local_message.hpp"
#include "net/address/endpoint.hpp"
#include "protocol/base/bytes.hpp"

namespace ff::gateway_server {

struct ReceivedDatagram {
  net::Endpoint from;
  Bytes bytes;
};
/// One batch of the socket, in order of arrival.
struct DatagramsReceived {
  std::shared_ptr<const std::vector<ReceivedDatagram>> datagrams;
};

}  // namespace ff::gateway_server
FF_LOCAL_MESSAGE(ff::gateway_server::DatagramsReceived)
