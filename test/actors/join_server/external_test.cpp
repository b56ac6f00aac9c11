// Requests from other networks, and what keys are wrapped with.
#include <gtest/gtest.h>

#include "actors/join_server/authorization.hpp"
#include "actors/join_server/key_labels.hpp"
#include "actors/join_server/step.hpp"
#include "protocol/crypto/key_wrap.hpp"
#include "test/actors/join_server/sample.hpp"

namespace ff::join_server {
namespace {

const JoinInputs plain_inputs{UtcTime{std::chrono::seconds{100}}, SessionKeyId(16, 7), {}, {}};

JoinInputs inputs_with(key_vault::Keks keks, activation::SettingsMap settings = {}) {
  auto out = plain_inputs;
  out.vault = std::make_shared<const key_vault::KeyVault>(std::move(keks));
  out.activations = std::make_shared<const activation::SettingsMap>(std::move(settings));
  return out;
}

TEST(NamesHost, ComparesLabelByLabelAndGoesOnAfterAMiss) {
  struct Row {
    std::vector<std::string> patterns;
    std::string address;
    bool matches;
  };
  const Row rows[] = {
      {{"ns.example.com"}, "ns.example.com", true},
      {{"NS.example.COM"}, "https://ns.Example.com:8884", true},
      {{"*.example.com"}, "ns.example.com:8884", true},
      {{"*.example.com"}, "example.com", false},
      {{"*.example.com"}, "a.ns.example.com", false},
      {{"*.com", "ns.example.com"}, "ns.example.com", true},  // The reference refuses here.
      {{"ns.*.com"}, "ns.example.com", false},
      {{}, "ns.example.com", false},
      {{"", "*"}, "", false},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(names_host(row.patterns, row.address), row.matches) << row.address;
  }
}

struct NetworkCase {
  std::string name;
  std::function<void(JoinDevice&, activation::Settings&, ExternalNetwork&)> change;
  const ErrorDef* error;
};

TEST(Authorize, ANetworkMayJoinItsOwnDevices) {
  using activation::Settings;
  const NetworkCase cases[] = {
      {"nobody's device", [](auto&, auto&, auto&) {}, &no_net_id},
      {"its own", [](JoinDevice& d, auto&, auto&) { d.net_id = NetId{0x13}; }, nullptr},
      {"its application's", [](auto&, Settings& s, auto&) { s.home_net_id = NetId{0x13}; },
       nullptr},
      {"the device comes first",
       [](JoinDevice& d, Settings& s, auto&) {
         d.net_id = NetId{0x42};
         s.home_net_id = NetId{0x13};
       },
       &net_id_mismatch},
      {"another caller",
       [](JoinDevice& d, auto&, ExternalNetwork& c) {
         d.net_id = NetId{0x13};
         c.net_id = NetId{0x14};
       },
       &net_id_mismatch},
      {"at another address",
       [](JoinDevice& d, auto&, auto&) {
         d.net_id = NetId{0x13};
         d.network_server_address = "other.example.com";
       },
       &caller_not_authorized},
      {"at its address",
       [](JoinDevice& d, auto&, auto&) {
         d.net_id = NetId{0x13};
         d.network_server_address = "ns.example.com:8884";
       },
       nullptr},
  };
  for (const auto& row : cases) {
    auto device = test::device();
    activation::Settings settings;
    ExternalNetwork caller{NetId{0x13}, {"ns.example.com"}};
    row.change(device, settings, caller);
    const auto status = authorize(device, &settings, caller, NetId{0x13});
    EXPECT_EQ(status.has_value(), row.error == nullptr) << row.name;
    if (!status) {
      EXPECT_TRUE(status.error().is(*row.error)) << row.name;
    }
  }
}

TEST(Authorize, AnApplicationServerIsKnownByIdThenAddressThenSettings) {
  auto device = test::device();
  activation::Settings settings;
  const ExternalApplicationServer caller{"as-1", {"as.example.com"}};
  EXPECT_TRUE(authorize(device, nullptr, caller).error().is(no_application_server_id));
  settings.application_server_id = "as-1";
  EXPECT_TRUE(authorize(device, &settings, caller));
  settings.application_server_id = "as-2";
  EXPECT_TRUE(authorize(device, &settings, caller).error().is(caller_not_authorized));
  device.application_server_address = "as.example.com";
  EXPECT_TRUE(authorize(device, &settings, caller));
  device.application_server_address = "other.example.com";
  EXPECT_TRUE(authorize(device, &settings, caller).error().is(caller_not_authorized));
  device.application_server_id = "as-1";
  EXPECT_TRUE(authorize(device, &settings, caller));
  device.application_server_id = "as-2";
  EXPECT_TRUE(authorize(device, &settings, caller).error().is(caller_not_authorized));
}

TEST(JoinDevice, RefusesAForeignNetworkBeforeItLooksAtTheNonce) {
  auto device = test::device();
  device.nonces.used_dev_nonces = {DevNonce{5}};
  auto request = test::join(MacVersion::v1_0_3, 5);
  request.external = ExternalNetwork{NetId{0x13}, {}};
  EXPECT_TRUE(join_device(device, request, {}, plain_inputs).error().is(no_net_id));
  device.net_id = NetId{0x13};
  EXPECT_TRUE(join_device(device, request, {}, plain_inputs).error().is(join::reuse_dev_nonce));
  request = test::join(MacVersion::v1_0_3, 6);
  request.external = ExternalNetwork{NetId{0x13}, {}};
  EXPECT_TRUE(join_device(device, request, {}, plain_inputs));
}

TEST(NetworkServerLabel, IsTheDevicesOrTheComponentsIfTheVaultHasIt) {
  auto device = test::device();
  const key_vault::KeyVault vault(
      key_vault::Keks{{"own", Bytes(16, 1)}, {"ns:000013:ns.example.com", Bytes(16, 2)}});
  EXPECT_EQ(network_server_label(device, vault).value(), "");
  device.net_id = NetId{0x13};
  device.network_server_address = "https://ns.example.com:8884";
  EXPECT_EQ(network_server_label(device, vault).value(), "ns:000013:ns.example.com");
  device.network_server_kek_label = "own";
  EXPECT_EQ(network_server_label(device, vault).value(), "own");
  device.network_server_kek_label = "gone";
  EXPECT_TRUE(network_server_label(device, vault).error().is(kek));
}

TEST(WrapAppSKey, FollowsDeviceThenSettingsThenComponent) {
  auto device = test::device();
  const auto key = test::key_of_byte(9);
  const Bytes own(16, 1);
  const key_vault::KeyVault vault(
      key_vault::Keks{{"own", own}, {"as:as.example.com", Bytes(16, 2)}});
  EXPECT_EQ(wrap_app_s_key(key, device, nullptr, vault)->key, key);
  device.application_server_address = "as.example.com:8884";
  EXPECT_EQ(wrap_app_s_key(key, device, nullptr, vault)->kek_label, "as:as.example.com");
  // Any settings take the component's place, also those that say nothing of KEKs.
  activation::Settings settings;
  EXPECT_EQ(wrap_app_s_key(key, device, &settings, vault)->key, key);
  settings.kek_label = "theirs";
  EXPECT_TRUE(wrap_app_s_key(key, device, &settings, vault).error().is(kek));
  settings.kek = test::plain(test::key_of_byte(3));
  const auto theirs = wrap_app_s_key(key, device, &settings, vault);
  ASSERT_TRUE(theirs);
  EXPECT_EQ(theirs->kek_label, "theirs");
  EXPECT_EQ(crypto::unwrap_aes128_key(theirs->encrypted_key, test::key_of_byte(3).bytes()).value(),
            key);
  device.application_server_kek_label = "own";
  EXPECT_EQ(wrap_app_s_key(key, device, &settings, vault)->kek_label, "own");
}

TEST(Step, KeysOfASessionAreForThoseWhoMay) {
  auto device = test::device();
  device.net_id = NetId{0x13};
  device.network_server_kek_label = "ns";
  const auto inputs = inputs_with({{"ns", Bytes(16, 5)}});
  const auto joined = join_device(device, test::join(MacVersion::v1_0_3, 1), {}, inputs);
  ASSERT_TRUE(joined) << joined.error().to_string();
  EXPECT_EQ(joined->answer.network_server_kek_label, "ns");
  const auto current = std::make_shared<const JoinDevice>(joined->next);
  const auto ask = [&](auto message, auto& slot) {
    message.reply = [&slot](auto result) { slot = std::move(result); };
    step(current, message, {}, inputs).answer();
  };
  GetNwkSKeys network{test::join_eui, test::dev_eui, inputs.session_key_id, {}};
  std::optional<Result<network_server::JoinAnswer>> keys;
  ask(network, keys);
  ASSERT_TRUE(*keys);
  EXPECT_EQ((*keys)->keys, joined->answer.keys);
  EXPECT_EQ((*keys)->network_server_kek_label, "ns");
  network.session_key_id = {1};
  ask(network, keys);
  EXPECT_TRUE(keys->error().is(device_not_found));

  GetAppSKey application{test::join_eui,
                         test::dev_eui,
                         inputs.session_key_id,
                         ExternalApplicationServer{"as-1", {}},
                         {}};
  std::optional<Result<KeyEnvelope>> app_s_key;
  ask(application, app_s_key);
  EXPECT_TRUE(app_s_key->error().is(no_application_server_id));
  application.external.reset();
  ask(application, app_s_key);
  EXPECT_TRUE(*app_s_key);
  application.device = device.ids.uid;
  ask(application, app_s_key);
  EXPECT_TRUE(*app_s_key);
  // Who registers a device with another's EUIs elsewhere does not get its keys.
  application.device->application_id = ApplicationId("nosy");
  for (const auto& id : {inputs.session_key_id, SessionKeyId{1}}) {
    application.session_key_id = id;
    ask(application, app_s_key);
    ASSERT_FALSE(*app_s_key);
    EXPECT_TRUE(app_s_key->error().is(device_not_found));
    ASSERT_NE(app_s_key->error().cause(), nullptr);
    EXPECT_TRUE(app_s_key->error().cause()->is(duplicate_identifiers));
  }

  std::optional<Result<HomeNetwork>> home;
  ask(GetHomeNetwork{test::join_eui, test::dev_eui, {}}, home);
  EXPECT_EQ((*home)->net_id, NetId{0x13});
}

}  // namespace
}  // namespace ff::join_server
