#include "tools/sim/core/world.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <set>

#include "protocol/gateway/semtech_udp/packet.hpp"
#include "protocol/gateway/semtech_udp/pull_resp.hpp"
#include "protocol/gateway/semtech_udp/push_data.hpp"
#include "protocol/phy/frame_view.hpp"
#include "test/tools/sim/core/network_side.hpp"
#include "tools/sim/core/device_factory.hpp"

namespace ff::sim {
namespace {

namespace server = gateway::semtech_udp;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr MonoTime start{seconds{100}};

std::vector<Placement> place(const DeviceRange& range) {
  std::vector<Placement> placements;
  for (auto& device : make_devices(range)) {
    const auto* region = region::find("EU_863_870", device.phy_version);
    placements.push_back({std::move(device), region});
  }
  return placements;
}

/// A frame as the server's decoder read it.
struct Heard {
  std::size_t gateway = 0;
  std::uint32_t tmst = 0;
  Bytes phy_payload;
};

/// Runs a world in virtual time against the server's codec and one NetworkSide per device.
class VirtualRun final : public Outlet {
 public:
  VirtualRun(Scenario scenario, const DeviceRange& range)
      : world(std::move(scenario), place(range), start, *this) {
    for (std::size_t i = 0; i < world.device_count(); ++i) {
      networks.emplace_back(world.device(i).identity());
    }
  }

  Report until_finished() {
    auto now = start;
    while (!world.finished(now) && now < start + std::chrono::hours{1}) {
      now += milliseconds{10};
      world.advance(now, UtcTime{now.time_since_epoch()});
      for (const auto& heard : std::exchange(heard_, {})) on_frame(heard);
      for (const auto& [gateway, bytes] : std::exchange(answers_, {})) {
        world.on_datagram(gateway, bytes, now);
      }
      for (const auto& [device, uplink] : std::exchange(uplinks_, {})) {
        world.on_application_uplink(world.device(device).identity().device_id, uplink, now);
      }
    }
    return world.report(now);
  }

  /// Sends a frame into `window`, `delay` after the uplink's end.
  void respond(const Heard& heard, const ReceiveWindow& window, Duration delay, Bytes phy_payload) {
    gateway::GatewayDownlink downlink;
    downlink.phy_payload = std::move(phy_payload);
    downlink.data_rate = window.data_rate;
    downlink.frequency = window.frequency;
    const auto us = std::chrono::duration_cast<std::chrono::microseconds>(delay).count();
    downlink.timestamp_us = heard.tmst + static_cast<std::uint32_t>(us);
    answers_.emplace_back(
        heard.gateway, server::make_packet(server::PacketType::pull_resp, 2, server::Token{1}, {},
                                           server::pull_resp_json(downlink)));
  }
  /// The device of an ABP frame, by its address; nothing for foreign frames.
  std::optional<std::uint32_t> sender(const Heard& heard) const {
    const auto frame = phy::decode_data_frame(heard.phy_payload);
    if (!frame) return std::nullopt;
    for (std::uint32_t i = 0; i < world.device_count(); ++i) {
      const auto& device = world.device(i);
      if (device.has_session() && device.dev_addr() == frame->dev_addr) return i;
    }
    return std::nullopt;
  }
  /// Gives the application an uplink that the network could read.
  void deliver(std::uint32_t device, const Heard& heard) {
    const auto f_cnt = FCnt32{world.device(device).next_f_cnt().value() - 1};
    const auto frame = networks[device].open(heard.phy_payload, f_cnt);
    ASSERT_TRUE(frame);
    uplinks_.emplace_back(device, ApplicationUplink{f_cnt.value(), frame->frm_payload});
  }

 private:
  void send(std::size_t gateway, Link, ByteView datagram) override {
    append(sent_bytes, datagram);
    const auto packet = server::parse_packet(datagram);
    ASSERT_TRUE(packet);
    if (const auto acknowledgement = server::acknowledgment(*packet)) {
      // To the socket that it came from, which the first of those who share it stands for.
      const auto socket = shared_sockets > 0 ? gateway % shared_sockets : gateway;
      answers_.emplace_back(socket, to_owned(*acknowledgement));
    }
    if (packet->type == server::PacketType::pull_data) ++pulls;
    if (packet->type != server::PacketType::push_data) return;
    const GatewayIdentifiers ids{GatewayId{"gtw"}, packet->eui};
    const auto push = decoder_.decode(packet->body, {ids, UtcTime{}, "192.0.2.1", "test"});
    ASSERT_TRUE(push);
    for (const auto& frame : push->uplinks) {
      heard_.push_back({gateway, frame.rx_metadata.front().timestamp_us, frame.phy_payload});
    }
  }
  void push_downlink(const DeviceIdentity& device, FPort, ByteView) override {
    pushed.insert(device.device_id);
  }

  std::vector<Heard> heard_;
  std::vector<std::pair<std::size_t, Bytes>> answers_;
  std::vector<std::pair<std::uint32_t, ApplicationUplink>> uplinks_;
  server::PushDataDecoder decoder_;

