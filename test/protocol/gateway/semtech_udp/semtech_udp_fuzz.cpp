// Any datagram, as the UDP frontend decodes it: no crash, and what is accepted is within its
// bounds.
#include <cstdlib>

#include "protocol/gateway/semtech_udp/packet.hpp"
#include "protocol/gateway/semtech_udp/push_data.hpp"
#include "protocol/gateway/semtech_udp/tx_ack.hpp"

using namespace ff;
using namespace ff::gateway::semtech_udp;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static PushDataDecoder decoder;
  static const GatewayIdentifiers gateway{GatewayId{"gtw-1"}, {}};
  const auto packet = parse_packet({data, size});
  if (!packet) return 0;
  if (packet->type == PacketType::tx_ack) ignore(parse_tx_ack(packet->body), "must not crash");
  if (packet->type != PacketType::push_data) return 0;
  const auto push = decoder.decode(packet->body, {gateway, UtcTime{}, "192.0.2.1", "fuzz"});
  if (!push) return 0;
  for (const auto& frame : push->uplinks) {
    if (frame.phy_payload.size() > 255 || frame.rx_metadata.empty() ||
        !frame.settings.frequency.is_set())
      std::abort();
  }
  return 0;
}
