#include "net/http/client_address.hpp"

#include "net/address/client_address.hpp"

namespace ff::net::http {

std::string client_address(const Request& request, const std::vector<AddressBlock>& trusted) {
  return net::client_address(
      request.remote.address_text(),
      {request.headers.all("X-Forwarded-For"), request.headers.value("X-Real-IP")}, trusted);
}

}  // namespace ff::net::http
