// What the registries of entities have in common, over HTTP JSON: restoring, purging, searching,
// bookmarks, notifications, DevEUIs, settings.
#include <algorithm>
#include <atomic>

#include "actors/join_server/record.hpp"
#include "app/api/services/identity/dev_eui_blocks.hpp"
#include "app/api/services/identity/expired_entities.hpp"
#include "app/api/services/mapping/events.hpp"
#include "storage/keys/keys.hpp"
#include "test/app/api/services/identity_fixture.hpp"
#include "ttn/lorawan/v3/gateway_services.grpc.pb.h"
#include "ttn/lorawan/v3/notification_service.pb.h"

namespace ff::api::test {
namespace {

class EntitiesTest : public IdentityTest {
 protected:
  /// The user's notifications when there is one: what it is about does not wait for it.
  Answer notifications(const std::string& user, const std::string& caller) {
    const auto path = "/users/" + user + "/notifications";
    auto list = call_as(caller, "GET", path);
    for (int i = 0; i < 2000 && list.at("/notifications/0/id").empty(); ++i)
      list = call_as(caller, "GET", path);
    return list;
  }
  /// A run of what purges by itself.
  Purged purge_all() {
    std::promise<Purged> done;
    purge_expired(*deps.identity, {}, [&](const auto& purged) { done.set_value(*purged); });
    return done.get_future().get();
  }
};

/// A row of the server that has an end device `dev-1` of `app-1` which nobody else knows.
struct RowOfServer {
  const char* server;
  storage::Family family;
  Bytes key;
  Bytes value;
};

std::vector<RowOfServer> rows_of_servers() {
  const DeviceUid uid{ApplicationId("app-1"), DeviceId("dev-1")};
  const storage::JoinKey euis{JoinEui{1}, DevEui{2}};
  join_server::JoinDevice joining;
  joining.ids = {.uid = uid, .dev_eui = euis.dev_eui, .join_eui = euis.join_eui};
  // Far behind the others, among whose rows it is searched.
  const auto key = storage::device_key({storage::Shard{40000}, uid});
  return {{"Network Server", storage::Family::session, key, {1}},
          {"Application Server", storage::Family::device, key, {1}},
          {"Join Server", storage::Family::join_nonce,
           storage::join_record_key(storage::Shard{3}, euis),
           join_server::encode_join_device(joining)}};
}

TEST_F(EntitiesTest, AGatewayComesBackWithoutTheEuiThatAnotherHasGot) {
  ASSERT_EQ(create_gateway("gtw-1", "0102030405060708").status, 200);
  EXPECT_EQ(call("POST", "/gateways/gtw-1/restore").status, 404) << "not deleted";
  ASSERT_EQ(call("DELETE", "/gateways/gtw-1").status, 200);
  EXPECT_EQ(call("GET", "/gateways?deleted=true").at("/gateways/0/ids/gateway_id"), "gtw-1");
  EXPECT_EQ(call("GET", "/gateways").at("/gateways"), "");
  ASSERT_EQ(create_gateway("gtw-2", "0102030405060708").status, 200);
  ASSERT_EQ(call("POST", "/gateways/gtw-1/restore").status, 200);
  EXPECT_EQ(call("GET", "/gateways/gtw-1").at("/ids/eui"), "") << "another one has it";
  EXPECT_EQ(call("GET", "/gateways/gtw-2").at("/ids/eui"), "0102030405060708");
  ASSERT_EQ(call("DELETE", "/gateways/gtw-2").status, 200);
  ASSERT_EQ(call("POST", "/gateways/gtw-2/restore").status, 200);
  EXPECT_EQ(call("GET", "/gateways/gtw-2").at("/ids/eui"), "0102030405060708") << "still free";
  ASSERT_EQ(call("DELETE", "/gateways/gtw-2/purge").status, 200);
  EXPECT_EQ(create_gateway("gtw-2", "0102030405060709").status, 200) << "purged: the id is free";
}

TEST_F(EntitiesTest, NothingIsRestoredTooLate) {
  ASSERT_EQ(create_application("app-1").status, 200);
  ASSERT_EQ(call("DELETE", "/applications/app-1").status, 200);
  settings->restore_window = -std::chrono::hours{1};
  EXPECT_EQ(call("POST", "/applications/app-1/restore").error(),
            "pkg/identityserver:restore_window_expired");
}

TEST_F(EntitiesTest, WhatCanNotBeRestoredAnyMoreIsPurged) {
  for (const auto* id : {"app-1", "app-2", "app-3"}) ASSERT_EQ(create_application(id).status, 200);
  ASSERT_EQ(create_gateway("gtw-1", "0102030405060708").status, 200);
  for (const auto* path : {"/applications/app-1", "/applications/app-2", "/gateways/gtw-1"})
    ASSERT_EQ(call("DELETE", path).status, 200) << path;
  std::vector<std::string> gone;
  const auto purge = [&] {
    std::promise<Purged> done;
    purge_expired(*deps.identity,
                  {.max = 2, .purged = [&](const auto& key) { gone.push_back(key.ids[0]); }},
                  [&](const Result<Purged>& purged) { done.set_value(*purged); });
    return done.get_future().get();
  };
  EXPECT_EQ(purge().purged, 0U) << "they can be restored";
  settings->restore_window = -std::chrono::hours{1};
  auto purged = purge();
  EXPECT_EQ(purged.purged, 2U);
  EXPECT_TRUE(purged.more) << "a run is bounded";
  purged = purge();
  EXPECT_EQ(purged.purged, 1U);
  EXPECT_EQ(purged.kept, 0U);
  EXPECT_FALSE(purged.more);
  std::ranges::sort(gone);
  EXPECT_EQ(gone, (std::vector<std::string>{"app-1", "app-2", "gtw-1"}));
  EXPECT_EQ(create_application("app-2").status, 200) << "the id is free";
  EXPECT_EQ(call("GET", "/applications/app-3").status, 200);
}

TEST_F(EntitiesTest, OnlyAdminsPurgeAndOnlyWithoutDevices) {
  const auto ada = create_user("ada");
  ASSERT_EQ(call("POST", "/users/ada/applications",
                 R"({"application":{"ids":{"application_id":"app-1"}}})")
                .status,
            200);
  ASSERT_EQ(create_device("dev-1", "0102030405060708").status, 200);
  EXPECT_EQ(call_as(ada, "DELETE", "/applications/app-1/purge").error(),
            "pkg/identityserver:admins_purge_applications");
  EXPECT_EQ(call("DELETE", "/applications/app-1/purge").error(),
            "pkg/identityserver:application_has_devices");
  EXPECT_EQ(call("GET", "/applications/app-1").status, 200) << "refused without a trace";
  ASSERT_EQ(call("DELETE", "/applications/app-1/devices/dev-1").status, 200);
  ASSERT_EQ(call("DELETE", "/applications/app-1/purge").status, 200);
  EXPECT_EQ(call_as(ada, "GET", "/applications").at("/applications"), "");
  EXPECT_EQ(create_device("dev-1", "0102030405060708").error(),
            "pkg/identityserver/store:application_not_found");
}

TEST_F(EntitiesTest, AnApplicationStaysReservedWhileAnyServerHasADeviceOfIt) {
  storage::WriteBatch others;
  for (const auto* application : {"app", "app-0", "app-10", "app-2"}) {
    for (const std::uint16_t shard : {0, 1, 40000}) {
      const DeviceUid uid{ApplicationId(application), DeviceId("dev-1")};
      const auto key = storage::device_key({storage::Shard{shard}, uid});
      others.put(storage::Family::session, key, Bytes{1});
      others.put(storage::Family::device, key, Bytes{1});
    }
  }
  ASSERT_TRUE(engine().write(others, storage::Durability::no_sync));
  for (const auto& row : rows_of_servers()) {
    SCOPED_TRACE(row.server);
    ASSERT_EQ(create_application("app-1").status, 200);
    storage::WriteBatch put;
    put.put(row.family, row.key, row.value);
    ASSERT_TRUE(engine().write(put, storage::Durability::no_sync));
    const auto refused = call("DELETE", "/applications/app-1/purge");
    EXPECT_EQ(refused.error(), "pkg/identityserver:application_has_devices");
    EXPECT_EQ(refused.at("/details/0/attributes/count"), "1");
    EXPECT_EQ(refused.at("/details/0/cause/attributes/server"), row.server);
    ASSERT_EQ(call("DELETE", "/applications/app-1").status, 200) << "the registry has none";
    settings->restore_window = -std::chrono::hours{1};
    const auto purged = purge_all();
    EXPECT_EQ(purged.purged, 0U);
    EXPECT_EQ(purged.kept, 1U);
    EXPECT_EQ(create_application("app-1").status, 409) << "its devices would be the next one's";
    storage::WriteBatch erase;
    erase.erase(row.family, row.key);
    ASSERT_TRUE(engine().write(erase, storage::Durability::no_sync));
    EXPECT_EQ(purge_all().purged, 1U);
    settings->restore_window = std::chrono::hours{24};
  }
  ASSERT_EQ(create_application("app-1").status, 200);
  EXPECT_EQ(call("DELETE", "/applications/app-1/purge").status, 200) << "others' do not matter";
}

TEST_F(EntitiesTest, NobodySaysOfContactsThatTheyAreValidated) {
  ASSERT_EQ(call("POST", "/users/admin/applications",
                 R"({"application":{"ids":{"application_id":"app-1"},"contact_info":[)"
                 R"({"contact_method":"CONTACT_METHOD_EMAIL","value":"eve@example.org",)"
                 R"("validated_at":"2020-01-01T00:00:00Z"}]}})")
                .status,
            200);
  EXPECT_EQ(call("GET", "/applications/app-1?field_mask=contact_info").at("/contact_info"), "");
}

TEST_F(EntitiesTest, SomeNamesAreForNobody) {
  for (const auto* id : {"ttn", "admin", "example-app"}) {
    const auto refused = create_application(id);
    EXPECT_EQ(refused.error(), "pkg/identityserver/blocklist:forbidden_id") << id;
    EXPECT_EQ(refused.at("/details/0/attributes/id"), id);
  }
}

TEST_F(EntitiesTest, ADeviceIsOnTheServersOfItsApplication) {
  ASSERT_EQ(call("POST", "/users/admin/applications",
                 R"({"application":{"ids":{"application_id":"app-1"},)"
                 R"("network_server_address":"ns.example.org:8884"}})")
                .status,
            200);
  const auto create = [&](const std::string& id, const std::string& address) {
    return call("POST", "/applications/app-1/devices",
                R"({"end_device":{"ids":{"device_id":")" + id + R"("},"network_server_address":")" +
                    address + R"("}})");
  };
  const auto refused = create("dev-1", "other.example.org");
  EXPECT_EQ(refused.error(), "pkg/identityserver:network_server_address_mismatch");
  EXPECT_EQ(refused.at("/details/0/attributes/expected"), "ns.example.org:8884");
  EXPECT_EQ(create("dev-1", "ns.example.org").status, 200);
}

