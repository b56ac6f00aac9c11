// farfield.v1.EndDeviceImport over HTTP JSON, with the real identity server and doubles of the
// others.
#include "test/app/api/services/identity_fixture.hpp"

namespace ff::api::test {
namespace {

constexpr const char* app_key = "000102030405060708090A0B0C0D0E0F";

struct Device {
  std::string id;
  std::string dev_eui;
  std::string application = "app-1";
  std::string network_ids;  // those of the network server's part; empty: the same
  std::string lorawan_version = "MAC_V1_0_3";
  bool has_key = true;
};

std::string ids_of(const Device& device) {
  return R"({"device_id":")" + device.id + R"(","dev_eui":")" + device.dev_eui +
         R"(","join_eui":"0000000000000001","application_ids":{"application_id":")" +
         device.application + R"("}})";
}

std::string json_of(const Device& device) {
  const auto ids = ids_of(device);
  const auto set = [&](const std::string& its_ids, const std::string& fields,
                       const std::string& paths) {
    return R"({"end_device":{"ids":)" + its_ids + fields + R"(},"field_mask":{"paths":[)" + paths +
           "]}}";
  };
  const std::string key = device.has_key ? R"("root_keys.app_key.key")" : "";
  return R"({"identity_server":{"end_device":{"ids":)" + ids + R"(,"name":"N"}},"join_server":)" +
         set(ids, std::string(R"(,"root_keys":{"app_key":{"key":")") + app_key + "\"}}", key) +
         R"(,"network_server":)" +
         set(device.network_ids.empty() ? ids : device.network_ids,
             R"(,"frequency_plan_id":"EU_863_870_TTN","lorawan_version":")" +
                 device.lorawan_version +
                 R"(","lorawan_phy_version":"PHY_V1_0_3_REV_A","supports_join":true)",
             R"("frequency_plan_id","lorawan_version","lorawan_phy_version","supports_join")") +
         R"(,"application_server":)" + set(ids, "", "") + "}";
}

std::string body_of(const std::vector<Device>& devices) {
  std::string list;
  for (const auto& device : devices) list += (list.empty() ? "" : ",") + json_of(device);
  return R"({"devices":[)" + list + "]}";
}

class DeviceImportTest : public IdentityTest {
 protected:
  DeviceImportTest() { create_application("app-1"); }

  Answer import(const std::vector<Device>& devices) { return call("POST", path, body_of(devices)); }
  static std::string verdict(const Answer& answer, int row) {
    const auto text = answer.at("/verdicts/" + std::to_string(row) + "/verdict");
    return text.empty() ? "FAILED" : text;
  }
  static std::string error(const Answer& answer, int row) {
    return answer.at("/verdicts/" + std::to_string(row) + "/error/name");
  }
  int status(const std::string& registry, const std::string& id) {
    return call("GET", registry + "/applications/app-1/devices/" + id).status;
  }

  const std::string path = "/farfield/applications/app-1/devices/import";
};

TEST_F(DeviceImportTest, CreatesDevicesInAllRegistries) {
  const auto answer = import({{"dev-1", "0000000000000001"}, {"dev-2", "0000000000000002"}});
  ASSERT_EQ(answer.status, 200) << boost::json::serialize(answer.body);
  EXPECT_EQ(verdict(answer, 0), "CREATED") << error(answer, 0);
  EXPECT_EQ(verdict(answer, 1), "CREATED") << error(answer, 1);
  for (const auto* id : {"dev-1", "dev-2"}) {
    for (const auto* registry : {"", "/js", "/ns", "/as"})
      EXPECT_EQ(status(registry, id), 200) << registry << id;
  }
}

TEST_F(DeviceImportTest, LeavesWhatIsThereAloneAndCompletesWhatIsLacking) {
  ASSERT_EQ(verdict(import({{"dev-1", "0000000000000001"}}), 0), "CREATED");
  ASSERT_EQ(call("PUT", "/ns/applications/app-1/devices/dev-1",
                 R"({"end_device":{"supports_class_c":true},
                     "field_mask":{"paths":["supports_class_c"]}})")
                .status,
            200);
  EXPECT_EQ(verdict(import({{"dev-1", "0000000000000001"}}), 0), "EXISTS");
  EXPECT_EQ(call("GET", "/ns/applications/app-1/devices/dev-1?field_mask=supports_class_c")
                .at("/supports_class_c"),
            "true");
  ASSERT_EQ(call("DELETE", "/as/applications/app-1/devices/dev-1").status, 200);
  EXPECT_EQ(verdict(import({{"dev-1", "0000000000000001"}}), 0), "COMPLETED");
  EXPECT_EQ(status("/as", "dev-1"), 200);
}

