// ApplicationPackageRegistry over HTTP JSON.
#include "actors/application_server/integration/packages/errors.hpp"
#include "test/app/api/services/api_fixture.hpp"

namespace ff::api::test {
namespace {

using ttn::lorawan::v3::RIGHT_APPLICATION_SETTINGS_BASIC;
using ttn::lorawan::v3::RIGHT_APPLICATION_SETTINGS_PACKAGES;
namespace packages = application_server::packages;

const std::string of_application = "/as/applications/app-1/packages/associations";
const std::string of_device = "/as/applications/app-1/devices/dev-1/packages/associations";

/// What the registry is asked, seen by the test after the answer.
struct Asked {
  packages::Associations associations;
  packages::ListAssociations list;
};

auto registry_double(const std::shared_ptr<Asked>& asked) {
  return [asked](packages::PackagesHandle::pointer) -> packages::PackagesHandle::behavior_type {
    return {
        [asked](const packages::SetAssociation& set) {
          const auto found = asked->associations.find(set.key);
          const bool exists = found != asked->associations.end();
          auto next = set.change(exists ? found->second.get() : nullptr);
          if (!next) return set.reply(fail(next.error()));
          next->updated_at = UtcTime{std::chrono::seconds{1}};
          auto& stored = asked->associations[set.key];
          stored = std::make_shared<const packages::Association>(*std::move(next));
          set.reply(stored);
        },
        [asked](const packages::DeleteAssociation& erase) {
          if (asked->associations.erase(erase.key) == 0)
            return erase.reply(fail(packages::association_not_found));
          erase.reply({});
        },
        [asked](const packages::GetAssociation& get) {
          const auto found = asked->associations.find(get.key);
          if (found == asked->associations.end())
            return get.reply(fail(packages::association_not_found));
          get.reply(found->second);
        },
        [asked](const packages::ListAssociations& list) {
          asked->list = list;
          asked->list.reply = {};
          packages::AssociationPage page;
          page.associations.assign(asked->associations.begin(), asked->associations.end());
          page.total = 17;
          list.reply(std::move(page));
        },
        [](const application_server::ForgetApplication&) {},
        [](const packages::ForgetDevice&) {},
        [](const packages::ForgetDefaults&) {},
        [](const packages::InspectConsumer&) {},
        [](const packages::InspectPackages&) {},
    };
  };
}

class PackagesTest : public ApiFixture {
 protected:
  PackagesTest() {
    rights["app-1"] = {RIGHT_APPLICATION_SETTINGS_PACKAGES};
    const auto registry = system->spawn(registry_double(asked));
    spawned.push_back(caf::actor_cast<caf::actor>(registry));
    deps.packages.emplace().set(registry);
  }

