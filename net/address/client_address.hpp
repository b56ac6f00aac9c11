// Who a request is from when proxies stand in front of us: for HTTP's headers and gRPC's metadata
// alike. Not which proxies are trusted; that is a setting.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "net/address/address_block.hpp"

namespace ff::net {

/// What came with the request. All of it may be the client's invention.
struct ForwardedFor {
  std::vector<std::string_view> hops;  ///< Values of `X-Forwarded-For`, in their order.
  std::string_view real_ip;            ///< `X-Real-IP`; empty: there is none.
};

/// The address, without a port, of the last who is no trusted proxy. `peer` is the socket's, an
/// address without a port; only if it is one of `trusted` anything else counts: each proxy appends
/// the address that it was asked from to `X-Forwarded-For`, so that the list is believed from its
/// end as far as trusted proxies have written it, or sets `X-Real-IP`. A proxy that writes one of
/// the two may pass the client's invention of the other on; if they are not of one mind it is
/// `peer`.
std::string client_address(const std::string& peer, const ForwardedFor& forwarded,
                           const std::vector<AddressBlock>& trusted);

}  // namespace ff::net