TEST_F(EntitiesTest, AClientShowsItsSecretOnceAndWaitsForApproval) {
  const auto ada = create_user("ada");
  const auto create =
      R"({"client":{"ids":{"client_id":"cli-1"},"redirect_uris":["https://a.example"],)"
      R"("grants":["GRANT_AUTHORIZATION_CODE"],"endorsed":true}})";
  const auto made = call_as(ada, "POST", "/users/ada/clients", create);
  ASSERT_EQ(made.status, 200) << boost::json::serialize(made.body);
  EXPECT_EQ(made.at("/secret").size(), 52U);
  EXPECT_EQ(made.at("/state"), "") << "requested";
  EXPECT_EQ(made.at("/endorsed"), "");
  EXPECT_EQ(call_as(ada, "GET", "/clients/cli-1?field_mask=secret").error(),
            "pkg/rpcmiddleware/validator:field_mask_paths");
  const auto approve = R"({"client":{"state":"STATE_APPROVED"},"field_mask":"state"})";
  EXPECT_EQ(call_as(ada, "PUT", "/clients/cli-1", approve).error(),
            "pkg/identityserver:update_admin_field");
  EXPECT_EQ(call("PUT", "/clients/cli-1", approve).at("/state"), "STATE_APPROVED");
  EXPECT_EQ(call_as(create_user("bob"), "GET", "/clients/cli-1?field_mask=redirect_uris,state")
                .at("/redirect_uris/0"),
            "https://a.example");
  EXPECT_EQ(call_as(ada, "GET", "/clients/cli-1/rights").at("/rights/0"), "RIGHT_CLIENT_ALL");
  EXPECT_EQ(call_as(ada, "GET", "/clients").at("/clients/0/ids/client_id"), "cli-1");
  const auto changed = notifications("ada", ada);
  EXPECT_EQ(changed.at("/notifications/0/notification_type"), "entity_state_changed");
  EXPECT_EQ(changed.at("/notifications/0/data/state"), "STATE_APPROVED");
  EXPECT_EQ(changed.at("/notifications/0/entity_ids/client_ids/client_id"), "cli-1");
  EXPECT_EQ(changed.at("/notifications/0/email"), "true");
  const auto told = call("GET", "/users/admin/notifications");
  EXPECT_EQ(told.at("/notifications/0/notification_type"), "client_requested");
  EXPECT_EQ(told.at("/notifications/0/sender_ids/user_id"), "ada");
  EXPECT_EQ(boost::json::serialize(told.body).find("secret"), std::string::npos);
}

