// What MQTT costs per packet: decoding, encoding, matching a topic, fan-out.
#include <benchmark/benchmark.h>

#include "net/mqtt/topic_tree.hpp"
#include "test/net/mqtt/scripted_owner.hpp"

namespace ff::mqtt {
namespace {

const std::string topic = "v3/application-1@tenant/devices/device-0001/up";

Publish uplink(QoS qos) {
  return {.topic = topic,
          .payload = Payload(Bytes(800, 'x')),
          .qos = qos,
          .packet_id = std::uint16_t(qos == QoS::at_most_once ? 0 : 1)};
}

void decode_publish(benchmark::State& state) {
  auto bytes = encode(uplink(QoS::at_least_once), Version::v3_1_1).flat();
  Decoder decoder({});
  for (auto _ : state) {
    decoder.append(bytes);
    benchmark::DoNotOptimize(decoder.next());
  }
}
BENCHMARK(decode_publish);

void encode_publish_head(benchmark::State& state) {
  auto publish = uplink(QoS::at_least_once);
  for (auto _ : state) benchmark::DoNotOptimize(encode(publish, Version::v5));
}
BENCHMARK(encode_publish_head);

/// One uplink among the filters of that many applications.
void match_topic(benchmark::State& state) {
  TopicTree<int> tree;
  for (int i = 0; i < state.range(0); ++i) {
    tree.insert("v3/application-" + std::to_string(i) + "@tenant/devices/+/up", i);
    tree.insert("v3/application-" + std::to_string(i) + "@tenant/#", i);
  }
  std::size_t found = 0;
  for (auto _ : state) tree.match(topic, [&](int) { ++found; });
  benchmark::DoNotOptimize(found);
}
BENCHMARK(match_topic)->Arg(10)->Arg(1'000)->Arg(100'000);

/// One message to that many open sessions at QoS 0; time per message.
void fan_out(benchmark::State& state) {
  std::vector<Session> sessions;
  auto connect = encode(Connect{.client_id = "c"}, Version::v3_1_1).flat();
  for (int i = 0; i < state.range(0); ++i) {
    auto& session = sessions.emplace_back(SessionLimits{});
    benchmark::DoNotOptimize(session.start({}));
    benchmark::DoNotOptimize(session.receive(connect, {}));
    benchmark::DoNotOptimize(session.authenticated(Accepted{}, {}));
  }
  Message message{.topic = topic, .payload = Payload(Bytes(800, 'x'))};
  for (auto _ : state) {
    for (auto& session : sessions) benchmark::DoNotOptimize(session.deliver(message, {}));
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(fan_out)->Arg(1'000);

}  // namespace
}  // namespace ff::mqtt
