// Which shard an uplink or an acknowledgement reaches.
#include <gtest/gtest.h>

#include <caf/typed_event_based_actor.hpp>
#include <map>

#include "actors/gateway_server/connection/errors.hpp"
#include "actors/gateway_server/router/actor.hpp"
#include "test/support/actors/actor_fixture.hpp"

namespace ff::gateway_server {
namespace {

using network_server::ShardHandle;

class UpstreamTest : public test::ActorFixture {
 protected:
  UpstreamTest() : shards(*storage::ShardCount::make(8)) {
    for (std::uint16_t i = 0; i < 8; ++i) {
      const storage::Shard shard{i};
      shards.route(shard).set(
          system->spawn([this, shard](ShardHandle::pointer) { return fake_shard(shard); }));
    }
    upstream = make_upstream(shards);
  }
  ~UpstreamTest() override {
    for (std::uint16_t i = 0; i < 8; ++i) {
      caf::anon_send_exit(shards.at(storage::Shard{i}), caf::exit_reason::user_shutdown);
      shards.route(storage::Shard{i}).clear();
    }
  }

  ShardHandle::behavior_type fake_shard(storage::Shard shard) {
    return {
        [this, shard](const network_server::UplinkReceived&) { uplinks.push_back(shard); },
        [this, shard](const network_server::ToSession& message) {
          sessions.emplace_back(shard, message.device);
        },
        [](const network_server::IndexSession&) {},
        [](const network_server::IndexJoinEuis&) {},
        [](const network_server::WakeSessionAt&) {},
        [](const network_server::SessionLoaded&) {},
        [](const actors::Tick&) {},
    };
  }
  void send(Bytes phy_payload) {
    UplinkFrame frame;
    frame.phy_payload = std::move(phy_payload);
    sent = upstream.uplink(std::make_shared<const UplinkFrame>(frame));
    run();
  }

  actors::Sharded<ShardHandle> shards;
  Upstream upstream;
  Status sent;
  std::vector<storage::Shard> uplinks;
  std::vector<std::pair<storage::Shard, DeviceUid>> sessions;
};

TEST_F(UpstreamTest, DataGoesToTheShardOfItsAddress) {
  send({0x40, 0x04, 0x03, 0x02, 0x01, 0x00, 0x01, 0x00, 0xaa, 0xbb, 0xcc, 0xdd});
  EXPECT_EQ(uplinks, std::vector{storage::shard_of(DevAddr{0x01020304}, shards.count())});
  EXPECT_TRUE(sent);
}

/// It has failed, and its supervisor has not begun it again.
TEST_F(UpstreamTest, SaysThatAShardDoesNotRun) {
  upstream = make_upstream(actors::Sharded<ShardHandle>(*storage::ShardCount::make(8)));
  send({0x40, 0x04, 0x03, 0x02, 0x01, 0x00, 0x01, 0x00, 0xaa, 0xbb, 0xcc, 0xdd});
  ASSERT_FALSE(sent);
  EXPECT_TRUE(sent.error().is(network_server_not_found));
  TxAcknowledgment acknowledgment;
  acknowledgment.device = {ApplicationId{"app-1"}, DeviceId{"dev-1"}};
  EXPECT_TRUE(upstream.acknowledgment(acknowledgment).error().is(network_server_not_found));
}

/// Rejoin-requests of types 0 and 2 have no other EUI.
TEST_F(UpstreamTest, JoinAndRejoinRequestsGoToTheShardOfTheirDevEui) {
  Bytes join(23, 0);
  join[1] = 7;
  join[9] = 9;
  send(join);
  Bytes rejoin(19, 0);
  rejoin[0] = 0xc0;
  rejoin[5] = 9;
  send(rejoin);
  Bytes full(24, 0);
  full[0] = 0xc0;
  full[1] = 1;
  full[2] = 7;
  full[10] = 9;
  send(full);
  EXPECT_EQ(uplinks, std::vector(3, storage::shard_of(DevEui{9}, shards.count())));
}

TEST_F(UpstreamTest, FramesWithoutSenderGoNowhere) {
  send({});
  send({0xe0, 0x01});
  EXPECT_TRUE(uplinks.empty());
}

TEST_F(UpstreamTest, AcknowledgementsGoToTheDevicesHome) {
  TxAcknowledgment acknowledgment;
  acknowledgment.device = {ApplicationId{"app-1"}, DeviceId{"dev-1"}};
  EXPECT_TRUE(upstream.acknowledgment(acknowledgment));
  run();
  ASSERT_EQ(sessions.size(), 1U);
  EXPECT_EQ(sessions[0].first, storage::shard_of(acknowledgment.device, shards.count()));
  EXPECT_EQ(sessions[0].second, acknowledgment.device);
}

TEST_F(UpstreamTest, WithoutRouterADownlinkFailsAtOnce) {
  std::optional<Result<ScheduledDownlink>> answer;
  make_transmit({})(std::make_shared<const DownlinkFrame>(), [&](auto result) { answer = result; });
  ASSERT_TRUE(answer);
  EXPECT_TRUE(answer->error().is(schedule_failed));
}

}  // namespace
}  // namespace ff::gateway_server