TEST_F(EntitiesTest, SearchFindsWhatTheCallerMaySee) {
  const auto ada = create_user("ada");
  ASSERT_EQ(create_application("app-hidden").status, 200);
  ASSERT_EQ(call("POST", "/users/ada/applications",
                 R"({"application":{"ids":{"application_id":"app-mine"},"name":"Weather",)"
                 R"("attributes":{"area":"North"}}})")
                .status,
            200);
  const auto ids = [&](const std::string& caller, const std::string& query) {
    const auto found = call_as(caller, "GET", "/search/applications?" + query);
    EXPECT_EQ(found.status, 200) << boost::json::serialize(found.body);
    std::string out;
    for (int i = 0;; ++i) {
      const auto id = found.at("/applications/" + std::to_string(i) + "/ids/application_id");
      if (id.empty()) return out;
      out += id + " ";
    }
  };
  EXPECT_EQ(ids(ada, "query=APP"), "app-mine ");
  EXPECT_EQ(ids(admin_token, "query=APP"), "app-hidden app-mine ");
  EXPECT_EQ(ids(ada, "query=weath"), "app-mine ");
  EXPECT_EQ(ids(ada, "name_contains=x"), "");
  EXPECT_EQ(ids(ada, "attributes_contain[area]=nor"), "app-mine ");
  EXPECT_EQ(call_as(ada, "GET", "/search/users?query=ada").error(),
            "pkg/identityserver:search_forbidden");
  EXPECT_EQ(call("GET", "/search/users?query=ada").at("/users/0/ids/user_id"), "ada");
  EXPECT_EQ(call_as(ada, "GET", "/search/accounts?query=a").at("/account_ids"), "") << "too short";
  EXPECT_EQ(call_as(ada, "GET", "/search/accounts?query=adm").at("/account_ids/0/user_ids/user_id"),
            "admin");
  EXPECT_EQ(call_as(ada, "GET", "/applications/app-mine/collaborators/search")
                .at("/account_ids/0/user_ids/user_id"),
            "ada");
}

