#include <gtest/gtest.h>

#include <algorithm>

#include "app/cli/device/creation.hpp"
#include "app/cli/device/device_calls.hpp"
#include "app/cli/device/device_flags.hpp"
#include "app/cli/device/paths.hpp"
#include "test/app/cli/fake_api.hpp"
#include "ttn/lorawan/v3/end_device.pb.h"

namespace ff::cli {
namespace {

namespace pb = ttn::lorawan::v3;
using Paths = std::vector<std::string>;

constexpr ErrorDef not_there{"pkg/test", "not_found", Code::not_found, "not there"};
constexpr ErrorDef taken{"pkg/test", "taken", Code::already_exists, "taken"};
constexpr ErrorDef broken{"pkg/test", "broken", Code::internal, "broken"};

Config config() {
  Config out;
  out.addresses.fill("here.example.com:8884");
  out.enabled.fill(true);
  return out;
}

pb::EndDevice otaa() {
  pb::EndDevice device;
  device.mutable_ids()->set_device_id("dev-1");
  device.mutable_ids()->mutable_application_ids()->set_application_id("app-1");
  device.mutable_ids()->set_dev_eui("12345678");
  device.mutable_ids()->set_join_eui("87654321");
  device.set_supports_join(true);
  device.set_name("N");
  device.mutable_root_keys()->mutable_app_key()->set_key("0123456789abcdef");
  device.set_frequency_plan_id("EU_863_870");
  return device;
}

class Devices : public testing::Test {
 protected:
  DeviceCalls calls(FakeApi& api) {
    return {api, config_, [this](std::string_view text) { warnings_.emplace_back(text); }};
  }
  const Config config_ = config();
  Paths warnings_;
};

const Paths otaa_paths = {"supports_join", "name", "root_keys.app_key.key", "frequency_plan_id"};

TEST(DevicePaths, GoToEveryRegistryThatHasThem) {
  const auto split = split_writable(Paths{"ids.dev_eui", "name", "root_keys.app_key.key",
                                          "frequency_plan_id", "session.dev_addr", "version_ids"});
  EXPECT_EQ(split[0], (Paths{"name", "version_ids"}));
  EXPECT_EQ(split[1], Paths{"root_keys.app_key.key"});
  EXPECT_EQ(split[2], (Paths{"frequency_plan_id", "session.dev_addr", "version_ids"}));
  EXPECT_EQ(split[3], (Paths{"session.dev_addr", "version_ids"}));
}

TEST(DevicePaths, OfAnAnswerDoNotTouchAnotherRegistrysFields) {
  const auto application = leaf_paths(readable_paths(Registry::application), Paths{"session"});
  EXPECT_NE(std::ranges::find(application, "session.keys.app_s_key.key"), application.end());
  EXPECT_EQ(std::ranges::find(application, "session"), application.end());
  EXPECT_EQ(std::ranges::find(application, "session.keys.f_nwk_s_int_key.key"), application.end());
}

TEST(DevicePaths, OfAMessageAreThoseThatAreSet) {
  auto device = otaa();
  (*device.mutable_attributes())["a"] = "1";
  device.mutable_mac_settings()->mutable_rx1_delay()->set_value(pb::RX_DELAY_5);
  auto paths = set_paths(device);
  std::ranges::sort(paths);
  EXPECT_EQ(paths, (Paths{"attributes", "frequency_plan_id", "ids.application_ids.application_id",
                          "ids.dev_eui", "ids.device_id", "ids.join_eui", "mac_settings.rx1_delay",
                          "name", "root_keys.app_key.key", "supports_join"}));
}

TEST_F(Devices, AreCreatedInOrderAndOnlyWithWhatARegistryHas) {
  FakeApi api;
  auto device = otaa();
  ASSERT_TRUE(calls(api).create(device, otaa_paths));
  EXPECT_EQ(api.methods(), (Paths{"EndDeviceRegistry/Create", "JsEndDeviceRegistry/Set",
                                  "NsEndDeviceRegistry/Set", "AsEndDeviceRegistry/Set"}));
  EXPECT_EQ(api.calls[0].request.find("root_keys"), std::string::npos);
  EXPECT_NE(api.calls[0].request.find(R"("name":"N")"), std::string::npos);
  EXPECT_NE(api.calls[1].request.find(R"("paths":["root_keys.app_key.key"])"), std::string::npos);
  EXPECT_NE(api.calls[2].request.find(R"("paths":["supports_join","frequency_plan_id"])"),
            std::string::npos);
}

TEST_F(Devices, ThatDoNotJoinAreNotOnTheJoinServer) {
  FakeApi api;
  auto device = otaa();
  device.set_supports_join(false);
  ASSERT_TRUE(calls(api).create(device, {"name", "network_server_address"}));
  EXPECT_EQ(api.methods(), (Paths{"EndDeviceRegistry/Create", "NsEndDeviceRegistry/Set",
                                  "AsEndDeviceRegistry/Set"}));
}

TEST_F(Devices, WithoutEuisAreRefusedBeforeAnythingIsMade) {
  FakeApi api;
  auto device = otaa();
  device.mutable_ids()->clear_join_eui();
  EXPECT_TRUE(calls(api).create(device, otaa_paths).error().is(no_end_device_eui));
  EXPECT_TRUE(api.calls.empty());
}

TEST_F(Devices, ThatCanNotBeMadeWholeAreDeletedAgain) {
  FakeApi api([](const std::string& method, const auto&, auto&) -> Status {
    if (method == "NsEndDeviceRegistry/Set") return fail(broken);
    if (method == "AsEndDeviceRegistry/Delete") return fail(not_there);
    return {};
  });
  auto device = otaa();
  EXPECT_TRUE(calls(api).create(device, otaa_paths).error().is(broken));
  EXPECT_EQ(api.methods(),
            (Paths{"EndDeviceRegistry/Create", "JsEndDeviceRegistry/Set", "NsEndDeviceRegistry/Set",
                   "AsEndDeviceRegistry/Delete", "NsEndDeviceRegistry/Delete",
                   "JsEndDeviceRegistry/Delete", "EndDeviceRegistry/Delete"}));
  EXPECT_TRUE(api.cleans_up);
  EXPECT_TRUE(warnings_.empty());
}

TEST_F(Devices, DoNotTakeAnothersPlaceOnTheJoinServer) {
  FakeApi api([](const std::string& method, const auto&, auto&) -> Status {
    if (method == "JsEndDeviceRegistry/Set") return fail(taken);
    return {};
  });
  auto device = otaa();
  EXPECT_TRUE(calls(api).create(device, otaa_paths).error().is(taken));
  EXPECT_EQ(api.methods(), (Paths{"EndDeviceRegistry/Create", "JsEndDeviceRegistry/Set",
                                  "AsEndDeviceRegistry/Delete", "NsEndDeviceRegistry/Delete",
                                  "EndDeviceRegistry/Delete"}));
}

/// The identity server's record, and one field of each other registry.
Status answer_of_all(const std::string& method, const google::protobuf::Message&,
                     google::protobuf::Message& answer) {
  auto* device = google::protobuf::DynamicCastToGenerated<pb::EndDevice>(&answer);
  if (device == nullptr) return {};
  if (method == "EndDeviceRegistry/Get") {
    *device->mutable_ids() = otaa().ids();
    device->set_name("N");
    device->set_network_server_address("here.example.com");
    device->set_application_server_address("here.example.com:8884");
    device->set_join_server_address("here.example.com");
  } else if (method == "JsEndDeviceRegistry/Get") {
    device->mutable_root_keys()->mutable_app_key()->set_key("0123456789abcdef");
  } else if (method == "NsEndDeviceRegistry/Get") {
    device->mutable_session()->set_dev_addr("1234");
    device->mutable_session()->mutable_keys()->mutable_f_nwk_s_int_key()->set_key("n");
  } else if (method == "AsEndDeviceRegistry/Get") {
    device->mutable_session()->mutable_keys()->mutable_app_s_key()->set_key("a");
  }
  return {};
}

TEST_F(Devices, AreMergedOfAllRegistries) {
  FakeApi api(answer_of_all);
  const auto device = calls(api).get(otaa().ids(), {"name", "root_keys", "session"});
  ASSERT_TRUE(device);
  EXPECT_EQ(api.methods(), (Paths{"EndDeviceRegistry/Get", "JsEndDeviceRegistry/Get",
                                  "AsEndDeviceRegistry/Get", "NsEndDeviceRegistry/Get"}));
  EXPECT_EQ((*device)->root_keys().app_key().key(), "0123456789abcdef");
  EXPECT_EQ((*device)->session().keys().app_s_key().key(), "a");
  EXPECT_EQ((*device)->session().keys().f_nwk_s_int_key().key(), "n");
  EXPECT_EQ((*device)->name(), "N");
}

TEST_F(Devices, OfAnotherClusterAreShownAsFarAsTheyAreHere) {
  FakeApi api([](const std::string& method, const auto& request, auto& answer) {
    auto done = answer_of_all(method, request, answer);
    if (method == "EndDeviceRegistry/Get") {
      auto& device = *google::protobuf::DynamicCastToGenerated<pb::EndDevice>(&answer);
      device.set_network_server_address("other.example.com");
      device.clear_join_server_address();
    }
    return done;
  });
  const auto device = calls(api).get(otaa().ids(), {"root_keys", "session"});
  ASSERT_TRUE(device);
  EXPECT_EQ(api.methods(), (Paths{"EndDeviceRegistry/Get", "AsEndDeviceRegistry/Get"}));
  EXPECT_EQ(warnings_.size(), 1U);
  EXPECT_TRUE(calls(api).erase(otaa().ids()).error().is(end_device_server_address_mismatch));
}

TEST_F(Devices, AreShownInPartWhenARegistryFails) {
  FakeApi api([](const std::string& method, const auto& request, auto& answer) -> Status {
    if (method == "JsEndDeviceRegistry/Get") return fail(not_there);
    return answer_of_all(method, request, answer);
  });
  const auto device = calls(api).get(otaa().ids(), {"name", "root_keys"});
  ASSERT_TRUE(device);
  EXPECT_EQ((*device)->name(), "N");
  EXPECT_EQ(warnings_.size(), 1U);
}

TEST_F(Devices, AreSetWhereTheFieldIs) {
  FakeApi api(answer_of_all);
  auto device = otaa();
  ASSERT_TRUE(calls(api).set(device, {"name", "frequency_plan_id"}, false));
  EXPECT_EQ(api.methods(), (Paths{"EndDeviceRegistry/Get", "EndDeviceRegistry/Update",
                                  "NsEndDeviceRegistry/Set"}));
  api.calls.clear();
  ASSERT_TRUE(calls(api).set(device, {}, true));
  EXPECT_EQ(api.methods(),
            (Paths{"EndDeviceRegistry/Get", "EndDeviceRegistry/Update", "JsEndDeviceRegistry/Set",
                   "NsEndDeviceRegistry/Set", "AsEndDeviceRegistry/Set"}));
}

TEST_F(Devices, KeepTheirEuis) {
  FakeApi api(answer_of_all);
  auto device = otaa();
  device.mutable_ids()->set_dev_eui("99999999");
  EXPECT_TRUE(calls(api).set(device, {"name"}, false).error().is(end_device_eui_update));
}

TEST_F(Devices, AreDeletedFromTheInsideOut) {
  FakeApi api([](const std::string& method, const auto& request, auto& answer) -> Status {
    if (method == "NsEndDeviceRegistry/Delete") return fail(not_there);
    return answer_of_all(method, request, answer);
  });
  ASSERT_TRUE(calls(api).erase(otaa().ids()));
  EXPECT_EQ(api.methods(), (Paths{"EndDeviceRegistry/Get", "AsEndDeviceRegistry/Delete",
                                  "NsEndDeviceRegistry/Delete", "JsEndDeviceRegistry/Delete",
                                  "EndDeviceRegistry/Delete"}));
}

TEST_F(Devices, AreDeletedFromTheJoinServerAlsoWhenNobodySaidWhereItIs) {
  std::string join_eui = otaa().ids().join_eui();
  FakeApi api([&](const std::string& method, const auto& request, auto& answer) {
    auto done = answer_of_all(method, request, answer);
    if (method == "EndDeviceRegistry/Get") {
      auto& device = *google::protobuf::DynamicCastToGenerated<pb::EndDevice>(&answer);
      device.clear_join_server_address();
      device.mutable_ids()->set_join_eui(join_eui);
    }
    return done;
  });
  ASSERT_TRUE(calls(api).erase(otaa().ids()));
  EXPECT_EQ(api.methods(), (Paths{"EndDeviceRegistry/Get", "AsEndDeviceRegistry/Delete",
                                  "NsEndDeviceRegistry/Delete", "JsEndDeviceRegistry/Delete",
                                  "EndDeviceRegistry/Delete"}));
  api.calls.clear();
  join_eui.clear();
  ASSERT_TRUE(calls(api).erase(otaa().ids()));
  EXPECT_EQ(api.methods(), (Paths{"EndDeviceRegistry/Get", "AsEndDeviceRegistry/Delete",
                                  "NsEndDeviceRegistry/Delete", "EndDeviceRegistry/Delete"}));
}

TEST_F(Devices, ThatAreNewGetWhatTheirOwnerHasNotSaid) {
  FakeApi api([](const std::string& method, const auto&, auto& answer) {
    const auto& type = *answer.GetDescriptor();
    if (method == "Ns/GenerateDevAddr" || method == "Js/GetDefaultJoinEUI")
      answer.GetReflection()->SetString(&answer, type.field(0), "addr");
    return Status();
  });
  const auto random = make_seeded_random(1);
  pb::EndDevice device;
  device.set_lorawan_version(pb::MAC_V1_0_4);
  device.mutable_ids()->set_dev_eui("\x01\x02\x03\x04\x05\x06\x07\x08");
  Paths paths;
  ASSERT_TRUE(complete_device(api, config_, {.with_session = true}, *random, device, paths));
  EXPECT_EQ(device.ids().device_id(), "eui-0102030405060708");
  EXPECT_EQ(device.network_server_address(), "here.example.com");
  EXPECT_EQ(device.join_server_address(), "");
  EXPECT_EQ(device.session().dev_addr(), "addr");
  // Before 1.1 there is one key under three names.
  EXPECT_EQ(device.session().keys().f_nwk_s_int_key().key(),
            device.session().keys().nwk_s_enc_key().key());
  EXPECT_EQ(device.session().keys().app_s_key().key().size(), 16U);

  pb::EndDevice joining;
  joining.set_supports_join(true);
  joining.set_lorawan_version(pb::MAC_V1_1);
  paths.clear();
  ASSERT_TRUE(complete_device(api, config_, {.with_root_keys = true}, *random, joining, paths));
  EXPECT_EQ(joining.ids().join_eui(), "addr");
  EXPECT_NE(joining.root_keys().app_key().key(), joining.root_keys().nwk_key().key());
  EXPECT_EQ(joining.root_keys().root_key_id(), "ttn-lw-cli-generated");
  EXPECT_NE(std::ranges::find(paths, "root_keys.nwk_key.key"), paths.end());
  joining.set_provisioner_id("p");
  EXPECT_TRUE(complete_device(api, config_, {.with_root_keys = true}, *random, joining, paths)
                  .error()
                  .is(end_device_keys_provisioner));
}

TEST(DeviceFlags, AreOnePerFieldThatCanBeWritten) {
  Arguments arguments;
  arguments.words = {"app-1", "dev-1"};
  arguments.flags = {{"dev-eui", {"0102030405060708"}},
                     {"name", {"N"}},
                     {"session.keys.app-s-key.key", {std::string(32, 'A')}},
                     {"location.latitude", {"52.5"}}};
  pb::EndDevice device;
  Paths paths;
  ASSERT_TRUE(apply_device_flags(arguments, device, paths));
  EXPECT_EQ(device.ids().device_id(), "dev-1");
  EXPECT_EQ(device.ids().dev_eui().size(), 8U);
  std::ranges::sort(paths);
  EXPECT_EQ(paths, (Paths{"locations", "name", "session.keys.app_s_key.key"}));
  EXPECT_EQ(device.locations().at("user").source(), pb::SOURCE_REGISTRY);
  const auto flags = device_set_flags();
  EXPECT_EQ(std::ranges::find(flags, "created-at", &Flag::name), flags.end());
  arguments.flags = {{"all", {"true"}}};
  const auto selected = selected_device_paths(arguments);
  EXPECT_NE(std::ranges::find(selected, "session"), selected.end());
  EXPECT_EQ(std::ranges::find(selected, "session.dev_addr"), selected.end());
}

}  // namespace
}  // namespace ff::cli
