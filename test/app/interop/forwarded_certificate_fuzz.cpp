// Any text in a proxy's header about a certificate: no crash, and a bounded number of certificates.
#include <cstdlib>

#include "app/interop/senders.hpp"

using namespace ff;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string value(as_text({data, size}));
  for (const auto* name : {"X-Forwarded-Tls-Client-Cert", "X-Forwarded-Client-Cert"}) {
    net::http::Request request;
    request.remote = *net::Endpoint::parse_listen("127.0.0.1:1");
    request.headers.add(name, value);
    const auto chain =
        interop::presented_chain(request, {*net::AddressBlock::parse("127.0.0.0/8")});
    if (chain.size() > 16) std::abort();
    for (const auto& certificate : chain) {
      if (net::tls::certificate_names(certificate).size() > size) std::abort();
    }
  }
  return 0;
}