TEST_F(EntitiesTest, DevicesAreFoundByTheirEuis) {
  ASSERT_EQ(create_application("app-1").status, 200);
  ASSERT_EQ(create_device("dev-1", "0102030405060708").status, 200);
  ASSERT_EQ(create_device("dev-2", "0102030405060799").status, 200);
  const auto found = call("GET", "/search/applications/app-1/devices?dev_eui_contains=0799");
  EXPECT_EQ(found.at("/end_devices/0/ids/device_id"), "dev-2");
  EXPECT_EQ(found.at("/end_devices/1"), "");
  EXPECT_EQ(call("GET", "/applications/app-1/devices?order=-dev_eui&limit=1")
                .at("/end_devices/0/ids/device_id"),
            "dev-2");
  EXPECT_EQ(last->header("x-total-count"), "2");
}

TEST_F(EntitiesTest, DevicesAreReadAndDeletedInBatches) {
  ASSERT_EQ(create_application("app-1").status, 200);
  for (const auto* id : {"dev-1", "dev-2", "dev-3"})
    ASSERT_EQ(create_device(id, std::string("010203040506070") + id[4]).status, 200);
  const std::string path = "/applications/app-1/devices/batch?device_ids=dev-1&device_ids=";
  const auto read = call("GET", path + "dev-9&field_mask=name");
  EXPECT_EQ(read.at("/end_devices/0/name"), "N") << boost::json::serialize(read.body);
  EXPECT_EQ(read.at("/end_devices/1"), "");
  ASSERT_EQ(call("DELETE", path + "dev-2").status, 200);
  const auto left = call("GET", "/applications/app-1/devices");
  EXPECT_EQ(left.at("/end_devices/0/ids/device_id"), "dev-3");
  EXPECT_EQ(left.at("/end_devices/1"), "");
}

