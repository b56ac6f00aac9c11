// A gateway server whose gateways come over networks in memory: one thread, virtual time. Frontends
// are the test's to add.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <caf/exit_reason.hpp>
#include <caf/send.hpp>

#include "actors/gateway_server/supervisor/gateway_server.hpp"
#include "net/runtime/manual_loop.hpp"
#include "net/stream/memory.hpp"
#include "net/udp/memory_network.hpp"
#include "test/support/actors/actor_fixture.hpp"
#include "test/support/gateway_server/in_memory_memories.hpp"
#include "test/support/gateway_server/memory_gateway_access.hpp"
#include "test/support/gateway_server/memory_gateway_registry.hpp"

namespace ff::test {

using gateway_server::GatewaySettings;

class FrontendFixture : public ActorFixture {
 protected:
  static constexpr GatewayEui eui{0xb827ebfffe123456};

  FrontendFixture() : streams(loop), datagrams(loop, 1) {
    registry->gateways = {gateway("gtw-1", eui)};
    settings.own_thread = false;
    settings.on_escalation = [this](const std::string& child) { escalated = child; };
  }
  ~FrontendFixture() override {
    caf::anon_send_exit(supervisor, caf::exit_reason::user_shutdown);
    pump();
    loop.advance(std::chrono::seconds{10});
    pump();
    router.clear();
    settings.grpc.clear();
  }

  static GatewaySettings gateway(const std::string& id, GatewayEui own_eui) {
    GatewaySettings out;
    out.ids = {GatewayId{id}, own_eui};
    out.frequency_plan_ids = {"EU_863_870_TTN"};
    out.antennas = {{.gain_dbi = 2.5F, .location = {}}};
    return out;
  }

  /// One profile, `at_once` and one more a second; before start().
  void limit(const std::string& class_name, std::uint32_t at_once) {
    rate_limiter = *net::RateLimiter::make({{"test", 60, at_once, {class_name}}}, 64,
                                           {.now = [this] { return clock->now().mono; }});
  }

  /// After the frontends are in `settings`.
  void start() {
    gateway_server::Context context;
    context.deps = deps;
    context.plans =
        std::make_shared<const region::FrequencyPlans>(region::FrequencyPlans::standard());
    context.registry = registry;
    context.access = access;
    context.upstream.uplink = [this](auto frame) {
      uplinks.push_back(std::move(frame));
      return upstream;
    };
    context.upstream.acknowledgment = [this](const auto& ack) {
      acknowledgments.push_back(ack);
      return upstream;
    };
    context.publish = [this](const events::Event& event,
                             const gateway_server::GatewayEventData& data) {
      events.emplace_back(event.name);
      events_data.push_back(data);
      if (const auto* error = std::get_if<Error>(&data)) reasons.emplace_back(error->name());
    };
    context.rate_limiter = rate_limiter;
    context.memories = memories;
    context.router = router;
    context.config = config;
    supervisor = gateway_server::start_gateway_server(*system, context, settings);
    pump();
  }

  void pump() {
    while (run() + loop.run_ready() > 0) {
    }
  }
  void pass(Duration time) {
    constexpr Duration step = std::chrono::milliseconds{5};
    for (; time > Duration::zero(); time -= step) {
      loop.advance(step);
      advance(step);
      pump();
    }
  }

  /// A class A downlink in answer to an uplink.
  static DownlinkFrame answer_to(const UplinkFrame& uplink) {
    DownlinkFrame downlink;
    downlink.device = {ApplicationId{"app-1"}, DeviceId{"dev-1"}};
    downlink.phy_payload = Bytes(20, 0x60);
    const auto& rx = uplink.rx_metadata.front();
    downlink.request.paths = {{rx.gateway, rx.antenna_index, rx.uplink_token}};
    downlink.request.rx1_delay = std::chrono::seconds{5};
    downlink.request.rx1 = RxWindow{uplink.settings.data_rate, uplink.settings.frequency};
    downlink.request.rx2 =
        RxWindow{LoraDataRate{9, 125'000, CodingRate::cr4_5}, Frequency::hz(869'525'000)};
    downlink.request.frequency_plan_id = "EU_863_870_TTN";
    downlink.correlation_ids = {"ns:downlink:1"};
    return downlink;
  }
  Result<ScheduledDownlink> schedule(const DownlinkFrame& downlink) {
    std::optional<Result<ScheduledDownlink>> answer;
    gateway_server::make_transmit(router)(std::make_shared<const DownlinkFrame>(downlink),
                                          [&](auto result) { answer = std::move(result); });
    pump();
    if (!answer) throw std::runtime_error("no answer");
    return *answer;
  }

  /// What is remembered of the gateway whose connection said something last.
  gateway_server::ConnectionStats last_stats() const {
    return memories->stored.empty() ? gateway_server::ConnectionStats()
                                    : memories->stored.back().memory.stats;
  }
  bool has_metric(const std::string& line) const {
    return metrics.text().find(line + '\n') != std::string::npos;
  }
  std::size_t count(std::string_view event) const {
    return static_cast<std::size_t>(std::count(events.begin(), events.end(), event));
  }

  net::ManualLoop loop;
  net::MemoryStreamNetwork streams;
  net::MemoryDatagramNetwork datagrams;
  gateway_server::GatewayServerConfig config;
  gateway_server::GatewayServerSettings settings;
  std::shared_ptr<MemoryGatewayRegistry> registry = std::make_shared<MemoryGatewayRegistry>();
  std::shared_ptr<InMemoryMemories> memories = std::make_shared<InMemoryMemories>();
  std::shared_ptr<MemoryGatewayAccess> access = std::make_shared<MemoryGatewayAccess>();
  std::shared_ptr<const net::RateLimiter> rate_limiter;
  actors::Route<gateway_server::RouterHandle> router;
  caf::actor supervisor;
  std::vector<std::shared_ptr<const UplinkFrame>> uplinks;
  std::vector<TxAcknowledgment> acknowledgments;
  std::vector<std::string> events;
  std::vector<gateway_server::GatewayEventData> events_data;
  std::vector<std::string> reasons;  // errors of events
  Status upstream;                   // what the network server behind answers
  std::string escalated;
};

}  // namespace ff::test
