#include "actors/network_server/session/record.hpp"

#include <gtest/gtest.h>

#include "protocol/base/hex.hpp"
#include "protocol/base/random.hpp"

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
  device.mac_state = state;
  return device;
}

TEST(DeviceRecord, RoundTripsEveryMember) {
  const auto device = full_device();
  const auto read = decode_device(encode_device(device));
  ASSERT_TRUE(read) << read.error().to_string();
  EXPECT_EQ(*read, device);
}

TEST(DeviceRecord, KeepsFalseAndZeroWhereTheStructSaysOtherwise) {
  Device device;
  device.mac_state.emplace();
  device.mac_state->current.adr_nb_trans = 0;
  device.mac_state->recent_uplinks.push_back({.is_data = false, .max_snr_db = {}});
  const auto read = decode_device(encode_device(device)).value();
  EXPECT_EQ(read.mac_state->current.adr_nb_trans, 0);
  EXPECT_FALSE(read.mac_state->recent_uplinks[0].is_data);
}

// ON-DISK: bytes of an index row never change.
TEST(AddressRow, HasItsGoldenBytes) {
  const AddressRow row{.f_nwk_s_int_key = Aes128Key::from(Bytes(16, 0xab)),
                       .last_f_cnt_up = FCnt32{300},
                       .mac_version = MacVersion::v1_0_3,
                       .supports_32_bit_f_cnt = true,
                       .resets_f_cnt = false,
                       .pending = true};
  const auto bytes = encode_address_rows({row});
  EXPECT_EQ(hex_lower(bytes), "010a1b0a10abababababababababababababababab10ac02180520013001");
  EXPECT_EQ(decode_address_rows(bytes).value(), std::vector<AddressRow>{row});
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
    if (auto read = decode_device(bytes)) encode_device(*read);
  }
}

}  // namespace
}  // namespace ff::network_server