TEST_F(EntitiesTest, ABatchIsToldAsOne) {
  ASSERT_EQ(create_application("app-1").status, 200);
  ASSERT_EQ(create_device("dev-1", "0102030405060708").status, 200);
  ASSERT_EQ(create_gateway("gtw-1", "0102030405060701").status, 200);
  ASSERT_EQ(create_gateway("gtw-2", "0102030405060702").status, 200);
  std::mutex mutex;
  std::vector<ttn::lorawan::v3::Event> heard;
  const auto hear = [&](const events::EventPtr& event) {
    const std::scoped_lock lock(mutex);
    heard.push_back(to_proto(*event));
  };
  const auto of_application = hub.subscribe({{ApplicationId("app-1")}, hear});
  const auto of_gateway = hub.subscribe({{GatewayIdentifiers{GatewayId("gtw-1"), {}}}, hear});
  const auto path = "/applications/app-1/devices/batch?device_ids=dev-1&device_ids=dev-9";
  ASSERT_EQ(call("DELETE", path).status, 200);
  ttn::lorawan::v3::BatchDeleteGatewaysRequest batch;
  for (const auto* id : {"gtw-1", "gtw-2"}) batch.add_gateway_ids()->set_gateway_id(id);
  grpc::ClientContext context;
  context.AddMetadata("authorization", "Bearer " + token);
  google::protobuf::Empty empty;
  ASSERT_TRUE(ttn::lorawan::v3::GatewayBatchRegistry::NewStub(server->in_process_channel())
                  ->Delete(&context, batch, &empty)
                  .ok());
  hub.unsubscribe(of_application);
  hub.unsubscribe(of_gateway);
  ASSERT_EQ(heard.size(), 2U);
  EXPECT_EQ(heard[0].name(), "end_device.batch.delete");
  ttn::lorawan::v3::EndDeviceIdentifiersList devices;
  ASSERT_TRUE(heard[0].data().UnpackTo(&devices));
  ASSERT_EQ(devices.end_device_ids_size(), 1) << "the one that was there";
  EXPECT_EQ(devices.end_device_ids(0).device_id(), "dev-1");
  EXPECT_EQ(heard[1].name(), "gateway.batch.delete");
  ttn::lorawan::v3::GatewayIdentifiersList gateways;
  ASSERT_TRUE(heard[1].data().UnpackTo(&gateways));
  EXPECT_EQ(gateways.gateway_ids_size(), 2);
}

