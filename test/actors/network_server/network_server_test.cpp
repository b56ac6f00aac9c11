// The network server's actors together, in virtual time: frames in, application messages and transmissions out, restarts in between.
#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "actors/network_server/session/device.hpp"
#include "actors/network_server/supervisor.hpp"
#include "protocol/phy/seal.hpp"
#include "storage/engine/errors.hpp"
#include "test/support/actors/actor_fixture.hpp"

namespace ff::network_server {
namespace {

using application_server::PipelineHandle;
using std::chrono::milliseconds;
using std::chrono::seconds;

const DeviceUid uid{ApplicationId("test-app"), DeviceId("dev-1")};
constexpr DevAddr address{0x260b1234};
const Aes128Key key = Aes128Key::from(Bytes(16, 0x42));

/// Passes commits on, as the pipeline does, and keeps what the application would get.
PipelineHandle::behavior_type fake_pipeline(PipelineHandle::pointer, actors::Route<actors::Committer> committer,
                                            std::vector<ApplicationUp>* ups) {
  return {
      [=](const application_server::SessionAccepted& message) {
        ups->insert(ups->end(), message.ups.begin(), message.ups.end());
        caf::anon_send(committer.get(), actors::Commit{message.records, message.release});
      },
      [](const application_server::QueueDownlinks&) {},
      [](const application_server::ListQueuedDownlinks&) {},
      [](const application_server::GetAppDevice&) {},
      [](const application_server::ChangeAppDevice&) {},
      [](const application_server::DeleteAppDevice&) {},
      [](const application_server::DownlinksPushed&) {},
  };
}

class NetworkServerTest : public test::ActorFixture {
 protected:
  void SetUp() override { boot(); }
  void TearDown() override { shut_down(); }

  void boot() {
    const auto count = *storage::ShardCount::make(4);
    context = std::make_shared<Context>();
    context->plans = std::make_shared<const region::FrequencyPlans>(region::FrequencyPlans::standard());
    context->deps = deps;
    context->config.counter_jump = counter_jump;
    context->shards = actors::Sharded<ShardHandle>(count);
    context->pipelines = actors::Sharded<PipelineHandle>(count);
    context->join_servers = actors::Sharded<join_server::ShardHandle>(count);
    for (std::uint16_t i = 0; i < count.value(); ++i) {
      auto handle = system->spawn(fake_pipeline, deps.committer, &ups);
      context->pipelines.route(storage::Shard{i}).set(handle);
      pipelines.push_back(caf::actor_cast<caf::actor>(handle));
    }
    context->transmit = [this](std::shared_ptr<const DownlinkFrame> frame, actors::Reply<ScheduledDownlink> reply) {
      transmissions.push_back(frame);
      if (answer_transmissions) reply(ScheduledDownlink{GatewayId("gw-1"), 1, seconds{4}});
    };
    context->publish = [this](events::Event event) { event_names.emplace_back(event.name); };
    supervisor = start(*system, context, engine, {}).value();
    run();
  }

  void shut_down() {
    caf::anon_send_exit(supervisor, caf::exit_reason::user_shutdown);
    for (auto& pipeline : pipelines) caf::anon_send_exit(pipeline, caf::exit_reason::user_shutdown);
    pipelines.clear();
    supervisor = nullptr;
    run();
    context.reset();
  }

  void create_device() {
    ChangeDevice change{.change = [](const Device*) -> Result<Device> {
                          Device device;
                          device.ids.uid = uid;
                          device.lorawan_version = MacVersion::v1_0_3;
                          device.lorawan_phy_version = PhyVersion::rp001_v1_0_3_rev_a;
                          device.frequency_plan_id = "EU_863_870_TTN";
                          device.session = mac::Session{.dev_addr = address, .keys = {{1, 2}, key, key, key}};
                          return device;
                        },
                        .reply = [this](const auto& result) { created = result.has_value(); }};
    caf::anon_send(context->shards.of(uid), to_session(uid, std::move(change)));
    run();
    ASSERT_TRUE(created);
  }

