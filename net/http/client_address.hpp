// Who a request is from when proxies stand in front of us.
#pragma once

#include <string>
#include <vector>

#include "net/address/address_block.hpp"
#include "net/http/message.hpp"

namespace ff::net::http {

/// The address without a port, by the request's headers as far as the socket's peer is one of
/// `trusted`: net/address/client_address.hpp.
std::string client_address(const Request& request, const std::vector<AddressBlock>& trusted);

}  // namespace ff::net::http