TEST_F(EntitiesTest, NotificationsAndInvitationsAreEvents) {
  std::mutex mutex;
  std::vector<std::string> names;
  hub.connect({.count_published = [&](std::string_view name) {
    const std::scoped_lock lock(mutex);
    names.emplace_back(name);
  }});
  const auto ada = create_user("ada");
  ASSERT_EQ(call("POST", "/invitations", R"({"email":"bob@example.org"})").status, 200);
  ASSERT_EQ(call_as(ada, "POST", "/users/ada/api-keys", R"({"rights":["RIGHT_USER_INFO"]})").status,
            200);
  const auto told = [&](std::string_view name) {
    const std::scoped_lock lock(mutex);
    return std::ranges::find(names, name) != names.end();
  };
  EXPECT_TRUE(told("invitation.create"));
  // The answer about the key does not wait for the notification.
  for (int i = 0; i < 2000 && !told("user.notification.create"); ++i)
    call_as(ada, "GET", "/users/ada/notifications");
  EXPECT_TRUE(told("user.notification.create"));
  hub.connect({});
}

TEST_F(EntitiesTest, AStatusOfNotificationsIsToldWithWhatWasAsked) {
  const auto ada = create_user("ada");
  ASSERT_EQ(call_as(ada, "POST", "/users/ada/api-keys", R"({"rights":["RIGHT_USER_INFO"]})").status,
            200);
  const auto id = notifications("ada", ada).at("/notifications/0/id");
  std::mutex mutex;
  std::vector<ttn::lorawan::v3::Event> heard;
  const auto hear = [&](const events::EventPtr& event) {
    const std::scoped_lock lock(mutex);
    heard.push_back(to_proto(*event));
  };
  const auto of_user =
      hub.subscribe({{events::AccountId{events::AccountId::Kind::user, "ada"}}, hear});
  ASSERT_EQ(call_as(ada, "PATCH", "/users/ada/notifications",
                    R"({"ids":[")" + id + R"("],"status":"NOTIFICATION_STATUS_SEEN"})")
                .status,
            200);
  hub.unsubscribe(of_user);
  ASSERT_EQ(heard.size(), 1U);
  EXPECT_EQ(heard[0].name(), "user.notification.update_status");
  ttn::lorawan::v3::UpdateNotificationStatusRequest asked;
  ASSERT_TRUE(heard[0].data().UnpackTo(&asked));
  EXPECT_EQ(asked.receiver_ids().user_id(), "ada");
  ASSERT_EQ(asked.ids_size(), 1);
  EXPECT_EQ(asked.ids(0), id);
  EXPECT_EQ(asked.status(), ttn::lorawan::v3::NOTIFICATION_STATUS_SEEN);
}

TEST_F(EntitiesTest, AScanHoldsUpScansAlone) {
  ASSERT_EQ(create_application("app-1").status, 200);
  std::promise<void> begun;
  std::promise<void> go_on;
  const auto wait = go_on.get_future().share();
  deps.identity->scan<bool>(
      [&begun, wait](const storage::Reader&) -> Result<bool> {
        begun.set_value();
        wait.wait();
        return true;
      },
      [](const Result<bool>&) {});
  begun.get_future().wait();
  EXPECT_EQ(call("GET", "/applications/app-1").status, 200) << "rights and entities are looked up";
  std::atomic<int> refused = 0;
  std::atomic<int> done = 0;
  const auto scan = [&] {
    deps.identity->scan<bool>([](const storage::Reader&) -> Result<bool> { return true; },
                              [&](const Result<bool>& result) { ++(result ? done : refused); });
  };
  for (int i = 0; i < 100; ++i) scan();
  EXPECT_EQ(refused, 100 - 63) << "one is under way";
  EXPECT_EQ(call("GET", "/applications").error(), "pkg/identityserver:overloaded");
  EXPECT_EQ(call("GET", "/applications/app-1").status, 200);
  go_on.set_value();
  while (done < 63) std::this_thread::yield();
  EXPECT_EQ(call("GET", "/applications").at("/applications/0/ids/application_id"), "app-1");
}

