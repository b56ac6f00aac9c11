// Rejoin-requests of a 1.1 device through network and join server. [TS001-1.1 §6.2.4]
#include "test/actors/network_server/otaa_fixture.hpp"

namespace ff::network_server {
namespace {

using phy::RejoinType;

class RejoinTest : public OtaaFixture {
 protected:
  /// A device in the session of its first join.
  void join_and_send() {
    create_otaa_device();
    join(1);
    session = accepted(1).value();
    keys = keys_of(session, 1);
    uplink_in(session, 1, 0);
    advance(seconds{10});
    ASSERT_EQ(uplink_counters(), std::vector<std::uint32_t>{0});
    event_names.clear();
  }

  phy::RejoinRequest request(RejoinType type, std::uint16_t count) const {
    if (type == RejoinType::full_context) return {type, {}, join_eui, dev_eui, count};
    return {type, session.net_id, {}, dev_eui, count};
  }
  void rejoin(const phy::RejoinRequest& request, const Aes128Key& signing) {
    receive(join::seal_rejoin_request(request, signing).value(), context->shards.of(dev_eui));
    advance(milliseconds{300});
  }
  void rejoin(RejoinType type, std::uint16_t count) {
    rejoin(request(type, count), type == RejoinType::full_context
                                     ? join::derive_js_int_key(nwk_key, dev_eui)
                                     : keys.s_nwk_s_int_key);
  }
  bool happened(std::string_view event) const {
    return std::find(event_names.begin(), event_names.end(), event) != event_names.end();
  }

  join::JoinAccept session;
  phy::NetworkSessionKeys keys;
};

TEST_F(RejoinTest, OfEveryTypeOpensASessionThatTheFirstUplinkConfirms) {
  join_and_send();
  auto last = session;
  std::uint32_t next_nonce = 2;
  for (const auto type : {RejoinType::restore, RejoinType::full_context, RejoinType::rekey}) {
    rejoin(type, 0);
    const auto accept = accepted(0, join::join_req_type(type));
    ASSERT_TRUE(accept) << accept.error().to_string();
    EXPECT_EQ(accept->join_nonce, JoinNonce{next_nonce++});
    EXPECT_TRUE(accept->dl_settings.opt_neg);
    EXPECT_TRUE(std::holds_alternative<ApplicationJoinAccept>(ups.back().up));
    // Radio parameters stay with new keys only.
    EXPECT_EQ(accept->cf_list.has_value(), type != RejoinType::rekey);
    ups.clear();
    uplink_in(*accept, 0, 0);
    EXPECT_EQ(uplink_counters(), std::vector<std::uint32_t>{0});
    advance(seconds{10});
    session = *accept;
    keys = keys_of(*accept, 0);
  }
  EXPECT_NE(session.dev_addr, last.dev_addr);
}

TEST_F(RejoinTest, LeavesTheSessionUntilTheNewOneIsUsed) {
  join_and_send();
  rejoin(RejoinType::rekey, 0);
  ASSERT_EQ(join_accepts().size(), 2U);
  uplink_in(session, 1, 1);
  EXPECT_EQ(uplink_counters(), (std::vector<std::uint32_t>{0, 1}));
}

TEST_F(RejoinTest, NeverTakesACounterTwice) {
  join_and_send();
  rejoin(RejoinType::restore, 3);
  ASSERT_EQ(join_accepts().size(), 2U);
  advance(seconds{10});
  rejoin(RejoinType::restore, 3);
  rejoin(RejoinType::rekey, 2);
  EXPECT_EQ(join_accepts().size(), 2U);
  shut_down();
  engine.crash();
  boot();
  rejoin(RejoinType::rekey, 3);
  EXPECT_EQ(join_accepts().size(), 2U);
  rejoin(RejoinType::rekey, 4);
  EXPECT_EQ(join_accepts().size(), 3U);
  rejoin(RejoinType::full_context, 6);
  EXPECT_EQ(join_accepts().size(), 4U);
  advance(seconds{10});
  rejoin(RejoinType::full_context, 6);
  EXPECT_EQ(join_accepts().size(), 4U);
}

TEST_F(RejoinTest, IsRefusedWithAnotherKeyOrForAnotherNetwork) {
  join_and_send();
  rejoin(request(RejoinType::restore, 1), nwk_key);
  rejoin(request(RejoinType::full_context, 1), keys.s_nwk_s_int_key);
  auto foreign = request(RejoinType::rekey, 1);
  foreign.net_id = NetId{0x600001};
  rejoin(foreign, keys.s_nwk_s_int_key);
  EXPECT_EQ(join_accepts().size(), 1U);
  EXPECT_EQ(std::count(event_names.begin(), event_names.end(), "ns.up.join.drop"), 3);
  EXPECT_FALSE(happened("ns.up.join.process"));
}

TEST_F(RejoinTest, OfTypes0And2NeedsASessionAndType1DoesNot) {
  create_otaa_device();
  keys = {key, key, key};
  session.net_id = context->config.net_id;
  rejoin(RejoinType::restore, 0);
  rejoin(RejoinType::rekey, 0);
  EXPECT_TRUE(join_accepts().empty());
  rejoin(RejoinType::full_context, 0);
  EXPECT_EQ(join_accepts().size(), 1U);
}

TEST_F(RejoinTest, IsOf11Only) {
  mac_version = MacVersion::v1_0_4;
  phy_version = PhyVersion::rp002_v1_0_4;
  join_and_send();
  rejoin(RejoinType::restore, 0);
  rejoin(RejoinType::full_context, 0);
  EXPECT_EQ(join_accepts().size(), 1U);
}

TEST_F(RejoinTest, FindsItsDeviceAmongThoseOfTheSameDevEui) {
  join_and_send();
  const DeviceUid other{ApplicationId("other-app"), DeviceId("dev-9")};
  caf::anon_send(context->shards.of(dev_eui), IndexJoinEuis{other, JoinEui{1}, dev_eui, false});
  rejoin(RejoinType::rekey, 0);
  EXPECT_EQ(join_accepts().size(), 2U);
}

TEST_F(RejoinTest, IsAskedForOnceWithTheNextDownlink) {
  join_and_send();
  bool changed = false;
  caf::anon_send(
      context->shards.of(uid),
      to_session(
          uid, ChangeDevice{.change = [](const Device* current) -> Result<Device> {
                              auto next = *current;
                              next.mac_state->force_rejoin = mac::ForceRejoinReq{.rejoin_type = 2};
                              return next;
                            },
                            .reply = [&](const auto& result) { changed = result.has_value(); }}));
  run();
  ASSERT_TRUE(changed);
  for (std::uint32_t f_cnt = 1; f_cnt < 4; ++f_cnt) {
    uplink_in(session, 1, f_cnt);
    advance(seconds{10});
  }
  EXPECT_EQ(std::count(event_names.begin(), event_names.end(), "ns.mac.force_rejoin.request"), 1);
}

TEST_F(RejoinTest, OfAnUnknownDeviceIsDropped) {
  rejoin(request(RejoinType::restore, 0), key);
  EXPECT_TRUE(transmissions.empty());
  EXPECT_TRUE(event_names.empty());
}

}  // namespace
}  // namespace ff::network_server
