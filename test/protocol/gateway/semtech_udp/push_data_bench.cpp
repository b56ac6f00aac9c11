// Cost of one PUSH_DATA: header and JSON to an uplink frame. Run the release build.
#include <benchmark/benchmark.h>

#include "protocol/gateway/semtech_udp/packet.hpp"
#include "protocol/gateway/semtech_udp/push_data.hpp"

namespace {

using namespace ff;
using namespace ff::gateway::semtech_udp;

constexpr std::string_view body =
    R"({"rxpk":[{"tmst":3512348611,"time":"2023-11-14T22:13:20.528002Z","chan":2,"rfch":0,"freq":868.1,"stat":1,)"
    R"("modu":"LORA","datr":"SF7BW125","codr":"4/5","lsnr":5.1,"rssi":-35,"size":33,)"
    R"("data":"QAQDAgEAAQACqrvM3UAEAwIBAAEAAqq7zN1ABAMCAQAB"}]})";

void push_data(benchmark::State& state) {
  const auto datagram =
      make_packet(PacketType::push_data, 2, Token{1}, GatewayEui{0xb827ebfffe123456}, body);
  const GatewayIdentifiers gateway{GatewayId{"eui-b827ebfffe123456"},
                                   GatewayEui{0xb827ebfffe123456}};
  PushDataDecoder decoder;
  for (auto _ : state) {
    const auto packet = parse_packet(datagram);
    benchmark::DoNotOptimize(
        decoder.decode(packet->body, {gateway, UtcTime{}, "192.0.2.7", "farfield"}));
  }
}
BENCHMARK(push_data);

}  // namespace