TEST_F(EntitiesTest, BookmarksLeadToWhatIsThere) {
  ASSERT_EQ(create_application("app-1").status, 200);
  const auto mark = R"({"entity_ids":{"application_ids":{"application_id":"app-1"}}})";
  ASSERT_EQ(call("POST", "/users/admin/bookmarks", mark).status, 200);
  EXPECT_EQ(call("POST", "/users/admin/bookmarks", mark).error(), "pkg/util/store:already_exists");
  EXPECT_EQ(call("POST", "/users/admin/bookmarks",
                 R"({"entity_ids":{"gateway_ids":{"gateway_id":"nowhere"}}})")
                .status,
            404);
  const auto list = call("GET", "/users/admin/bookmarks");
  EXPECT_EQ(list.at("/bookmarks/0/entity_ids/application_ids/application_id"), "app-1");
  EXPECT_EQ(call("GET", "/users/admin/bookmarks?entity_types=gateway").at("/bookmarks"), "");
  ASSERT_EQ(call("DELETE", "/applications/app-1").status, 200);
  EXPECT_EQ(call("GET", "/users/admin/bookmarks").at("/bookmarks"), "");
  ASSERT_EQ(call("POST", "/applications/app-1/restore").status, 200);
  EXPECT_EQ(call("DELETE", "/users/admin/bookmarks/applications/app-1").status, 200);
  EXPECT_EQ(call("DELETE", "/users/admin/bookmarks/applications/app-1").error(),
            "pkg/identityserver/store:user_bookmark_not_found");
  ASSERT_EQ(call("POST", "/users/admin/bookmarks", mark).status, 200);
  ASSERT_EQ(call("DELETE", "/applications/app-1/purge").status, 200);
  ASSERT_EQ(create_application("app-1").status, 200);
  EXPECT_EQ(call("GET", "/users/admin/bookmarks").at("/bookmarks"), "") << "of the one before";
}

TEST_F(EntitiesTest, UsersAreToldOfTheirKeysAndPutItAside) {
  const auto ada = create_user("ada");
  ASSERT_EQ(call_as(ada, "POST", "/users/ada/api-keys", R"({"rights":["RIGHT_USER_INFO"]})").status,
            200);
  const auto list = notifications("ada", ada);
  ASSERT_EQ(list.at("/notifications/0/notification_type"), "api_key_created");
  EXPECT_EQ(list.at("/notifications/0/entity_ids/user_ids/user_id"), "ada");
  EXPECT_EQ(last->header("x-total-count"), "1");
  const auto id = list.at("/notifications/0/id");
  EXPECT_EQ(id.size(), 36U);
  EXPECT_EQ(call_as(ada, "PATCH", "/users/ada/notifications",
                    R"({"ids":[")" + id + R"("],"status":"NOTIFICATION_STATUS_ARCHIVED"})")
                .status,
            200);
  EXPECT_EQ(call_as(ada, "GET", "/users/ada/notifications?status=NOTIFICATION_STATUS_UNSEEN")
                .at("/notifications"),
            "");
  EXPECT_EQ(call_as(ada, "GET", "/users/ada/notifications?status=NOTIFICATION_STATUS_ARCHIVED")
                .at("/notifications/0/id"),
            id);
  EXPECT_EQ(call_as(create_user("bob"), "GET", "/users/ada/notifications").status, 403);
}

TEST_F(EntitiesTest, DevEuisAreIssuedOnceFromTheBlock) {
  ASSERT_EQ(create_application("app-1").status, 200);
  EXPECT_EQ(call("POST", "/applications/app-1/dev-eui").error(),
            "pkg/identityserver:dev_eui_issuing_not_enabled");
  settings->dev_euis = {.enabled = true,
                        .application_limit = 3,
                        .first = DevEui(0x70B3D57ED0000000),
                        .length = 63,
                        .init_counter = 0};
  EXPECT_EQ(call("POST", "/applications/app-1/dev-eui").at("/dev_eui"), "70B3D57ED0000000");
  EXPECT_EQ(call("POST", "/applications/app-1/dev-eui").at("/dev_eui"), "70B3D57ED0000001");
  EXPECT_EQ(call("POST", "/applications/app-1/dev-eui").error(),
            "pkg/identityserver/store:no_eui_or_block_available");
  settings->dev_euis.application_limit = 2;
  EXPECT_EQ(call("POST", "/applications/app-1/dev-eui").error(),
            "pkg/identityserver/store:application_dev_eui_limit_reached");
  EXPECT_EQ(call("GET", "/applications/app-1?field_mask=dev_eui_counter").at("/dev_eui_counter"),
            "2");
}

