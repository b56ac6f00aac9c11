// Whatever a DNS server answers: no crash, and no more services than are wanted.
#include <cstdlib>

#include "net/dns/srv.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto services = ff::net::dns::services_in({data, size});
  if (!services) return 0;
  if (services->size() > ff::net::dns::services_max) std::abort();
  for (const auto& service : *services) {
    if (service.host.empty()) std::abort();
  }
  return 0;
}