TEST_F(DeviceImportTest, RefusesARowAloneThatCanNotBe) {
  const Device good{"dev-9", "0000000000000009"};
  auto stranger = good;
  stranger.id = "dev-2";
  stranger.application = "app-2";
  auto mixed = Device{"dev-3", "0000000000000003"};
  mixed.network_ids = ids_of({"dev-4", "0000000000000004"});
  auto invalid = Device{"dev-5", "0000000000000005"};
  invalid.lorawan_version = "MAC_UNKNOWN";
  const auto answer = import({{"api", "0000000000000007"},  // a reserved name
                              stranger,
                              mixed,
                              invalid,
                              good,
                              {"dev-8", "0000000000000009"},    // the EUIs of the row before
                              {"dev-9", "000000000000000A"}});  // its name
  ASSERT_EQ(answer.status, 200) << boost::json::serialize(answer.body);
  EXPECT_EQ(error(answer, 0), "forbidden_id");
  EXPECT_EQ(error(answer, 1), "other_device");
  EXPECT_EQ(error(answer, 2), "other_device");
  EXPECT_EQ(verdict(answer, 3), "FAILED");
  EXPECT_EQ(verdict(answer, 4), "CREATED") << error(answer, 4);
  EXPECT_EQ(error(answer, 5), "end_device_euis_taken");
  EXPECT_EQ(error(answer, 6), "id_taken");
  for (const auto* id : {"dev-3", "dev-5", "dev-8"}) EXPECT_EQ(status("", id), 404) << id;
}

TEST_F(DeviceImportTest, UndoesARowThatARegistryRefuses) {
  // The join server knows the EUIs of a device that the identity server does not.
  ASSERT_EQ(verdict(import({{"dev-1", "0000000000000001"}}), 0), "CREATED");
  ASSERT_EQ(call("DELETE", "/applications/app-1/devices/dev-1").status, 200);
  const auto answer = import({{"dev-2", "0000000000000001"}});
  EXPECT_EQ(error(answer, 0), "end_device_euis_taken");
  EXPECT_EQ(status("", "dev-2"), 404);
  EXPECT_EQ(status("/ns", "dev-2"), 404);
  EXPECT_EQ(status("/js", "dev-1"), 200) << "not ours to delete";
}

TEST_F(DeviceImportTest, ChecksTheRightsOfTheSingleRequests) {
  const auto ada = create_user("ada");
  const auto member = [&](const std::string& names) {
    EXPECT_EQ(call("PUT", "/applications/app-1/collaborators", user_member("ada", names)).status,
              200);
  };
  const auto import_as_ada = [&](const std::vector<Device>& devices) {
    return call_as(ada, "POST", path, body_of(devices));
  };
  EXPECT_EQ(import_as_ada({{"dev-1", "0000000000000001"}}).error(),
            "pkg/auth/rights:no_application_rights");
  member(R"("RIGHT_APPLICATION_DEVICES_READ")");
  EXPECT_EQ(import_as_ada({{"dev-1", "0000000000000001"}}).error(),
            "pkg/auth/rights:insufficient_application_rights");
  member(R"("RIGHT_APPLICATION_DEVICES_READ","RIGHT_APPLICATION_DEVICES_WRITE")");
  auto without_key = Device{"dev-2", "0000000000000002"};
  without_key.has_key = false;
  const auto answer = import_as_ada({{"dev-1", "0000000000000001"}, without_key});
  EXPECT_EQ(error(answer, 0), "insufficient_application_rights");
  EXPECT_EQ(answer.at("/verdicts/0/error/attributes/missing/0"),
            "RIGHT_APPLICATION_DEVICES_WRITE_KEYS");
  EXPECT_EQ(verdict(answer, 1), "CREATED") << error(answer, 1);
  EXPECT_EQ(status("", "dev-1"), 404);
}

TEST_F(DeviceImportTest, TakesSoManyAndNoMore) {
  EXPECT_EQ(import({}).error(), "pkg/errors:validation");
  std::vector<Device> devices;
  for (int i = 0; i < 257; ++i)
    devices.push_back({"dev-" + std::to_string(i), std::to_string(1'000'000'000'000'000 + i)});
  EXPECT_EQ(import(devices).error(), "pkg/errors:validation");
  devices.pop_back();
  const auto answer = import(devices);
  ASSERT_EQ(answer.status, 200);
  for (int i = 0; i < 256; ++i) EXPECT_EQ(verdict(answer, i), "CREATED") << error(answer, i);
}

}  // namespace
}  // namespace ff::api::test
