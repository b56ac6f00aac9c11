// What the join server's services hand out: JoinEUIs, keys, activation settings, crypto with root
// keys; and to whom.
#include "actors/join_server/activation/errors.hpp"
#include "app/api/services/mapping/join_crypto.hpp"
#include "app/api/services/mapping/join_messages.hpp"
#include "protocol/base/hex.hpp"
#include "protocol/join/join_accept.hpp"
#include "protocol/join/session_keys.hpp"
#include "protocol/phy/join_accept_crypto.hpp"
#include "test/app/api/services/api_fixture.hpp"

namespace ff::api::test {
namespace {

namespace activation = join_server::activation;

constexpr JoinEui join_eui{0x70B3D57ED0000001};
constexpr DevEui dev_eui{0x0004A30B001C0530};
const Aes128Key app_key_11 = Aes128Key::from(Bytes(16, 0x11));
const Aes128Key nwk_key_22 = Aes128Key::from(Bytes(16, 0x22));

Call call_with(const std::string& authorization) {
  Call out;
  if (!authorization.empty()) out.metadata.emplace("authorization", authorization);
  return out;
}

TEST(ClusterKeys, AreProvenByWhoeverBelongsToTheCluster) {
  const ClusterKeys keys({Bytes(16, 1), Bytes(32, 2)});
  EXPECT_TRUE(keys.check(call_with("ClusterKey " + hex_lower(Bytes(16, 1)))));
  EXPECT_TRUE(keys.check(call_with("ClusterKey " + hex_upper(Bytes(32, 2)))));
  EXPECT_TRUE(keys.check(call_with("")).error().is(no_cluster_key));
  EXPECT_TRUE(keys.check(call_with("Bearer NNSXS")).error().is(cluster_auth_type));
  for (const auto* wrong : {"ClusterKey", "ClusterKey ", "ClusterKey xyz", "ClusterKey 00"})
    EXPECT_TRUE(keys.check(call_with(wrong)).error().is(wrong_cluster_key)) << wrong;
  EXPECT_TRUE(ClusterKeys().check(call_with("ClusterKey ")).error().is(wrong_cluster_key));
}

join::RootKeys both_keys() {
  return {.root_key_id = "k", .app_key = app_key_11, .nwk_key = nwk_key_22};
}

pb::CryptoServicePayloadRequest payload_request(pb::MACVersion version, ByteView payload) {
  pb::CryptoServicePayloadRequest out;
  out.mutable_ids()->set_dev_eui(to_field(dev_eui));
  out.mutable_ids()->set_join_eui(to_field(join_eui));
  out.set_lorawan_version(version);
  out.set_payload(text_of(payload));
  return out;
}

TEST(CryptoServices, MakeWhatAJoinServerWithTheKeysMakes) {
  const auto frame = join::seal_join_request({join_eui, dev_eui, DevNonce{7}}, nwk_key_22);
  const auto mic = join_request_mic(
      payload_request(pb::MACVersion::MAC_V1_1, ByteView(frame).first(19)), both_keys());
  ASSERT_TRUE(mic);
  EXPECT_EQ(mic->payload(), text_of(ByteView(frame).last(4)));
  EXPECT_FALSE(join_request_mic(payload_request(pb::MACVersion::MAC_V1_1, Bytes(18)), both_keys()));

  pb::DeriveSessionKeysRequest derive;
  derive.mutable_ids()->set_join_eui(to_field(join_eui));
  derive.set_lorawan_version(pb::MACVersion::MAC_V1_1);
  derive.set_join_nonce(std::string("\0\0\5", 3));
  derive.set_dev_nonce(std::string("\0\7", 2));
  const auto expected = join::derive_session_keys_1_1(
      nwk_key_22, app_key_11, {JoinNonce{5}, DevNonce{7}, NetId{}, join_eui});
  EXPECT_EQ(plain_key_of(derive_nwk_s_keys(derive, both_keys())->s_nwk_s_int_key()),
            expected.network.s_nwk_s_int_key);
  EXPECT_EQ(plain_key_of(derive_app_s_key(derive, both_keys())->app_s_key()), expected.app_s_key);

  // MHDR and fields of a join-accept, signed and encrypted in two calls as a whole is in one.
  const join::JoinAcceptKeys keys = join::join_accept_keys(nwk_key_22, dev_eui);
  const auto fields = join::encode_join_accept({.join_nonce = JoinNonce{5},
                                                .net_id = NetId{0x13},
                                                .dev_addr = DevAddr{0x26000001},
                                                .dl_settings = {.opt_neg = true},
                                                .rx_delay = 1,
                                                .cf_list = {}})
                          .value();
  Bytes message{0x20};
  append(message, fields);
  pb::JoinAcceptMICRequest asked;
  *asked.mutable_payload_request() = payload_request(pb::MACVersion::MAC_V1_1, message);
  asked.set_join_request_type(pb::JoinRequestType::JOIN);
  asked.set_dev_nonce(std::string("\0\7", 2));
  const auto accept_mic = join_accept_mic(asked, both_keys());
  ASSERT_TRUE(accept_mic);
  append(message, as_bytes(accept_mic->payload()));
  const auto sealed = encrypt_join_accept(
      payload_request(pb::MACVersion::MAC_V1_1, ByteView(message).subspan(1)), both_keys());
  ASSERT_TRUE(sealed);
  Bytes whole{0x20};
  append(whole, as_bytes(sealed->payload()));
  EXPECT_EQ(whole, join::seal_join_accept(fields, keys,
                                          {phy::JoinReqType::join_request, join_eui, DevNonce{7}})
                       .value());
}

TEST(CryptoServices, SayWhichKeyIsMissing) {
  auto keys = both_keys();
  keys.nwk_key.reset();
  EXPECT_TRUE(nwk_key(keys).error().is(crypto_no_nwk_key));
  EXPECT_EQ(plain_key_of(*app_key(keys)), app_key_11);
  const auto request = payload_request(pb::MACVersion::MAC_V1_1, Bytes(19));
  EXPECT_TRUE(join_request_mic(request, keys).error().is(crypto_no_nwk_key));
  EXPECT_TRUE(encrypt_rejoin_accept(payload_request(pb::MACVersion::MAC_V1_0_3, Bytes(16)), keys)
                  .error()
                  .is(join::mac_version));
}

TEST(CryptoServices, NeedNoOtherKeyThanTheirOwn) {
  auto network_alone = both_keys();
  network_alone.app_key.reset();
  auto application_alone = both_keys();
  application_alone.nwk_key.reset();
  const auto request = payload_request(pb::MACVersion::MAC_V1_1, Bytes(19));
  EXPECT_EQ(join_request_mic(request, network_alone)->payload(),
            join_request_mic(request, both_keys())->payload());
  pb::DeriveSessionKeysRequest derive;
  derive.mutable_ids()->set_join_eui(to_field(join_eui));
  derive.set_lorawan_version(pb::MACVersion::MAC_V1_1);
  EXPECT_EQ(derive_nwk_s_keys(derive, network_alone)->SerializeAsString(),
            derive_nwk_s_keys(derive, both_keys())->SerializeAsString());
  EXPECT_EQ(derive_app_s_key(derive, application_alone)->SerializeAsString(),
            derive_app_s_key(derive, both_keys())->SerializeAsString());
  EXPECT_TRUE(derive_app_s_key(derive, network_alone).error().is(crypto_no_app_key));
  EXPECT_TRUE(derive_nwk_s_keys(derive, application_alone).error().is(crypto_no_nwk_key));
}

TEST(CryptoServices, SignARejoinRequestOfTypeOneToo) {
  const auto frame = join::seal_rejoin_request({.type = phy::RejoinType::full_context,
                                                .net_id = {},
                                                .join_eui = join_eui,
                                                .dev_eui = dev_eui,
                                                .rejoin_count = 3},
                                               join::derive_js_int_key(nwk_key_22, dev_eui))
                         .value();
  const auto signed_part = ByteView(frame).first(20);
  const auto mic =
      join_request_mic(payload_request(pb::MACVersion::MAC_V1_1, signed_part), both_keys());
  ASSERT_TRUE(mic);
  EXPECT_EQ(mic->payload(), text_of(ByteView(frame).last(4)));
  EXPECT_FALSE(
      join_request_mic(payload_request(pb::MACVersion::MAC_V1_0_3, signed_part), both_keys()));
}

TEST(JoinMessages, TakeEverythingFromTheRequest) {
  pb::JoinRequest request;
  request.set_raw_payload(
      text_of(join::seal_join_request({join_eui, dev_eui, DevNonce{7}}, app_key_11)));
  request.set_dev_addr(to_field(DevAddr{0x26000001}));
  request.set_net_id(to_field(NetId{0x13}));
  request.set_selected_mac_version(pb::MACVersion::MAC_V1_0_3);
  request.mutable_downlink_settings()->set_rx2_dr(pb::DataRateIndex::DATA_RATE_3);
  request.set_rx_delay(pb::RxDelay::RX_DELAY_5);
  request.mutable_cf_list()->add_freq(8'671'000);
  request.add_correlation_ids("ns:uplink:1");
  const auto join = join_of(request);
  ASSERT_TRUE(join) << join.error().to_string();
  EXPECT_EQ(join->join_eui, join_eui);
  EXPECT_EQ(join->dev_eui, dev_eui);
  EXPECT_EQ(join->dev_addr, DevAddr{0x26000001});
  EXPECT_EQ(join->net_id, NetId{0x13});
  EXPECT_EQ(join->dl_settings, 3);
  EXPECT_EQ(join->rx_delay, 5);
  EXPECT_EQ(join->correlation_ids, CorrelationIds{"ns:uplink:1"});
  EXPECT_EQ(hex_upper(join->cf_list), "184F8400000000000000000000000000");
  request.set_raw_payload("short");
  EXPECT_FALSE(join_of(request));
}

TEST(JoinMessages, WrapNetworkKeysUnderTheirLabel) {
  const key_vault::KeyVault vault(key_vault::Keks{{"ns", Bytes(16, 3)}});
  network_server::JoinAnswer answer;
  answer.keys = {{1}, app_key_11, app_key_11, app_key_11, {app_key_11, {}, {}}};
  EXPECT_EQ(plain_key_of(to_proto(answer, vault)->session_keys().f_nwk_s_int_key()), app_key_11);
  EXPECT_FALSE(to_proto(answer, vault)->session_keys().has_nwk_s_enc_key()) << "of 1.0.x";
  answer.network_server_kek_label = "ns";
  const auto wrapped = to_proto(answer, vault)->session_keys().f_nwk_s_int_key();
  EXPECT_EQ(wrapped.kek_label(), "ns");
  EXPECT_EQ(vault.unwrap(key_of(wrapped)).value(), app_key_11);
  answer.network_server_kek_label = "gone";
  EXPECT_FALSE(to_proto(answer, vault));
}

/// Keeps the settings of one application.
activation::RegistryHandle::behavior_type registry_double(activation::RegistryHandle::pointer) {
  auto kept = std::make_shared<std::optional<activation::Settings>>();
  return {
      [kept](const activation::GetSettings& message) {
        if (!*kept) return message.reply(fail(activation::settings_not_found));
        message.reply(**kept);
      },
      [kept](const activation::ChangeSettings& message) {
        auto changed = message.change(*kept ? &**kept : nullptr);
        if (changed) *kept = *changed;
        message.reply(std::move(changed));
      },
      [kept](const activation::DeleteSettings& message) {
        kept->reset();
        message.reply({});
      },
      [](const activation::SettingsWritten&) {},
  };
}

class JoinServices : public ApiFixture {
 protected:
  JoinServices() {
    auto handle = system->spawn(registry_double);
    spawned.push_back(caf::actor_cast<caf::actor>(handle));
    JoinServerDoors doors{.shards = *deps.join_servers,
                          .activation_settings = {},
                          .prefixes = {{join_eui, 36}},
                          .default_join_eui = join_eui,
                          .cluster_keys = ClusterKeys({Bytes(16, 1)}),
                          .vault = std::make_shared<const key_vault::LiveKeyVault>()};
    doors.activation_settings.set(handle);
    deps.join_server_doors = std::move(doors);
    rights["app"] = {Right::RIGHT_APPLICATION_DEVICES_READ_KEYS,
                     Right::RIGHT_APPLICATION_DEVICES_WRITE_KEYS};
  }
};

TEST_F(JoinServices, JoinEuisAreForEverybody) {
  token.clear();
  const auto prefixes = call("GET", "/js/join_eui_prefixes");
  EXPECT_EQ(prefixes.at("/prefixes/0/join_eui"), "70B3D57ED0000001");
  EXPECT_EQ(prefixes.at("/prefixes/0/length"), "36");
  EXPECT_EQ(call("GET", "/js/default_join_eui").at("/join_eui"), "70B3D57ED0000001");
}

TEST_F(JoinServices, ActivationSettingsAreSetReadAndDeleted) {
  const std::string path = "/js/applications/app/settings";
  const std::string key(32, 'A');
  EXPECT_EQ(call("GET", path).status, 404);
  const auto set = call("POST", path,
                        R"({"settings":{"kek_label":"theirs","kek":{"key":")" + key +
                            R"("},"home_net_id":"000013"},)"
                            R"("field_mask":{"paths":["kek_label","kek.key","home_net_id"]}})");
  ASSERT_EQ(set.status, 200) << set.body;
  EXPECT_EQ(set.at("/home_net_id"), "000013");
  const auto got = call("GET", path + "?field_mask=kek_label,kek.key");
  EXPECT_EQ(got.at("/kek_label"), "theirs");
  EXPECT_EQ(got.at("/kek/key"), key);
  EXPECT_EQ(got.at("/home_net_id"), "") << "not asked for";
  EXPECT_EQ(
      call("POST", path,
           R"({"settings":{"kek":{"key":")" + key + R"("}},"field_mask":{"paths":["kek.key"]}})")
          .error(),
      "pkg/joinserver:no_kek_label");
  EXPECT_EQ(call("POST", path, R"({"settings":{},"field_mask":{"paths":[]}})").error(),
            "pkg/joinserver:no_paths");
  EXPECT_EQ(call("DELETE", path).status, 200);
  EXPECT_EQ(call("GET", path).status, 404);
}

TEST_F(JoinServices, ActivationSettingsAreForThoseWhoMayReadKeys) {
  rights["app"] = {Right::RIGHT_APPLICATION_DEVICES_READ};
  EXPECT_EQ(call("GET", "/js/applications/app/settings").status, 403);
  rights["app"] = {Right::RIGHT_APPLICATION_DEVICES_READ_KEYS};
  EXPECT_EQ(call("DELETE", "/js/applications/app/settings").status, 403);
}

}  // namespace
}  // namespace ff::api::test
