#include "actors/identity_server/device_activity/device_activity.hpp"

#include <caf/send.hpp>

#include "actors/identity_server/api_keys/message_values.hpp"
#include "actors/identity_server/registry/actor.hpp"
#include "actors/identity_server/registry/queries.hpp"
#include "test/support/actors/actor_fixture.hpp"
#include "ttn/lorawan/v3/end_device.pb.h"

namespace ff::identity_server {
namespace {

namespace api = ttn::lorawan::v3;
using std::chrono::seconds;

constexpr UtcTime noon{std::chrono::hours{12}};
const storage::JoinKey euis{JoinEui{1}, DevEui{2}};

class DeviceActivityTest : public test::ActorFixture {
 protected:
  DeviceActivityTest() {
    registry = spawn_registry(
        *system, std::make_shared<const RegistryContext>(RegistryContext{
                     .deps = deps, .store = &engine, .own_thread = false, .changed = {}}));
    route.set(registry);
    report = make_activity_writer(route, 2);
    for (const char* id : {"dev-1", "dev-2", "dev-3"}) create(id);
  }
  ~DeviceActivityTest() override {
    caf::anon_send_exit(registry, caf::exit_reason::user_shutdown);
    run();
  }

  static storage::EntityKey key(const std::string& id) {
    return {storage::EntityKind::end_device, {"app-1", id}};
  }
  static DeviceUid uid(const std::string& id) { return {ApplicationId("app-1"), DeviceId(id)}; }

  void create(const std::string& id) {
    api::EndDevice device;
    device.mutable_ids()->set_device_id(id);
    device.set_name("Name");
    Draft draft{.message = serialize(device), .unique = {}};
    if (id == "dev-1") draft.unique.push_back({storage::device_euis_index_key(euis), {}});
    caf::anon_send(
        registry, CreateEntity{key(id), [draft](UtcTime) { return Result<Draft>(draft); }, {}, {}});
    run();
  }
  void tell(std::vector<DeviceActivity> activity) {
    report(std::move(activity));
    run();
  }
  EntityPtr entity(const std::string& id) {
    return get_entity(engine, key(id), Deleted::without).value();
  }
  api::EndDevice device(const std::string& id) { return *parse<api::EndDevice>(*entity(id)); }

  RegistryHandle registry;
  actors::Route<RegistryHandle> route;
  ReportActivity report;
};

TEST_F(DeviceActivityTest, IsWrittenBesideWhatPeopleWrote) {
  const auto before = entity("dev-1");
  advance(seconds{5});
  tell({{uid("dev-1"), noon, noon - seconds{9}, {{"frm-payload", {.latitude = 51.5}}}}});
  const auto stored = device("dev-1");
  EXPECT_EQ(stored.name(), "Name");
  EXPECT_EQ(time_of(stored.last_seen_at()), noon);
  EXPECT_EQ(time_of(stored.activated_at()), noon - seconds{9});
  EXPECT_EQ(stored.locations().at("frm-payload").latitude(), 51.5);
  EXPECT_EQ(entity("dev-1")->updated_at, before->updated_at) << "nobody changed it";
  const auto found = find_entity(engine, storage::device_euis_index_key(euis));
  ASSERT_TRUE(found && *found) << "its EUIs still lead to it";
}

TEST_F(DeviceActivityTest, TheNewerSightAndTheFirstActivationStay) {
  tell({{uid("dev-1"), noon, noon, {}}});
  tell({{uid("dev-1"), noon - seconds{1}, noon + seconds{1}, {}}});
  EXPECT_EQ(time_of(device("dev-1").last_seen_at()), noon);
  EXPECT_EQ(time_of(device("dev-1").activated_at()), noon);
  tell({{uid("dev-1"), noon + seconds{1}, {}, {}}});
  EXPECT_EQ(time_of(device("dev-1").last_seen_at()), noon + seconds{1});
}

TEST_F(DeviceActivityTest, OfMoreDevicesThanABatchHoldsIsWrittenInSeveral) {
  tell({{uid("dev-1"), noon, {}, {}},
        {uid("gone"), noon, {}, {}},
        {uid("dev-2"), noon, {}, {}},
        {uid("dev-3"), noon, {}, {}}});
  for (const char* id : {"dev-1", "dev-2", "dev-3"})
    EXPECT_EQ(time_of(device(id).last_seen_at()), noon) << id;
  EXPECT_FALSE(get_entity(engine, key("gone"), Deleted::with));
}

TEST_F(DeviceActivityTest, OfADeletedDeviceIsNotKept) {
  caf::anon_send(registry, DeleteEntity{key("dev-2"), {}});
  run();
  tell({{uid("dev-2"), noon, {}, {}}});
  EXPECT_FALSE(get_entity(engine, key("dev-2"), Deleted::with));
}

TEST_F(DeviceActivityTest, WithoutARegistryNothingHappens) {
  route.clear();
  tell({{uid("dev-1"), noon, {}, {}}});
  EXPECT_FALSE(device("dev-1").has_last_seen_at());
}

}  // namespace
}  // namespace ff::identity_server
