#include "actors/join_server/join.hpp"

#include <gtest/gtest.h>

#include "protocol/crypto/key_wrap.hpp"
#include "protocol/join/session_keys.hpp"
#include "test/actors/join_server/sample.hpp"

namespace ff::join_server {
namespace {

const JoinInputs inputs{UtcTime{std::chrono::seconds{100}}, SessionKeyId(16, 7)};

JoinDevice device_1_1() {
  auto device = test::device();
  device.nwk_key = test::plain(test::key_of_byte(0x22));
  return device;
}

struct CheckCase {
  std::string name;
  std::function<void(HandleJoin&)> change;
  const ErrorDef* error;
};

TEST(CheckJoinRequest, RefusesInTheOrderOfTheSpecification) {
  const CheckCase cases[] = {
      {"valid", [](HandleJoin&) {}, nullptr},
      {"unknown version", [](HandleJoin& j) { j.mac_version = MacVersion::unknown; },
       &join::mac_version},
      {"short frame", [](HandleJoin& j) { j.join_request.resize(22); }, &join::decode_payload},
      {"empty frame", [](HandleJoin& j) { j.join_request.clear(); }, &join::decode_payload},
      {"wrong major", [](HandleJoin& j) { j.join_request[0] |= 1; }, &join::lorawan_major_version},
      {"no DevEUI",
       [](HandleJoin& j) {
         j.dev_eui = DevEui{0};
         std::fill_n(j.join_request.begin() + 9, 8, std::uint8_t{0});
       },
       &no_dev_eui},
      {"other EUIs than said", [](HandleJoin& j) { j.join_request[1] ^= 1; },
       &join::decode_payload},
  };
  for (const auto& row : cases) {
    auto request = test::join(MacVersion::v1_0_3, 1);
    row.change(request);
    const auto status = check_join_request(request, {});
    EXPECT_EQ(status.has_value(), row.error == nullptr) << row.name;
    if (row.error != nullptr && !status) {
      EXPECT_TRUE(status.error().is(*row.error)) << row.name << status.error().to_string();
    }
  }
}

TEST(CheckJoinRequest, ServesTheConfiguredJoinEuisOnly) {
  Config config;
  config.join_eui_prefixes = {{JoinEui{0x70B3D57ED0000000}, 40}};
  EXPECT_TRUE(check_join_request(test::join(MacVersion::v1_0_3, 1), config));
  config.join_eui_prefixes = {{JoinEui{0x70B3D57ED0000000}, 64}, {JoinEui{0xFF00000000000000}, 8}};
  const auto status = check_join_request(test::join(MacVersion::v1_0_3, 1), config);
  ASSERT_FALSE(status);
  EXPECT_TRUE(status.error().is(unknown_join_eui));
}

TEST(JoinDevice, GivesADevice10KeysItDerivesItself) {
  auto request = test::join(MacVersion::v1_0_3, 0x1234);
  request.cf_list = Bytes(16, 0);
  const auto joined = join_device(test::device(), request, {}, inputs);
  ASSERT_TRUE(joined) << joined.error().to_string();
  const auto opened =
      join::open_join_accept(joined->answer.join_accept,
                             join::join_accept_keys(test::key_of_byte(0x11), test::dev_eui), {});
  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->join_nonce, JoinNonce{1});
  EXPECT_EQ(opened->dev_addr, request.dev_addr);
  EXPECT_EQ(opened->rx_delay, 5);
  EXPECT_EQ(joined->answer.join_accept.size(), 33U);
  const auto keys = join::derive_session_keys_1_0(
      test::key_of_byte(0x11), test::key_of_byte(0x11),
      {opened->join_nonce, DevNonce{0x1234}, opened->net_id, test::join_eui});
  EXPECT_EQ(joined->answer.keys.f_nwk_s_int_key, keys.network.f_nwk_s_int_key);
  EXPECT_EQ(joined->answer.keys.nwk_s_enc_key, keys.network.f_nwk_s_int_key);
  EXPECT_EQ(joined->answer.keys.app_s_key.key, keys.app_s_key);
  EXPECT_EQ(joined->answer.keys.session_key_id, inputs.session_key_id);
}

TEST(JoinDevice, GivesKeysToTheDeviceThatHasThemAlone) {
  auto request = test::join(MacVersion::v1_0_3, 0x1234);
  request.device = test::device().ids.uid;
  EXPECT_TRUE(join_device(test::device(), request, {}, inputs));
  request.device = DeviceUid{ApplicationId("their-app"), DeviceId("thief")};
  const auto refused = join_device(test::device(), request, {}, inputs);
  ASSERT_FALSE(refused);
  EXPECT_TRUE(refused.error().is(duplicate_identifiers));
}

TEST(JoinDevice, GivesADevice11ItsFourKeys) {
  const auto request = test::join(MacVersion::v1_1, 3);
  const auto joined = join_device(device_1_1(), request, {}, inputs);
  ASSERT_TRUE(joined) << joined.error().to_string();
  const auto opened = join::open_join_accept(
      joined->answer.join_accept, join::join_accept_keys(test::key_of_byte(0x22), test::dev_eui),
      {phy::JoinReqType::join_request, test::join_eui, DevNonce{3}});
  ASSERT_TRUE(opened);
  EXPECT_TRUE(opened->dl_settings.opt_neg);
  const auto keys = join::derive_session_keys_1_1(
      test::key_of_byte(0x22), test::key_of_byte(0x11),
      {opened->join_nonce, DevNonce{3}, opened->net_id, test::join_eui});
  EXPECT_EQ(joined->answer.keys.s_nwk_s_int_key, keys.network.s_nwk_s_int_key);
  EXPECT_EQ(joined->answer.keys.nwk_s_enc_key, keys.network.nwk_s_enc_key);
  EXPECT_EQ(joined->answer.keys.app_s_key.key, keys.app_s_key);
}

TEST(JoinDevice, RemembersSessionAndNonces) {
  auto device = test::device();
  for (std::uint16_t nonce = 1; nonce <= 12; ++nonce) {
    auto joined = join_device(device, test::join(MacVersion::v1_0_3, nonce), {},
                              {inputs.now, {static_cast<std::uint8_t>(nonce)}});
    ASSERT_TRUE(joined);
    device = joined->next;
  }
  EXPECT_EQ(device.nonces.last_join_nonce, JoinNonce{12});
  EXPECT_EQ(device.nonces.used_dev_nonces.size(), 10U);
  ASSERT_EQ(device.sessions.size(), 10U);
  EXPECT_EQ(device.sessions.front().keys.session_key_id, SessionKeyId{3});
  EXPECT_EQ(device.sessions.back().keys.session_key_id, SessionKeyId{12});
  EXPECT_EQ(device.ids.dev_addr, DevAddr{0x26011234});
}

TEST(JoinDevice, ReportsAReplayedNonceBeforeAWrongMic) {
  auto device = test::device();
  device.nonces.used_dev_nonces = {DevNonce{5}};
  auto request = test::join(MacVersion::v1_0_3, 5);
  request.join_request.back() ^= 1;
  const auto replayed = join_device(device, request, {}, inputs);
  ASSERT_FALSE(replayed);
  EXPECT_TRUE(replayed.error().is(join::reuse_dev_nonce));
  request = test::join(MacVersion::v1_0_3, 6);
  request.join_request.back() ^= 1;
  const auto forged = join_device(device, request, {}, inputs);
  ASSERT_FALSE(forged);
  EXPECT_TRUE(forged.error().is(join::mic_mismatch));
}

TEST(JoinDevice, NeverJumpsBeyondTheHighestNonce) {
  auto device = test::device();
  device.nonces.last_join_nonce = JoinNonce{join::join_nonce_max - 1};
  device = with_counter_jump(std::move(device), 4096);
  EXPECT_EQ(device.nonces.last_join_nonce, JoinNonce{join::join_nonce_max});
  EXPECT_EQ(device.counter_jump, 4096U);
  const auto refused = join_device(device, test::join(MacVersion::v1_0_4, 1), Config{}, {});
  ASSERT_FALSE(refused);
  EXPECT_TRUE(refused.error().is(join::join_nonce_too_high));
}

TEST(JoinDevice, NeedsTheRootKeysOfItsVersion) {
  auto device = test::device();
  const auto no_nwk = join_device(device, test::join(MacVersion::v1_1, 1), {}, inputs);
  ASSERT_FALSE(no_nwk);
  EXPECT_TRUE(no_nwk.error().is(join::no_nwk_key));
  device.app_key = {};
  const auto no_app = join_device(device, test::join(MacVersion::v1_0_3, 1), {}, inputs);
  ASSERT_FALSE(no_app);
  EXPECT_TRUE(no_app.error().is(join::no_app_key));
}

TEST(JoinDevice, UnwrapsRootKeysAndWrapsTheAppSKey) {
  const Bytes root(16, 1);
  const Bytes as(16, 2);
  auto with_vault = inputs;
  with_vault.vault =
      std::make_shared<const key_vault::KeyVault>(key_vault::Keks{{"root", root}, {"as", as}});
  auto device = test::device();
  device.app_key = {std::nullopt, "root", *crypto::wrap_key(test::key_of_byte(0x11).bytes(), root)};
  device.application_server_kek_label = "as";
  const auto joined = join_device(device, test::join(MacVersion::v1_0_3, 1), {}, with_vault);
  ASSERT_TRUE(joined) << joined.error().to_string();
  const auto& envelope = joined->answer.keys.app_s_key;
  EXPECT_FALSE(envelope.key);
  EXPECT_EQ(envelope.kek_label, "as");
  EXPECT_TRUE(crypto::unwrap_aes128_key(envelope.encrypted_key, as));
  device.application_server_kek_label = "missing";
  const auto without = join_device(device, test::join(MacVersion::v1_0_3, 1), {}, with_vault);
  ASSERT_FALSE(without);
  EXPECT_TRUE(without.error().is(kek));
}

constexpr phy::RejoinType rejoin_types[] = {phy::RejoinType::restore, phy::RejoinType::full_context,
                                            phy::RejoinType::rekey};

TEST(Rejoin, GivesKeysMadeOfTheRejoinCounter) {
  for (const auto type : rejoin_types) {
    const auto request = test::rejoin(type, 9);
    ASSERT_TRUE(check_join_request(request, {}));
    const auto joined = join_device(device_1_1(), request, {}, inputs);
    ASSERT_TRUE(joined) << joined.error().to_string();
    const auto opened = join::open_join_accept(
        joined->answer.join_accept, join::join_accept_keys(test::key_of_byte(0x22), test::dev_eui),
        {join::join_req_type(type), test::join_eui, DevNonce{9}});
    ASSERT_TRUE(opened) << opened.error().to_string();
    const auto keys = join::derive_session_keys_1_1(
        test::key_of_byte(0x22), test::key_of_byte(0x11),
        {opened->join_nonce, DevNonce{9}, opened->net_id, test::join_eui});
    EXPECT_EQ(joined->answer.keys.f_nwk_s_int_key, keys.network.f_nwk_s_int_key);
    EXPECT_EQ(joined->answer.keys.app_s_key.key, keys.app_s_key);
    EXPECT_EQ(joined->next.nonces.last_join_nonce, JoinNonce{1});
    EXPECT_EQ(joined->next.nonces.last_dev_nonce, DevNonce{0});
  }
}

TEST(Rejoin, OfType1IsSignedAndCounted) {
  auto device = device_1_1();
  auto request = test::rejoin(phy::RejoinType::full_context, 4);
  request.join_request.back() ^= 1;
  EXPECT_TRUE(join_device(device, request, {}, inputs).error().is(join::mic_mismatch));
  device = join_device(device, test::rejoin(phy::RejoinType::full_context, 4), {}, inputs)->next;
  const auto replayed =
      join_device(device, test::rejoin(phy::RejoinType::full_context, 4), {}, inputs);
  EXPECT_TRUE(replayed.error().is(join::rj_count_too_small));
  EXPECT_TRUE(join_device(device, test::rejoin(phy::RejoinType::full_context, 5), {}, inputs));
}

TEST(Rejoin, IsOf11Only) {
  for (const auto type : rejoin_types) {
    auto old = test::rejoin(type, 1);
    old.mac_version = MacVersion::v1_0_4;
    EXPECT_TRUE(check_join_request(old, {}).error().is(join::payload_type));
    auto fallback = test::rejoin(type, 1);
    fallback.dl_settings = 0;
    EXPECT_TRUE(check_join_request(fallback, {}).error().is(join::payload_type));
  }
}

TEST(Rejoin, IsOfTheDeviceThatTheNetworkServerNames) {
  for (const auto type : rejoin_types) {
    auto other = test::rejoin(type, 1);
    other.dev_eui = DevEui{1};
    EXPECT_TRUE(check_join_request(other, {}).error().is(join::decode_payload));
  }
  auto other = test::rejoin(phy::RejoinType::full_context, 1);
  other.join_eui = JoinEui{1};
  EXPECT_TRUE(check_join_request(other, {}).error().is(join::decode_payload));
}

}  // namespace
}  // namespace ff::join_server