 public:
  World world;
  std::vector<test::NetworkSide> networks;
  /// What the network does with each frame of any gateway.
  std::function<void(const Heard&)> on_frame = [](const Heard&) {};
  std::set<std::string> pushed;
  Bytes sent_bytes;
  std::size_t shared_sockets = 0;
  std::size_t pulls = 0;
};

Scenario short_scenario() {
  Scenario scenario;
  scenario.period = seconds{10};
  scenario.duration = seconds{60};
  return scenario;
}

TEST(World, sends_and_accounts_for_every_uplink) {
  VirtualRun run(short_scenario(), {.count = 20});
  std::uint64_t frames = 0;
  run.on_frame = [&](const Heard& heard) {
    ++frames;
    const auto device = run.sender(heard);
    ASSERT_TRUE(device);
    if (frames % 10 == 0) return;  // Lost by the server ...
    run.deliver(*device, heard);
    if (frames % 10 == 1) run.deliver(*device, heard);  // ... or delivered twice.
  };
  const auto report = run.until_finished();
  EXPECT_NEAR(static_cast<double>(report.uplinks.sent), 120, 20);
  EXPECT_EQ(report.uplinks.sent, frames);
  EXPECT_EQ(report.uplinks.sent - report.uplinks.delivered, frames / 10);
  EXPECT_EQ(report.uplinks.duplicated, (frames + 9) / 10);
  EXPECT_EQ(report.uplinks.altered + report.uplinks.unknown, 0U);
  EXPECT_EQ(report.acknowledged_datagrams, report.datagrams + 2) << "with two status messages";
  EXPECT_LE(report.latency.max(), milliseconds{20});
}

TEST(World, follows_from_its_seed) {
  const auto bytes_of = [](std::uint64_t seed) {
    auto scenario = short_scenario();
    scenario.seed = seed;
    scenario.radio.gateways = 3;
    scenario.radio.copies = 2;
    scenario.radio.loss = 0.1;
    scenario.foreign_ratio = 0.2;
    scenario.confirmed_ratio = 0.3;
    VirtualRun run(scenario, {.seed = seed, .count = 5});
    run.until_finished();
    return run.sent_bytes;
  };
  EXPECT_EQ(bytes_of(1), bytes_of(1));
  EXPECT_NE(bytes_of(1), bytes_of(2));
}

TEST(World, sends_each_uplink_through_as_many_gateways_as_hear_it) {
  auto scenario = short_scenario();
  scenario.radio.gateways = 5;
  scenario.radio.copies = 3;
  VirtualRun run(scenario, {.count = 10});
  std::map<Bytes, std::set<std::size_t>> gateways;
  run.on_frame = [&](const Heard& heard) { gateways[heard.phy_payload].insert(heard.gateway); };
  const auto report = run.until_finished();
  EXPECT_EQ(gateways.size(), report.uplinks.sent);
  for (const auto& [frame, heard_by] : gateways) EXPECT_EQ(heard_by.size(), 3U);
}

TEST(World, loses_copies_as_often_as_asked) {
  auto scenario = short_scenario();
  scenario.radio.loss = 0.25;
  VirtualRun run(scenario, {.count = 200});
  const auto report = run.until_finished();
  const auto all = static_cast<double>(report.uplinks.sent + report.uplinks.unheard);
  EXPECT_NEAR(static_cast<double>(report.uplinks.unheard) / all, 0.25, 0.05);
}

TEST(World, adds_frames_of_others_and_stops_at_the_number_of_uplinks) {
  auto scenario = short_scenario();
  scenario.uplinks = 100;
  scenario.foreign_ratio = 0.5;
  VirtualRun run(scenario, {.count = 50});
  std::uint64_t foreign = 0;
  run.on_frame = [&](const Heard& heard) { foreign += run.sender(heard) ? 0 : 1; };
  const auto report = run.until_finished();
  EXPECT_EQ(report.uplinks.sent, 100U);
  EXPECT_EQ(report.foreign, foreign);
  EXPECT_NEAR(static_cast<double>(foreign), 50, 25);
}

TEST(World, gateways_behind_one_socket_keep_alive_as_often_as_others) {
  auto scenario = short_scenario();
  scenario.radio.gateways = 6;
  VirtualRun alone(scenario, {});
  alone.until_finished();
  scenario.pull_sockets = 2;
  VirtualRun sharing(scenario, {});
  sharing.shared_sockets = 2;
  sharing.until_finished();
  EXPECT_GE(alone.pulls, 6U * 6U);
  EXPECT_EQ(sharing.pulls, alone.pulls);
}

TEST(World, joins_a_storm_of_devices) {
  for (const auto version : {MacVersion::v1_0_3, MacVersion::v1_1}) {
    auto scenario = short_scenario();
    scenario.radio.gateways = 64;  // Each sends one join-accept at a time.
    scenario.join_spread = seconds{2};
    VirtualRun run(scenario, {.count = 100,
                              .activation = Activation::otaa,
                              .mac_version = version,
                              .phy_version = usual_phy_version(version)});
    std::uint32_t join_nonce = 0;
    run.on_frame = [&](const Heard& heard) {
      for (std::uint32_t i = 0; i < run.networks.size(); ++i) {
        auto accept = run.networks[i].answer_join(heard.phy_payload, JoinNonce{join_nonce + 1});
        if (!accept) continue;
        ++join_nonce;
        run.respond(heard, *run.world.device(i).windows()->rx1, seconds{5}, *std::move(accept));
        return;
      }
    };
    const auto report = run.until_finished();
    EXPECT_EQ(report.joins.devices, 100U);
    EXPECT_EQ(report.joins.joined, 100U);
    EXPECT_EQ(report.joins.requests, join_nonce);
    EXPECT_EQ(report.violation_total(), 0U);
    EXPECT_EQ(report.downlinks.unclaimed, 0U);
    EXPECT_GT(report.uplinks.sent, 100U);
  }
}

TEST(World, judges_downlinks_by_time_frequency_and_counter) {
  struct Row {
    const char* name;
    Duration delay;
    std::uint64_t hz_off;
    bool repeats_counter;
    std::function<std::uint64_t(const Report&)> count;
  };
  const auto reception = [](Reception which) {
    return [which](const Report& report) {
      return report.downlinks.receptions[static_cast<std::size_t>(which)];
    };
  };
  const Row rows[] = {
      {"RX1", seconds{1}, 0, false, reception(Reception::rx1)},
      {"late", seconds{1} + milliseconds{3}, 0, false, reception(Reception::wrong_time)},
      {"elsewhere", seconds{1}, 200'000, false, reception(Reception::wrong_frequency)},
      {"too late", milliseconds{20}, 0, false,
       [](const Report& report) {
         return report.downlinks.answers[static_cast<std::size_t>(TxError::too_late)];
       }},
      {"counter again", seconds{1}, 0, true,
       [](const Report& report) { return report.violation_total() + 1; }},
  };
  for (const auto& row : rows) {
    auto scenario = short_scenario();
    scenario.uplinks = 3;
    VirtualRun run(scenario, {.count = 1});
    std::uint32_t f_cnt = 0;
    run.on_frame = [&](const Heard& heard) {
      // A foreign or repeated frame would have no device or no windows.
      const auto device = run.sender(heard);
      ASSERT_TRUE(device);
      auto window = *run.world.device(*device).windows()->rx1;
      window.frequency = Frequency::hz(window.frequency.hz() + row.hz_off);
      run.respond(
          heard, window, row.delay,
          run.networks[*device].seal({.f_cnt = FCnt32{f_cnt}, .commands = {}, .payload = {}}));
      f_cnt += row.repeats_counter ? 0 : 1;
    };
    const auto report = run.until_finished();
    EXPECT_EQ(report.downlinks.requested, 3U) << row.name;
    EXPECT_EQ(row.count(report), 3U) << row.name;
  }
}

TEST(World, pushes_one_downlink_to_each_device_and_waits_for_it) {
  auto scenario = short_scenario();
  scenario.push_downlinks = true;
  scenario.device.data_rate = DataRateIndex{5};  // Short answers, which do not collide.
  VirtualRun run(scenario, {.count = 4});
  std::set<std::string> sent;
  run.on_frame = [&](const Heard& heard) {
    const auto device = run.sender(heard);
    ASSERT_TRUE(device);
    run.deliver(*device, heard);
    const auto& id = run.world.device(*device).identity().device_id;
    if (!run.pushed.contains(id) || !sent.insert(id).second) return;
    const auto payload = downlink_payload(*device);
    run.respond(heard, *run.world.device(*device).windows()->rx1, seconds{1},
                run.networks[*device].seal({.f_cnt = FCnt32{0},
                                            .commands = {},
                                            .f_port = scenario.downlink_f_port,
                                            .payload = to_owned(payload.view())}));
  };
  const auto report = run.until_finished();
  EXPECT_EQ(report.downlinks.pushed, 4U);
  EXPECT_EQ(report.downlinks.received, 4U);
  EXPECT_EQ(report.downlinks_in_time(), 4U);
}

TEST(World, repeats_confirmed_uplinks_without_counting_them_twice) {
  auto scenario = short_scenario();
  scenario.period = seconds{120};
  scenario.duration = seconds{130};
  scenario.confirmed_ratio = 1;
  scenario.device.confirmed_attempts = 3;
  VirtualRun run(scenario, {.count = 1});
  std::set<Bytes> frames;
  run.on_frame = [&](const Heard& heard) { frames.insert(heard.phy_payload); };
  const auto report = run.until_finished();
  EXPECT_EQ(frames.size(), report.uplinks.sent);
  EXPECT_EQ(report.repetitions, 2 * report.uplinks.sent);
}

TEST(World, survives_any_datagram) {
  VirtualRun run(short_scenario(), {.count = 1});
  run.world.advance(start, UtcTime{});
  run.world.on_datagram(0, Bytes{}, start);
  run.world.on_datagram(0, Bytes(400, 0xff), start);
  EXPECT_EQ(run.world.report(start).downlinks.unreadable, 2U);
}

}  // namespace
}  // namespace ff::sim