  const std::shared_ptr<Asked> asked = std::make_shared<Asked>();
};

TEST_F(PackagesTest, ThePackagesAreListed) {
  EXPECT_EQ(
      boost::json::serialize(call("GET", "/as/applications/app-1/devices/dev-1/packages").body),
      R"({"packages":[{"name":"alcsync-v1","default_f_port":202},)"
      R"({"name":"lora-cloud-device-management-v1","default_f_port":199},)"
      R"({"name":"lora-cloud-geolocation-v3","default_f_port":197}]})");
}

TEST_F(PackagesTest, ADefaultAssociationIsSetAndRead) {
  const auto set = call("PUT", of_application + "/202",
                        R"({"default":{"package_name":"alcsync-v1","data":{"threshold":3}},
                            "field_mask":{"paths":["package_name","data"]}})");
  ASSERT_EQ(set.status, 200) << boost::json::serialize(set.body);
  EXPECT_EQ(boost::json::serialize(set.body),
            R"({"ids":{"application_ids":{"application_id":"app-1"},"f_port":202},)"
            R"("updated_at":"1970-01-01T00:00:01Z","package_name":"alcsync-v1",)"
            R"("data":{"threshold":3}})");
  const packages::AssociationKey key{ApplicationId("app-1"), {}, 202};
  EXPECT_EQ(asked->associations.at(key)->data, R"({"threshold":3})");
  EXPECT_EQ(boost::json::serialize(call("GET", of_application + "/202").body),
            R"({"ids":{"application_ids":{"application_id":"app-1"},"f_port":202},)"
            R"("updated_at":"1970-01-01T00:00:01Z","package_name":"alcsync-v1"})");
  EXPECT_EQ(call("GET", of_application + "/202?field_mask=data").at("/data/threshold"), "3");
}

TEST_F(PackagesTest, ADevicesAssociationIsItsOwn) {
  ASSERT_EQ(
      call("PUT", of_device + "/7", R"({"association":{"package_name":"alcsync-v1"}})").status,
      200);
  const packages::AssociationKey key{ApplicationId("app-1"), DeviceId("dev-1"), 7};
  EXPECT_TRUE(asked->associations.contains(key));
  EXPECT_EQ(call("GET", of_device + "/7").at("/ids/end_device_ids/device_id"), "dev-1");
  EXPECT_EQ(call("GET", of_application + "/7").error(), "pkg/redis:not_found");
  EXPECT_EQ(call("DELETE", of_device + "/7").status, 200);
  EXPECT_EQ(call("DELETE", of_device + "/7").status, 404);
}

TEST_F(PackagesTest, AMaskChangesWhatItNames) {
  const std::string path = of_application + "/202";
  ASSERT_EQ(call("PUT", path, R"({"default":{"package_name":"alcsync-v1","data":{"threshold":3}}})")
                .status,
            200);
  ASSERT_EQ(call("PUT", path, R"({"default":{"data":{"threshold":4}},"field_mask":"data"})").status,
            200);
  const packages::AssociationKey key{ApplicationId("app-1"), {}, 202};
  EXPECT_EQ(asked->associations.at(key)->package_name, "alcsync-v1");
  EXPECT_EQ(asked->associations.at(key)->data, R"({"threshold":4})");
  EXPECT_EQ(call("PUT", path, R"({"default":{},"field_mask":"created_at"})").error(),
            "pkg/applicationserver/io/packages/redis:invalid_fieldmask");
}

TEST_F(PackagesTest, PagesAreAskedFor) {
  ASSERT_EQ(
      call("PUT", of_device + "/7", R"({"association":{"package_name":"alcsync-v1"}})").status,
      200);
  const auto listed = call("GET", of_device + "?limit=10&page=3&field_mask=data");
  EXPECT_EQ(listed.at("/associations/0/ids/f_port"), "7");
  EXPECT_EQ(asked->list.device_id, DeviceId("dev-1"));
  EXPECT_EQ(asked->list.skip, 20U);
  EXPECT_EQ(asked->list.limit, 10U);
  EXPECT_EQ(call("GET", of_application).at("/defaults/0/ids/f_port"), "7");
  EXPECT_TRUE(asked->list.device_id.empty());
  EXPECT_EQ(call("GET", of_device + "?limit=1001").status, 400);
}

TEST_F(PackagesTest, WhatIsNotValidIsRefused) {
  EXPECT_EQ(call("PUT", of_application + "/0", R"({"default":{"package_name":"x-y"}})").status,
            400);
  EXPECT_EQ(call("PUT", of_application + "/256", R"({"default":{"package_name":"x-y"}})").status,
            400);
  EXPECT_EQ(call("PUT", of_application + "/1", R"({"default":{"package_name":"No Name"}})").status,
            400);
  EXPECT_EQ(call("GET", of_application + "/1?field_mask=nonsense").status, 400);
}

TEST_F(PackagesTest, TheRightToSetPackagesIsAskedFor) {
  rights["app-1"] = {RIGHT_APPLICATION_SETTINGS_BASIC};
  for (const auto& path : {of_application, of_application + "/1", of_device, of_device + "/1",
                           std::string("/as/applications/app-1/devices/dev-1/packages")})
    EXPECT_EQ(call("GET", path).status, 403) << path;
  EXPECT_EQ(
      call("PUT", of_device + "/1", R"({"association":{"package_name":"alcsync-v1"}})").status,
      403);
  EXPECT_EQ(call("DELETE", of_application + "/1").status, 403);
}

}  // namespace
}  // namespace ff::api::test
