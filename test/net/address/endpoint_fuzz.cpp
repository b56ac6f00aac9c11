#include "net/address/endpoint.hpp"
#include "protocol/base/assert.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using ff::net::Endpoint;
  auto text = ff::as_text({data, size});
  auto endpoint = Endpoint::parse(text);
  if (endpoint) FF_ASSERT(*Endpoint::parse(endpoint->to_string()) == *endpoint);
  static_cast<void>(Endpoint::parse_listen(text).has_value());
  return 0;
}
