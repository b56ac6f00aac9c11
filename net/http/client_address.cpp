#include "net/http/client_address.hpp"

namespace ff::net::http {

std::string client_address(const Request& request, const std::vector<AddressBlock>& trusted) {
  const auto real = request.headers.value("X-Real-IP");
  // A block of one address is an address, and nothing else that a header may hold.
  const bool is_address = real.find('/') == std::string_view::npos && AddressBlock::parse(real);
  if (is_address && holds(trusted, request.remote)) return std::string(real);
  return request.remote.address_text();
}

}  // namespace ff::net::http
