// The network server's actors together, in virtual time: frames in, application messages and
// transmissions out, restarts in between.
#include <algorithm>

#include "protocol/phy/f_cnt.hpp"
#include "storage/engine/errors.hpp"
#include "test/actors/network_server/fixture.hpp"

namespace ff::network_server {
namespace {

class NetworkServerTest : public NetworkServerFixture {};

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

TEST_F(NetworkServerTest, MeasuresMatchingOnlyOfFramesThatWereMatched) {
  create_device();
  const auto measured = [this](const std::string& count) {
    const auto text = deps.metrics->text();
    return text.find("ttn_lw_ns_mic_computations_uplink_total_count " + count + "\n") !=
           std::string::npos;
  };
  uplink(1);
  EXPECT_TRUE(measured("1"));
  // A data frame by its first octet that is too short for one, and a copy of the first.
  receive({0x40, 1, 2, 3}, context->shards.of(address));
  uplink(1, phy::MType::unconfirmed_up, "gw-2");
  EXPECT_TRUE(measured("1"));
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
    EXPECT_TRUE(
        phy::open_frame(frame, {key, key, key},
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
  counter_jump = 4096;
  boot();
  uplink(2, phy::MType::confirmed_up);
  advance(seconds{3});
  ASSERT_EQ(transmissions.size(), 2U);
  const auto frame = phy::decode_data_frame(transmissions.back()->phy_payload).value();
  // What a device makes of the sixteen bits on air that has heard the answer before.
  const auto heard = phy::extend(FCnt32{1}, frame.f_cnt, true);
  EXPECT_EQ(heard, FCnt32{4096 + 2});
  EXPECT_TRUE(
      phy::open_frame(frame, {key, key, key}, {.mac_version = MacVersion::v1_0_3, .f_cnt = heard}));
}

TEST_F(NetworkServerTest, LetsNothingOutWhenTheStoreFails) {
  create_device();
  engine.inject({.call = storage::MemoryCall::write, .error = Error(storage::disk_full)});
  uplink(1, phy::MType::confirmed_up);
  advance(seconds{3});
  EXPECT_TRUE(transmissions.empty());
}

TEST_F(NetworkServerTest, ADeviceThatCanNotBeReadIsReadAgainForTheNextEvent) {
  create_device();
  uplink(1);
  advance(seconds{130});  // the report of its downlink is missing for 55
  engine.inject({.call = storage::MemoryCall::read, .error = Error(storage::disk_full)});
  Result<std::shared_ptr<const Device>> read;
  const auto get = [&] {
    caf::anon_send(context->shards.of(uid),
                   to_session(uid, GetDevice{[&](auto answer) { read = std::move(answer); }}));
    run();
  };
  get();
  ASSERT_FALSE(read);
  EXPECT_TRUE(read.error().is(storage::disk_full));
  get();
  ASSERT_TRUE(read) << read.error().to_string();
  uplink(2);
  advance(seconds{2});
  EXPECT_EQ(uplink_counters(), (std::vector<std::uint32_t>{1, 2}));
}

TEST_F(NetworkServerTest, PassivatesAndComesBackWithItsCounters) {
  create_device();
  uplink(1);
  advance(seconds{130});  // the report of its downlink is missing for 55
  EXPECT_NE(metrics.text().find("farfield_actors_passivated_total{kind=\"device_session\"} 1"),
            std::string::npos);
  uplink(1);
  advance(seconds{2});
  uplink(2);
  advance(seconds{2});
  EXPECT_EQ(uplink_counters(), (std::vector<std::uint32_t>{1, 2}));
}

TEST_F(NetworkServerTest, HearsADeviceThatWasResetAndCountsFromZeroAgain) {
  create_device();
  uplink(500);
  advance(seconds{2});
  ChangeDevice reset{.change = [](const Device* current) -> Result<Device> {
                       auto device = *current;
                       device.mac_state.reset();
                       device.session->last_f_cnt_up = FCnt32{};
                       return device;
                     },
                     .reply = [](const auto&) {}};
  caf::anon_send(context->shards.of(uid), to_session(uid, std::move(reset)));
  run();
  uplink(1);
  advance(seconds{2});
  EXPECT_EQ(uplink_counters(), (std::vector<std::uint32_t>{500, 1}));
}

TEST_F(NetworkServerTest, DeletesADevice) {
  create_device();
  bool deleted = false;
  caf::anon_send(
      context->shards.of(uid),
      to_session(uid, DeleteDevice{[&](const auto& result) { deleted = result.has_value(); }}));
  run();
  EXPECT_TRUE(deleted);
  uplink(1);
  advance(seconds{1});
  EXPECT_TRUE(uplink_counters().empty());
}

TEST_F(NetworkServerTest, TheQueueOutlivesACrashAndIsGoneWithItsDevice) {
  create_device([](Device& device) {
    device.supports_class_c = true;
    device.last_paths = {{{GatewayId("gw-1"), {}}, 0, {}}};
    device.mac_settings.class_b_c_downlink_interval = seconds{60};
    for (std::uint32_t f_cnt = 1; f_cnt <= 3; ++f_cnt) {
      device.session->queued_application_downlinks.push_back({.session_key_id = {1, 2},
                                                              .f_port = FPort{2},
                                                              .f_cnt = FCnt32{f_cnt},
                                                              .frm_payload = {1},
                                                              .class_b_c = ClassBC{}});
    }
  });
  const auto queued = [&] {
    std::vector<std::uint32_t> f_cnts;
    caf::anon_send(context->shards.of(uid), to_session(uid, ListDownlinks{[&](const auto& list) {
                                                         ASSERT_TRUE(list);
                                                         for (const auto& item : *list)
                                                           f_cnts.push_back(item.f_cnt.value());
                                                       }}));
    run();
    return f_cnts;
  };
  advance(seconds{1});
  ASSERT_EQ(transmissions.size(), 1U);
  EXPECT_EQ(queued(), (std::vector<std::uint32_t>{2, 3}));
  shut_down();
  engine.crash();
  boot();
  EXPECT_EQ(queued(), (std::vector<std::uint32_t>{2, 3}));
  caf::anon_send(context->shards.of(uid), to_session(uid, DeleteDevice{[](const auto&) {}}));
  run();
  const storage::Scan left{.family = storage::Family::downlink_queue};
  EXPECT_EQ(engine.scan(left, [](auto, auto) { return true; }).value(), 0U);
}

/// Nobody speaks to the device after the start: it has to be remembered that something waits.
TEST_F(NetworkServerTest, GoesOnWithDownlinksOfClassCAfterAStart) {
  create_device([](Device& device) {
    device.supports_class_c = true;
    device.last_paths = {{{GatewayId("gw-1"), {}}, 0, {}}};
    device.mac_settings.class_b_c_downlink_interval = seconds{60};
    for (std::uint32_t f_cnt : {1U, 2U}) {
      device.session->queued_application_downlinks.push_back({.session_key_id = {1, 2},
                                                              .f_port = FPort{2},
                                                              .f_cnt = FCnt32{f_cnt},
                                                              .frm_payload = {1},
                                                              .class_b_c = ClassBC{}});
    }
  });
  advance(seconds{1});
  ASSERT_EQ(transmissions.size(), 1U);
  shut_down();
  engine.crash();
  boot();
  advance(seconds{30});
  EXPECT_EQ(transmissions.size(), 1U) << "too early for the second";
  advance(seconds{40});
  ASSERT_EQ(transmissions.size(), 2U);
  EXPECT_EQ(transmissions[1]->request.device_class, DeviceClass::c);
  EXPECT_EQ(phy::decode_data_frame(transmissions[1]->phy_payload)->f_cnt.value(), 2U);
}

}  // namespace
}  // namespace ff::network_server
