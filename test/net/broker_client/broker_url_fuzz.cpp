// Any text as a broker's URL: read or refused; what is read can be connected to.
#include "net/broker_client/broker_url.hpp"
#include "protocol/base/assert.hpp"
#include "protocol/base/bytes.hpp"

using namespace ff::net::broker_client;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto url = parse_broker_url(ff::as_text({data, size}));
  if (!url) return 0;
  FF_ASSERT(!url->host.empty() && url->port != 0);
  FF_ASSERT(url->host.find_first_of(" \r\n@/") == std::string::npos);
  FF_ASSERT(url->path.empty() || (url->path.front() == '/' && url->is_web_socket()));
  FF_ASSERT(!url->jetstream || url->is_nats());
  return 0;
}