  void uplink(std::uint32_t f_cnt, phy::MType m_type = phy::MType::unconfirmed_up, const char* gateway = "gw-1") {
    phy::DataFrame frame;
    frame.m_type = m_type;
    frame.dev_addr = address;
    frame.f_port = FPort{1};
    frame.frm_payload = {1, 2, 3};
    UplinkFrame received;
    received.phy_payload =
        phy::seal_frame(frame, {key, key, key}, {.mac_version = MacVersion::v1_0_3, .f_cnt = FCnt32{f_cnt}}).value();
    received.settings.data_rate = LoraDataRate{9, 125'000, CodingRate::cr4_5};
    received.settings.frequency = Frequency::hz(868'100'000);
    received.received_at = clock->now().utc;
    RxMetadata metadata;
    metadata.gateway.gateway_id = GatewayId(gateway);
    metadata.uplink_token = {1};
    metadata.channel_rssi_dbm = -80;
    received.rx_metadata.push_back(metadata);
    caf::anon_send(context->shards.of(address),
                   UplinkReceived{std::make_shared<const UplinkFrame>(std::move(received))});
    run();
  }

  std::vector<std::uint32_t> uplink_counters() const {
    std::vector<std::uint32_t> counters;
    for (const auto& up : ups) {
      if (const auto* message = std::get_if<ApplicationUplink>(&up.up)) counters.push_back(message->f_cnt.value());
    }
    return counters;
  }

  std::shared_ptr<Context> context;
  caf::actor supervisor;
  std::vector<caf::actor> pipelines;
  std::vector<ApplicationUp> ups;
  std::vector<std::shared_ptr<const DownlinkFrame>> transmissions;
  std::vector<std::string> event_names;
  bool created = false;
  bool answer_transmissions = true;
  std::uint64_t counter_jump = 0;
};

TEST_F(NetworkServerTest, DeliversOneUplinkPerTransmissionWithAllMetadata) {
  create_device();
  uplink(1, phy::MType::unconfirmed_up, "gw-1");
  uplink(1, phy::MType::unconfirmed_up, "gw-2");
  EXPECT_TRUE(uplink_counters().empty());
  advance(milliseconds{250});
  ASSERT_EQ(uplink_counters(), std::vector<std::uint32_t>{1});
  EXPECT_EQ(std::get<ApplicationUplink>(ups[0].up).rx_metadata.size(), 2U);
}

TEST_F(NetworkServerTest, RefusesReplays) {
  create_device();
  for (std::uint32_t f_cnt : {1U, 2U}) {
    uplink(f_cnt);
    advance(seconds{2});
  }
  for (std::uint32_t f_cnt : {1U, 2U}) {
    uplink(f_cnt);
    advance(seconds{2});
  }
  EXPECT_EQ(uplink_counters(), (std::vector<std::uint32_t>{1, 2}));
}

TEST_F(NetworkServerTest, AcknowledgesAConfirmedUplinkWithACounterOfItsOwn) {
  create_device();
  for (std::uint32_t f_cnt : {1U, 2U, 3U}) {
    uplink(f_cnt, phy::MType::confirmed_up);
    advance(seconds{3});
  }
  ASSERT_EQ(transmissions.size(), 3U);
  std::vector<std::uint16_t> counters;
  for (const auto& transmission : transmissions) {
    const auto frame = phy::decode_data_frame(transmission->phy_payload).value();
    EXPECT_TRUE(frame.f_ctrl.ack);
    counters.push_back(frame.f_cnt.value());
    EXPECT_TRUE(phy::open_frame(frame, {key, key, key},
                                {.mac_version = MacVersion::v1_0_3, .f_cnt = FCnt32{frame.f_cnt.value()}}));
  }
  EXPECT_EQ(counters, (std::vector<std::uint16_t>{1, 2, 3}));
}

TEST_F(NetworkServerTest, GoesOnFromDurableStateAfterACrash) {
  create_device();
  uplink(1, phy::MType::confirmed_up);
  advance(seconds{3});
  shut_down();
  engine.crash();
  boot();
  uplink(1, phy::MType::confirmed_up);
  advance(seconds{3});
  uplink(2, phy::MType::confirmed_up);
  advance(seconds{3});
  EXPECT_EQ(uplink_counters(), (std::vector<std::uint32_t>{1, 2}));
  std::vector<std::uint16_t> counters;
  for (const auto& transmission : transmissions) {
    counters.push_back(phy::decode_data_frame(transmission->phy_payload).value().f_cnt.value());
  }
  // The repetition of frame 1 is answered again, with a counter of its own.
  EXPECT_TRUE(std::is_sorted(counters.begin(), counters.end()));
  EXPECT_EQ(std::adjacent_find(counters.begin(), counters.end()), counters.end());
}

TEST_F(NetworkServerTest, CountsOnFarAheadAfterARestoredBackup) {
  create_device();
  uplink(1, phy::MType::confirmed_up);
  advance(seconds{3});
  shut_down();
  counter_jump = 65536;
  boot();
  uplink(2, phy::MType::confirmed_up);
  advance(seconds{3});
  ASSERT_EQ(transmissions.size(), 2U);
  const auto frame = phy::decode_data_frame(transmissions.back()->phy_payload).value();
  EXPECT_TRUE(phy::open_frame(frame, {key, key, key}, {.mac_version = MacVersion::v1_0_3, .f_cnt = FCnt32{65536 + 2}}));
}

TEST_F(NetworkServerTest, LetsNothingOutWhenTheStoreFails) {
  create_device();
  engine.inject({.call = storage::MemoryCall::write, .error = Error(storage::disk_full)});
  uplink(1, phy::MType::confirmed_up);
  advance(seconds{3});
  EXPECT_TRUE(transmissions.empty());
}

TEST_F(NetworkServerTest, PassivatesAndComesBackWithItsCounters) {
  create_device();
  uplink(1);
  advance(seconds{70});
  EXPECT_NE(metrics.text().find("farfield_actors_passivated_total{kind=\"device_session\"} 1"), std::string::npos);
  uplink(1);
  advance(seconds{2});
  uplink(2);
  advance(seconds{2});
  EXPECT_EQ(uplink_counters(), (std::vector<std::uint32_t>{1, 2}));
}

TEST_F(NetworkServerTest, DeletesADevice) {
  create_device();
  bool deleted = false;
  caf::anon_send(context->shards.of(uid),
                 to_session(uid, DeleteDevice{[&](const Status& status) { deleted = status.has_value(); }}));
  run();
  EXPECT_TRUE(deleted);
  uplink(1);
  advance(seconds{1});
  EXPECT_TRUE(uplink_counters().empty());
}

}  // namespace
}  // namespace ff::network_server
