// Any bytes from a server: datagrams, application messages, device files. Nothing crashes, and what
// is accepted is within its bounds.
#include <cstdlib>

#include "tools/sim/core/application_message.hpp"
#include "tools/sim/core/device_factory.hpp"
#include "tools/sim/core/gateway_protocol.hpp"

using namespace ff;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView bytes(data, size);
  const auto packet = sim::parse_server_packet(bytes);
  if (packet) {
    const auto* request = std::get_if<sim::TxRequest>(&*packet);
    if (request != nullptr && (request->phy_payload.empty() || request->phy_payload.size() > 255))
      std::abort();
  }
  sim::find_uplink(as_text(bytes));
  const auto devices = sim::read_device_csv(as_text(bytes));
  if (devices && !sim::read_device_csv(sim::write_device_csv(*devices))) std::abort();
  return 0;
}
