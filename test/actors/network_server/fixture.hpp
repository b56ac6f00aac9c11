// A network server with a join server, a pipeline double and a gateway double, in virtual time; a
// device of ours on the air.
#pragma once

#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <functional>

#include "actors/join_server/context.hpp"
#include "actors/join_server/device.hpp"
#include "actors/join_server/supervisor.hpp"
#include "actors/network_server/session/device.hpp"
#include "actors/network_server/supervisor.hpp"
#include "protocol/phy/seal.hpp"
#include "test/support/actors/actor_fixture.hpp"

namespace ff::network_server {

using application_server::PipelineHandle;
using std::chrono::milliseconds;
using std::chrono::seconds;

inline const DeviceUid uid{ApplicationId("test-app"), DeviceId("dev-1")};
inline constexpr DevAddr address{0x260b1234};
inline const Aes128Key key = Aes128Key::from(Bytes(16, 0x42));

/// Passes commits on, as the pipeline does, and keeps what the application would get. Of `refuses`
/// commits it wants nothing, as when too much waits.
inline PipelineHandle::behavior_type fake_pipeline(PipelineHandle::pointer,
                                                   actors::Route<actors::Committer> committer,
                                                   std::vector<ApplicationUp>* ups, int* refuses) {
  return {
      [=](const application_server::SessionAccepted& message) {
        if (*refuses > 0) return static_cast<void>(--*refuses);
        ups->insert(ups->end(), message.ups.begin(), message.ups.end());
        caf::anon_send(committer.get(), actors::Commit{message.records, message.release});
      },
      [](const application_server::QueueDownlinks&) {},
      [](const application_server::ListQueuedDownlinks&) {},
      [](const application_server::SimulateUp&) {},
      [](const application_server::GetAppDevice&) {},
      [](const application_server::ChangeAppDevice&) {},
      [](const application_server::DeleteAppDevice&) {},
      [](const application_server::DownlinksPushed&) {},
  };
}

class NetworkServerFixture : public test::ActorFixture {
 protected:
  void SetUp() override { boot(); }
  void TearDown() override { shut_down(); }

  void boot() {
    const auto count = *storage::ShardCount::make(4);
    context = std::make_shared<Context>();
    context->plans =
        std::make_shared<const region::FrequencyPlans>(region::FrequencyPlans::standard());
    context->deps = deps;
    context->frames = std::make_shared<const FrameProbe>(*deps.metrics);
    context->config.counter_jump = counter_jump;
    context->shards = actors::Sharded<ShardHandle>(count);
    context->inspectable = actors::Sharded<ShardActor>(count);
    context->shard_lives = actors::Sharded<std::weak_ptr<const void>>(count);
    context->pipelines = actors::Sharded<PipelineHandle>(count);
    context->join_servers = actors::Sharded<join_server::ShardHandle>(count);
    inspectable_joins = actors::Sharded<join_server::ShardActor>(count);
    for (std::uint16_t i = 0; i < count.value(); ++i) {
      auto handle = system->spawn(fake_pipeline, deps.committer, &ups, &refused_commits);
      context->pipelines.route(storage::Shard{i}).set(handle);
      pipelines.push_back(caf::actor_cast<caf::actor>(handle));
    }
    context->transmit = [this](std::shared_ptr<const DownlinkFrame> frame,
                               actors::Reply<ScheduledDownlink> reply) {
      transmissions.push_back(frame);
      if (answer_transmissions) reply(ScheduledDownlink{GatewayId("gw-1"), 1, seconds{4}});
    };
    context->publish = [this](events::Event event) { event_names.emplace_back(event.name); };
    joins = join_server::spawn_join_server(
        *system,
        std::make_shared<const join_server::Context>(join_server::Context{
            .deps = deps, .publish = context->publish, .inspectable = inspectable_joins}),
        context->join_servers, {});
    supervisor = start(*system, context, engine, {}).value();
    run();
  }

  void shut_down() {
    caf::anon_send_exit(supervisor, caf::exit_reason::user_shutdown);
    caf::anon_send_exit(joins, caf::exit_reason::user_shutdown);
    for (auto& pipeline : pipelines) caf::anon_send_exit(pipeline, caf::exit_reason::user_shutdown);
    pipelines.clear();
    supervisor = nullptr;
    joins = nullptr;
    run();
    context.reset();
    inspectable_joins = {};
  }

  void create_device(const std::function<void(Device&)>& adjust = {}) {
    ChangeDevice change{
        .change = [adjust](const Device*) -> Result<Device> {
          Device device;
          device.ids.uid = uid;
          device.lorawan_version = MacVersion::v1_0_3;
          device.lorawan_phy_version = PhyVersion::rp001_v1_0_3_rev_a;
          device.frequency_plan_id = "EU_863_870_TTN";
          device.session = mac::Session{.dev_addr = address, .keys = {{1, 2}, key, key, key}};
          if (adjust) adjust(device);
          return device;
        },
        .reply = [this](const auto& result) { created = result.has_value(); }};
    caf::anon_send(context->shards.of(uid), to_session(uid, std::move(change)));
    run();
    ASSERT_TRUE(created);
  }

  void uplink(std::uint32_t f_cnt, phy::MType m_type = phy::MType::unconfirmed_up,
              const char* gateway = "gw-1") {
    phy::DataFrame frame;
    frame.m_type = m_type;
    frame.dev_addr = address;
    frame.f_port = FPort{1};
    frame.frm_payload = {1, 2, 3};
    receive(phy::seal_frame(frame, {key, key, key},
                            {.mac_version = MacVersion::v1_0_3, .f_cnt = FCnt32{f_cnt}})
                .value(),
            context->shards.of(address), gateway);
  }

  /// One gateway's copy of a frame, sent to the shard that it hashes to.
  void receive(Bytes phy_payload, const ShardHandle& shard, const char* gateway = "gw-1") {
    UplinkFrame received;
    received.phy_payload = std::move(phy_payload);
    received.settings.data_rate = LoraDataRate{9, 125'000, CodingRate::cr4_5};
    received.settings.frequency = Frequency::hz(868'100'000);
    received.received_at = clock->now().utc;
    RxMetadata metadata;
    metadata.gateway.gateway_id = GatewayId(gateway);
    metadata.uplink_token = {1};
    metadata.channel_rssi_dbm = -80;
    received.rx_metadata.push_back(metadata);
    caf::anon_send(shard, UplinkReceived{std::make_shared<const UplinkFrame>(std::move(received))});
    run();
  }

  std::vector<std::uint32_t> uplink_counters() const {
    std::vector<std::uint32_t> counters;
    for (const auto& up : ups) {
      if (const auto* message = std::get_if<ApplicationUplink>(&up.up))
        counters.push_back(message->f_cnt.value());
    }
    return counters;
  }

  std::shared_ptr<Context> context;
  actors::Sharded<join_server::ShardActor> inspectable_joins;
  caf::actor supervisor;
  caf::actor joins;
  std::vector<caf::actor> pipelines;
  std::vector<ApplicationUp> ups;
  std::vector<std::shared_ptr<const DownlinkFrame>> transmissions;
  std::vector<std::string> event_names;
  int refused_commits = 0;
  bool created = false;
  bool answer_transmissions = true;
  std::uint64_t counter_jump = 0;
};

}  // namespace ff::network_server
