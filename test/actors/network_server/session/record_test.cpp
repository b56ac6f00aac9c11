#include "actors/network_server/session/record.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "protocol/base/hex.hpp"
#include "protocol/base/random.hpp"
#include "storage/codec/envelope.hpp"
#include "storage/codec/record.hpp"

namespace ff::network_server {
namespace {

Device full_device() {
  Device device;
  device.ids = {.uid = {ApplicationId("app"), DeviceId("dev")},
                .dev_eui = DevEui{0x0102030405060708},
                .join_eui = JoinEui{0},
                .dev_addr = DevAddr{0x260b1234}};
  device.created_at = UtcTime{std::chrono::seconds{1'700'000'000}};
  device.lorawan_version = MacVersion::v1_1;
  device.lorawan_phy_version = PhyVersion::rp002_v1_0_4;
  device.frequency_plan_id = "EU_863_870_TTN";
  device.supports_join = true;
  device.mac_settings.supports_32_bit_f_cnt = false;
  device.mac_settings.rx1_delay = std::chrono::seconds{5};
  device.mac_settings.adr = mac::AdrDynamic{.margin_db = 12.5F};
  device.mac_settings.relay = mac::ServedRelay{
      .activation = mac::RelayActivation::dynamic,
      .smart_enable_level = 3,
      .backoff = std::uint8_t{0},
      .second_channel = mac::RelaySecondChannel{5, DataRateIndex{3}, Frequency::hz(868'300'000)},
      .serving_device_id = DeviceId("relay-1")};
  mac::ServingRelay relay{.default_channel_index = std::uint8_t{1}, .cad_periodicity = 2};
  relay.limits = mac::RelayForwardingLimits{3, mac::RelayLimit{1, 2}, {}, mac::RelayLimit{}, {}};
  relay.uplink_forwarding_rules = {
      {},
      {mac::RelayLimit{2, 62},
       9,
       DeviceId("dev-2"),
       {4},
       mac::WorSession{DevAddr{0x26000002}, Aes128Key::from(Bytes(16, 4))}}};
  device.mac_settings.desired_relay = relay;
  device.session = mac::Session{.dev_addr = DevAddr{0x260b1234},
                                .keys = {{1, 2, 3},
                                         Aes128Key::from(Bytes(16, 1)),
                                         Aes128Key::from(Bytes(16, 2)),
                                         Aes128Key::from(Bytes(16, 3))},
                                .last_f_cnt_up = FCnt32{70'000},
                                .last_n_f_cnt_down = FCnt32{12},
                                .last_conf_f_cnt_down = FCnt32{0}};
  device.session->queued_application_downlinks.push_back({.session_key_id = {1, 2, 3},
                                                          .f_port = FPort{15},
                                                          .f_cnt = FCnt32{13},
                                                          .frm_payload = {9},
                                                          .confirmed = true,
                                                          .correlation_ids = {"as:downlink:1"},
                                                          .confirmed_retry = ConfirmedRetry{0, 3}});
  mac::MacState state;
  state.lorawan_version = MacVersion::v1_1;
  state.current.channels.push_back(
      {Frequency::hz(868'100'000), Frequency::hz(868'100'000), {}, DataRateIndex{5}, true});
  state.current.adr_nb_trans = 0;
  state.pending_requests.emplace_back(mac::DevStatusReq{});
  state.recent_uplinks.push_back({.is_data = false, .f_cnt = FCnt32{1}, .max_snr_db = -7.25F});
  state.rejected.data_rate_ranges[Frequency::hz(868'500'000)] = {
      {DataRateIndex{0}, DataRateIndex{5}}};
  state.desired.relay = relay;
  state.current.relay = mac::ServedRelay{.serving_device_id = DeviceId("relay-1")};
  state.pending_relay_downlink = {6, 7};
  state.unanswered = {{mac::Cid::dev_status, 3, FCnt32{70'003}}};
  state.force_rejoin = mac::ForceRejoinReq{DataRateIndex{3}, 2, 5, 1, true};
  device.mac_state = state;
  device.version_ids = DeviceVersionIds{"brand", "model", "1.0", "1.1", "EU_863_870"};
  device.serial_number = "serial";
  device.lora_alliance_profile = LoRaAllianceProfile{42, 7};
  device.min_frequency = Frequency::hz(863'000'000);
  device.max_frequency = Frequency::hz(870'000'000);
  device.earlier_status =
      mac::DeviceStatus{UtcTime{std::chrono::seconds{1'700'000'000}}, FCnt32{3}, 0.5F, false, -3};
  device.mac_state->recent_uplinks.push_back({.f_cnt = FCnt32{2}, .as_given = {1, 2, 3}});
  return device;
}

/// As its row has it: items of queues have rows of their own.
Device without_queue(Device device) {
  device.session->queued_application_downlinks.clear();
  return device;
}

TEST(DeviceRecord, RoundTripsEveryMember) {
  const auto read = decode_device(encode_device(full_device()));
  ASSERT_TRUE(read) << read.error().to_string();
  EXPECT_EQ(read->device, without_queue(full_device()));
  EXPECT_EQ(read->queued, 1U);
  EXPECT_TRUE(read->queue_in_rows);
}

// ON-DISK: version 1, field 8 of the session.
TEST(DeviceRecord, ReadsTheQueueOfOldRows) {
  storage::RecordWriter old;
  const auto session = old.open_record(12);
  for (const std::uint32_t f_cnt : {7U, 8U}) {
    const auto item = old.open_record(8);
    old.varint(3, f_cnt);
    old.close_record(item);
  }
  old.close_record(session);
  const auto read = decode_device(storage::seal(1, old.data())).value();
  EXPECT_FALSE(read.queue_in_rows);
  EXPECT_EQ(read.queued, 0U);
  const auto items = read.device.session->queued_application_downlinks.to_vector();
  ASSERT_EQ(items.size(), 2U);
  EXPECT_EQ(items[0].f_cnt, FCnt32{7});
  EXPECT_EQ(items[1].f_cnt, FCnt32{8});
}

/// A relay of the 2.4 GHz band that is being told of a device: keys and high frequencies.
Device device_with_requests() {
  Device device;
  device.mac_state.emplace();
  device.mac_state->pending_requests = {
      mac::DevStatusReq{}, mac::RXParamSetupReq{DataRateIndex{0}, {}, Frequency::hz(2'423'000'000)},
      mac::NewChannelReq{ChannelIndex{3}, Frequency::hz(868'700'000), {}, DataRateIndex{5}},
      mac::UpdateUplinkListReq{.index = 1,
                               .dev_addr = DevAddr{0x26000002},
                               .w_fcnt = 9,
                               .root_wor_s_key = Aes128Key::from(Bytes(16, 0xA7))}};
  device.mac_state->queued_responses = {mac::LinkCheckAns{20, 3}};
  return device;
}

TEST(DeviceRecord, KeepsRequestsOfEveryBand) {
  const auto device = device_with_requests();
  EXPECT_EQ(decode_device(encode_device(device)).value().device, device);
}

TEST(DeviceRecord, OneRequestThatCanNotBeWrittenCostsNoOther) {
  auto device = device_with_requests();
  const auto expected = device;
  device.mac_state->pending_requests.insert(
      device.mac_state->pending_requests.begin(),
      mac::BeaconFreqReq{Frequency::hz(3'999'999'999)});  // beyond both steps
  EXPECT_EQ(decode_device(encode_device(device)).value().device, expected);
}

TEST(DeviceRecord, SealsTheKeyOfARequestAsAnyOther) {
  const auto device = device_with_requests();
  const auto shown = Bytes(16, 0xA7);
  const auto shows_key = [&](const Bytes& row) { return !std::ranges::search(row, shown).empty(); };
  EXPECT_TRUE(shows_key(encode_device(device))) << "no seal: in clear";
  const storage::KeySeal seal(std::make_shared<key_vault::LiveKeyVault>(
                                  key_vault::KeyVault(key_vault::Keks{{"device", Bytes(16, 1)}})),
                              "device");
  const auto row = encode_device(device, {}, &seal);
  EXPECT_FALSE(shows_key(row));
  EXPECT_EQ(decode_device(row, &seal).value().device, device);
}

// ON-DISK
TEST(DeviceRecord, RequestsHaveTheirGoldenBytes) {
  EXPECT_EQ(hex_lower(encode_device(device_with_requests())),
            "0272552a03021403ba01030a0106ba010a0a05050038dcb810c801ba01080a060703988d8450ba01"
            "2f0a1b4301000200002609000000000000000000000000000000000000001a10a7a7a7a7a7a7a7a7"
            "a7a7a7a7a7a7a7a7");
}

// ON-DISK
TEST(DeviceRecord, WhatIsKeptForClientsHasItsGoldenBytes) {
  Device device;
  device.version_ids = DeviceVersionIds{"b", "m", "h", "f", "EU"};
  device.serial_number = "s";
  device.lora_alliance_profile = LoRaAllianceProfile{1, 2};
  device.min_frequency = Frequency::hz(863'000'000);
  device.max_frequency = Frequency::hz(870'000'000);
  device.earlier_status = mac::DeviceStatus{.battery = 0.5F, .margin_db = -3};
  device.mac_state.emplace();
  device.mac_state->recent_uplinks.push_back({.as_given = {7}});
  EXPECT_EQ(
      hex_lower(encode_device(device)),
      "02720752050801620107ba01100a016212016d1a01682201662a024555c2010173ca010408011002d001c0abc1"
      "9b03d80180cbec9e03e201071d0000003f2805");
}

// ON-DISK: field 6 of the MAC state, all requests as one text of octets.
TEST(DeviceRecord, ReadsRequestsOfOldRows) {
  const Bytes key(16, 0xA7);
  Bytes octets = {0x06, 0x43, 0x01, 0x00, 0x02, 0x00, 0x00, 0x26, 0x09, 0x00, 0x00, 0x00};
  append(octets, key);
  storage::RecordWriter old;
  const auto mac_state = old.open_record(14);
  old.bytes(6, octets);
  old.close_record(mac_state);
  const auto device = decode_device(storage::seal(1, old.data())).value().device;
  const std::vector<mac::Command> expected = {
      mac::DevStatusReq{}, device_with_requests().mac_state->pending_requests.back()};
  EXPECT_EQ(device.mac_state->pending_requests, expected);
}

TEST(DeviceRecord, KeepsFalseAndZeroWhereTheStructSaysOtherwise) {
  Device device;
  device.mac_state.emplace();
  device.mac_state->current.adr_nb_trans = 0;
  device.mac_state->recent_uplinks.push_back({.is_data = false, .max_snr_db = {}});
  const auto read = decode_device(encode_device(device)).value().device;
  EXPECT_EQ(read.mac_state->current.adr_nb_trans, 0);
  EXPECT_FALSE(read.mac_state->recent_uplinks[0].is_data);
}

mac::RecentUplink uplink_number(std::uint32_t f_cnt) {
  return {.adr = true,
          .f_cnt = FCnt32{f_cnt},
          .data_rate_index = DataRateIndex{3},
          .max_snr_db = 1.5F,
          .gateway_count = 2,
          .payload_hash = 0x1234,
          .received_at = UtcTime{std::chrono::seconds{1'700'000'000}}};
}

Device after_uplink(Device device, std::uint32_t f_cnt) {
  mac::push_recent(*device.mac_state, uplink_number(f_cnt));
  device.session->last_f_cnt_up = FCnt32{f_cnt};
  return device;
}

Bytes extended(Bytes row, std::uint32_t f_cnt, RowVersion version) {
  append(row, encode_ordinary_uplink(uplink_number(f_cnt), version));
  return row;
}

TEST(DeviceRow, TakesUplinksBehindIt) {
  auto device = without_queue(full_device());
  auto row = encode_device(device, {7, 1});
  for (std::uint32_t i = 1; i <= 30; ++i) {
    device = after_uplink(std::move(device), 70'000 + i);
    row = extended(std::move(row), 70'000 + i, {7, 1 + i});
    ASSERT_EQ(decode_device(row).value().device, device);
  }
}

// ON-DISK
TEST(DeviceRow, AdditionHasItsGoldenBytes) {
  EXPECT_EQ(hex_lower(encode_ordinary_uplink(uplink_number(300), {7, 2})),
            "a20123080710021a1d0801180128ac023003450000c03f480250b424588080d0e2c6bfce972f");
}

TEST(DeviceRow, AdditionsCountOnlyInAnUnbrokenSequence) {
  const auto row = encode_device(full_device(), {7, 5});
  EXPECT_EQ(decode_device(extended(row, 70'001, {7, 7})).value().device,
            without_queue(full_device()))
      << "one is missing";
  EXPECT_EQ(decode_device(extended(row, 70'001, {6, 6})).value().device,
            without_queue(full_device()))
      << "of another";
  EXPECT_EQ(decode_device(extended(row, 70'001, {7, 5})).value().device,
            without_queue(full_device()))
      << "of before";
  const auto among = extended(extended(row, 70'009, {6, 90}), 70'001, {7, 6});
  EXPECT_EQ(decode_device(among).value().device,
            after_uplink(without_queue(full_device()), 70'001));
  auto no_session = encode_device(Device{}, {7, 5});
  EXPECT_FALSE(decode_device(extended(no_session, 1, {7, 6})));
}

TEST(OrdinaryUplink, IsOneThatChangesNothingElse) {
  const auto before = full_device();
  auto after = after_uplink(before, 70'001);
  const auto untouched = after;
  ASSERT_EQ(ordinary_uplink(before, after), uplink_number(70'001));
  EXPECT_EQ(after, untouched);

  const std::function<void(Device&)> others[] = {
      [](Device& device) { device.session->last_n_f_cnt_down = FCnt32{13}; },
      [](Device& device) { device.session->queued_application_downlinks.clear(); },
      [](Device& device) { device.mac_state->desired.adr_nb_trans = 2; },
      [](Device& device) { device.mac_state->recent_uplinks.pop_back(); },
      [](Device& device) { device.session->last_f_cnt_up = FCnt32{70'002}; },
      [](Device& device) { device.pending_mac_state.emplace(); },
      [](Device& device) { device.session.reset(); },
      [](Device& device) { device.attempts = 9; },
  };
  for (const auto& change : others) {
    auto changed = untouched;
    change(changed);
    EXPECT_FALSE(ordinary_uplink(before, changed)) << &change - others;
  }
  EXPECT_FALSE(ordinary_uplink(Device{}, after));
}

// Property: decoding is total; what decodes also encodes.
TEST(DeviceRecord, DecodingIsTotal) {
  auto random = make_seeded_random(5);
  const auto good = encode_device(full_device());
  for (int i = 0; i < 3000; ++i) {
    auto bytes = good;
    for (auto edits = random->below(4) + 1; edits > 0; --edits) {
      bytes[random->below(bytes.size())] = static_cast<std::uint8_t>(random->next());
    }
    if (random->below(2) == 0) bytes.resize(random->below(bytes.size()));
    if (auto read = decode_device(bytes)) encode_device(read->device);
  }
}

}  // namespace
}  // namespace ff::network_server