TEST_F(EntitiesTest, DevEuisComeFromTheOldestBlockThatHasOne) {
  ASSERT_EQ(create_application("app-1").status, 200);
  settings->dev_euis.enabled = true;
  const auto issue = [this] { return call("POST", "/applications/app-1/dev-eui"); };
  EXPECT_EQ(issue().error(), "pkg/identityserver/store:no_eui_or_block_available")
      << "without a block";
  for (const auto& block :
       {EuiBlock{DevEui(0x70B3D57ED0000020), 64, 0}, EuiBlock{DevEui(0x70B3D57ED0000010), 62, 2}}) {
    std::promise<bool> added;
    deps.identity->change(*add_dev_eui_block(block),
                          [&](const auto& done) { added.set_value(done.has_value()); });
    ASSERT_TRUE(added.get_future().get());
  }
  settings->dev_euis.first = DevEui(0x70B3D57ED0000000);
  settings->dev_euis.length = 64;
  for (const char* eui :
       {"70B3D57ED0000020", "70B3D57ED0000012", "70B3D57ED0000013", "70B3D57ED0000000"})
    EXPECT_EQ(issue().at("/dev_eui"), eui);
  EXPECT_EQ(issue().error(), "pkg/identityserver/store:no_eui_or_block_available");
}

TEST_F(EntitiesTest, EveryoneMayKnowTheSettings) {
  const auto answer = call_as("", "GET", "/is/configuration");
  ASSERT_EQ(answer.status, 200) << boost::json::serialize(answer.body);
  EXPECT_EQ(answer.at("/configuration/user_registration/enabled"), "true");
  EXPECT_EQ(answer.at("/configuration/user_registration/invitation/required"), "false");
  EXPECT_EQ(answer.at("/configuration/user_registration/password_requirements/min_length"), "8");
  EXPECT_EQ(answer.at("/configuration/user_rights/create_gateways"), "true");
}

TEST_F(EntitiesTest, ChangesArePublished) {
  std::mutex mutex;
  std::vector<std::string> names;
  const auto id = hub.subscribe({{ApplicationId("app-1")}, [&](const events::EventPtr& event) {
                                   const std::scoped_lock lock(mutex);
                                   names.emplace_back(event->name);
                                   ASSERT_TRUE(event->caller) << event->name;
                                   EXPECT_EQ(event->caller->token_type, "APIKey");
                                   EXPECT_FALSE(event->caller->token_id.empty());
                                 }});
  ASSERT_EQ(create_application("app-1").status, 200);
  ASSERT_EQ(
      call("PUT", "/applications/app-1", R"({"application":{"name":"N"},"field_mask":"name"})")
          .status,
      200);
  ASSERT_EQ(call("POST", "/applications/app-1/api-keys", R"({"rights":["RIGHT_APPLICATION_INFO"]})")
                .status,
            200);
  ASSERT_EQ(create_device("dev-1", "0102030405060708").status, 200);
  ASSERT_EQ(call("DELETE", "/applications/app-1/devices/dev-1").status, 200);
  create_user("ada");
  ASSERT_EQ(call("PUT", "/applications/app-1/collaborators",
                 user_member("ada", R"("RIGHT_APPLICATION_INFO")"))
                .status,
            200);
  ASSERT_EQ(call("DELETE", "/applications/app-1").status, 200);
  hub.unsubscribe(id);
  EXPECT_EQ(names, (std::vector<std::string>{"application.create", "application.update",
                                             "application.api-key.create", "end_device.create",
                                             "end_device.delete", "application.collaborator.update",
                                             "application.delete"}));
}

}  // namespace
}  // namespace ff::api::test
