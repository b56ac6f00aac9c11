#include "actors/identity_server/api_keys/access.hpp"

#include <caf/send.hpp>

#include "actors/identity_server/api_keys/admin.hpp"
#include "actors/identity_server/api_keys/errors.hpp"
#include "actors/identity_server/api_keys/session.hpp"
#include "actors/identity_server/supervisor/supervisor.hpp"
#include "test/support/actors/actor_fixture.hpp"
#include "ttn/lorawan/v3/client.pb.h"
#include "ttn/lorawan/v3/gateway.pb.h"
#include "ttn/lorawan/v3/user.pb.h"

namespace ff::identity_server {
namespace {

using storage::EntityKey;
using storage::EntityKind;

const EntityKey admin{EntityKind::user, {"admin"}};
const EntityKey application{EntityKind::application, {"app"}};
const EntityKey other{EntityKind::application, {"other"}};

TEST(RightsOn, FollowTheSpecification) {
  const RightSet all = implied({Right::all});
  const RightSet reading{Right::application_devices_read};
  struct Case {
    std::string name;
    EntityKey owner;
    RightSet key_rights;
    bool is_admin;
    EntityKey entity;
    RightSet membership;
    RightSet expected;
  };
  const auto of_app = rights_of_kind(EntityKind::application);
  const Case cases[] = {
      {"an application's own key", application, reading, false, application, {}, reading},
      {"its devices", application, reading, false, {EntityKind::application, {"app"}}, {}, reading},
      {"another application", application, all, false, other, {}, {}},
      {"a stranger", admin, all, false, application, {}, {}},
      {"a collaborator", admin, all, false, application, reading, reading},
      {"a collaborator with a narrow key",
       admin,
       reading,
       false,
       application,
       {Right::application_all},
       reading},
      {"an admin has no keys", admin, all, true, application, {}, of_app & admin_rights()},
      {"an admin who owns has all",
       admin,
       all,
       true,
       application,
       {Right::all},
       of_app | RightSet{Right::all}},
      {"a key never gives rights on other kinds",
       application,
       all,
       false,
       application,
       {},
       of_app | RightSet{Right::all}},
      {"a member of an organization",
       admin,
       all,
       false,
       {EntityKind::organization, {"org"}},
       {Right::organization_info, Right::gateway_link},
       implied({Right::organization_info, Right::gateway_link})},
  };
  for (const auto& row : cases) {
    AuthInfo caller{.key_id = "K", .owner = row.owner, .rights = row.key_rights};
    caller = with_user_state(caller, {row.is_admin, all_rights(), {}, {}}, Settings());
    EXPECT_EQ(rights_on(caller, row.entity, row.membership), row.expected) << row.name;
  }
}

class AccessTest : public test::ActorFixture {
 protected:
  AccessTest() {
    supervisor = spawn_identity_server(
        *system, {.deps = deps, .store = &engine, .own_thread = false, .changed = {}}, routes, {});
    run();
    random = make_seeded_random(5);
    send(create_admin_user("admin", {}));
    create(application);
  }
  ~AccessTest() override {
    caf::anon_send_exit(supervisor, caf::exit_reason::user_shutdown);
    run();
  }

  template <class Message>
  void send(Message message) {
    caf::anon_send(routes.registry.get(), std::move(message));
    run();
  }
  void create(const EntityKey& key, std::vector<Companion> companions = {}, Bytes message = {}) {
    send(CreateEntity{key,
                      [message](UtcTime) { return Result<Draft>(Draft{.message = message}); },
                      std::move(companions),
                      {}});
  }
  /// Deleted, but kept.
  void remove(const EntityKey& key) {
    send(ChangeEntity{key,
                      [](const Entity& current, UtcTime) -> Result<Draft> {
                        return Draft{.message = current.message, .unique = {}, .deleted = true};
                      },
                      {}});
  }
  IssuedApiKey issue(const EntityKey& owner, const RightSet& rights,
                     std::optional<UtcTime> expires_at = {}) {
    auto issued = issue_api_key(owner, "test", rights, *random);
    issued.key.expires_at = expires_at;
    send(create_api_key(issued.key, {}));
    return issued;
  }
  Result<AuthInfoPtr> authenticate(const std::string& token) {
    std::optional<Result<AuthInfoPtr>> out;
    caf::anon_send(routes.access.get(), Authenticate{token, [&](Result<AuthInfoPtr> result) {
                                                       out = std::move(result);
                                                     }});
    run();
    return *out;
  }
  RightSet rights(const AuthInfoPtr& caller, const EntityKey& entity) {
    return *list_rights(caller, entity);
  }
  Result<RightSet> list_rights(const AuthInfoPtr& caller, const EntityKey& entity) {
    std::optional<Result<RightSet>> out;
    caf::anon_send(routes.access.get(), ListRights{caller, entity, [&](Result<RightSet> result) {
                                                     out = std::move(result);
                                                   }});
    run();
    return *out;
  }

  Routes routes;
  caf::actor supervisor;
  std::unique_ptr<Random> random;
};

TEST_F(AccessTest, KnowsAnAdminByItsKey) {
  const auto issued = issue(admin, {Right::all});
  EXPECT_TRUE(issued.text.starts_with("NNSXS."));
  const auto caller = authenticate(issued.text);
  ASSERT_TRUE(caller) << caller.error().to_string();
  EXPECT_TRUE((*caller)->is_admin);
  EXPECT_TRUE(acts_as_admin(**caller));
  EXPECT_EQ((*caller)->owner, admin);
  EXPECT_EQ((*caller)->key_id, issued.key.id);
  EXPECT_TRUE(rights(*caller, application).has(Right::application_devices_write));
  EXPECT_FALSE(rights(*caller, application).has(Right::application_devices_read_keys));
}

TEST_F(AccessTest, AnAdminActsAsOneWithAllRightsOnly) {
  for (const auto& given : {RightSet{Right::user_info}, admin_rights()}) {
    const auto caller = authenticate(issue(admin, given).text);
    ASSERT_TRUE(caller);
    EXPECT_TRUE((*caller)->is_admin);
    EXPECT_FALSE(acts_as_admin(**caller));
  }
}

TEST_F(AccessTest, GivesCollaboratorsTheirRights) {
  create(other, {make_membership(other, admin, {Right::all})});
  const auto caller = authenticate(issue(admin, {Right::all}).text);
  ASSERT_TRUE(caller);
  EXPECT_TRUE(rights(*caller, other).has(Right::application_devices_read_keys));
  EXPECT_TRUE(rights(*caller, {EntityKind::end_device, {"other", "dev"}})
                  .has(Right::application_devices_read_keys));
}

TEST_F(AccessTest, RefusesBadCredentials) {
  const auto issued = issue(application, {Right::application_link});
  auto wrong = issued.text;
  wrong.back() = wrong.back() == 'A' ? 'B' : 'A';
  auto unknown = issued.text;
  unknown[6] = unknown[6] == 'A' ? 'B' : 'A';
  const std::pair<std::string, const ErrorDef*> cases[] = {
      {"", &invalid_token},
      {"hello", &invalid_token},
      {wrong, &invalid_authorization},
      {unknown, &api_key_not_found},
      {"MFRWG.A.B", &token_not_found},
      {"ONZW4.A.B", &token_not_found},
      {"OJSWM.A.B", &unsupported_authorization},
  };
  for (const auto& [token, error] : cases) {
    const auto caller = authenticate(token);
    ASSERT_FALSE(caller) << token;
    EXPECT_TRUE(caller.error().is(*error)) << token << caller.error().to_string();
  }
}

TEST_F(AccessTest, ExpiresKeysAlsoFromItsMemory) {
  const auto issued =
      issue(application, {Right::application_link}, clock->now().utc + std::chrono::seconds{10});
  ASSERT_TRUE(authenticate(issued.text));
  advance(std::chrono::seconds{11});
  const auto caller = authenticate(issued.text);
  ASSERT_FALSE(caller);
  EXPECT_TRUE(caller.error().is(api_key_expired));
}

TEST_F(AccessTest, ForgetsAKeyThatIsDeletedOrChanged) {
  const auto issued = issue(application, {Right::application_link});
  ASSERT_TRUE(authenticate(issued.text));
  send(ChangeEntity{api_key_entity(application, issued.key.id),
                    [](const Entity& current, UtcTime now) -> Result<Draft> {
                      auto key = *decode_api_key(current);
                      key.rights = {Right::application_info};
                      return api_key_draft(key, current.created_at, now);
                    },
                    {}});
  EXPECT_EQ((*authenticate(issued.text))->rights, RightSet{Right::application_info});
  send(DeleteEntity{api_key_entity(application, issued.key.id), {}});
  EXPECT_TRUE(authenticate(issued.text).error().is(api_key_not_found));
}

TEST_F(AccessTest, RemembersWithoutAskingTheStore) {
  const auto issued = issue(application, {Right::application_link});
  ASSERT_TRUE(authenticate(issued.text));
  engine.inject({.call = storage::MemoryCall::read, .error = Error(api_key_expired)});
  EXPECT_TRUE(authenticate(issued.text));
  advance(std::chrono::minutes{3});
  EXPECT_FALSE(authenticate(issued.text));
}

TEST_F(AccessTest, KeysOfWhateverIsDeletedStopWorking) {
  for (const auto& owner : {admin, application}) {
    const auto issued = issue(owner, {Right::all});
    ASSERT_TRUE(authenticate(issued.text));
    remove(owner);
    EXPECT_TRUE(authenticate(issued.text).error().is(api_key_not_found)) << owner.ids.front();
  }
}

TEST_F(AccessTest, AdminsAloneLearnWhatThereIs) {
  const auto admins = authenticate(issue(admin, {Right::all}).text);
  const auto unknown = list_rights(*admins, other);
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().name(), "application_not_found");
  const auto applications = authenticate(issue(application, {Right::all}).text);
  const auto nothing = list_rights(*applications, other);
  ASSERT_TRUE(nothing);
  EXPECT_TRUE(nothing->empty());
}

TEST_F(AccessTest, NobodyHasRightsOnWhatIsDeleted) {
  const EntityKey bob{EntityKind::user, {"bob"}};
  ttn::lorawan::v3::User approved;
  approved.set_state(ttn::lorawan::v3::STATE_APPROVED);
  create(bob, {}, to_owned(as_bytes(approved.SerializeAsString())));
  create(other,
         {make_membership(other, bob, {Right::all}), make_membership(other, admin, {Right::all})});
  const auto caller = authenticate(issue(bob, {Right::all}).text);
  const auto admins = authenticate(issue(admin, {Right::all}).text);
  ASSERT_TRUE(caller && admins);
  EXPECT_TRUE(rights(*caller, other).has(Right::application_devices_write));
  remove(other);
  EXPECT_EQ(rights(*caller, other), RightSet{});
  EXPECT_EQ(rights(*caller, {EntityKind::end_device, {"other", "dev"}}), RightSet{});
  EXPECT_EQ(list_rights(*admins, other).error().name(), "application_not_found");
}

TEST_F(AccessTest, AGatewayGivesEveryoneWhatIsPublic) {
  struct Case {
    bool status_public;
    bool location_public;
    RightSet expected;
  };
  const Case cases[] = {
      {false, false, {}},
      {true, false, {Right::gateway_status_read}},
      {true, true, {Right::gateway_status_read, Right::gateway_location_read}},
  };
  const auto stranger = authenticate(issue(application, {Right::all}).text);
  for (const auto& row : cases) {
    ttn::lorawan::v3::Gateway message;
    message.set_status_public(row.status_public);
    message.set_location_public(row.location_public);
    const EntityKey gateway{EntityKind::gateway,
                            {"gtw-" + std::to_string(row.status_public + row.location_public)}};
    create(gateway, {}, to_owned(as_bytes(message.SerializeAsString())));
    EXPECT_EQ(rights(*stranger, gateway), row.expected) << gateway.ids.front();
    remove(gateway);
    EXPECT_EQ(rights(*stranger, gateway), RightSet{}) << gateway.ids.front();
    const auto owner = authenticate(issue(admin, {Right::all}).text);
    EXPECT_EQ(list_rights(*owner, gateway).error().name(), "gateway_not_found");
  }
}

TEST_F(AccessTest, ASessionMayWhatItsUserMay) {
  const auto issued = issue_session("admin", *random);
  send(create_session(issued.session, {}));
  const auto caller = authenticate(issued.text);
  ASSERT_TRUE(caller) << caller.error().to_string();
  EXPECT_EQ((*caller)->method, AuthInfo::Method::session);
  EXPECT_EQ((*caller)->owner, admin);
  EXPECT_TRUE((*caller)->is_admin);
  EXPECT_TRUE((*caller)->rights.has(Right::all));
  auto wrong = issued.text;
  wrong.back() = wrong.back() == 'A' ? 'B' : 'A';
  EXPECT_TRUE(authenticate(wrong).error().is(invalid_authorization));
  send(DeleteEntity{session_entity("admin", issued.session.id), {}});
  EXPECT_TRUE(authenticate(issued.text).error().is(token_not_found));
}

TEST_F(AccessTest, AnAccessTokenDependsOnItsClient) {
  const EntityKey client{EntityKind::client, {"cli"}};
  ttn::lorawan::v3::Client message;
  message.set_state(ttn::lorawan::v3::STATE_APPROVED);
  create(client, {}, to_owned(as_bytes(message.SerializeAsString())));
  const auto token = make_token(TokenKind::access_token, *random);
  const AccessToken access{.id = token.id,
                           .hash = hash_secret(token.secret, token_iterations, *random),
                           .refresh_hash = {},
                           .user_id = "admin",
                           .client_id = "cli",
                           .session_id = {},
                           .rights = {Right::user_info},
                           .expires_at = clock->now().utc + std::chrono::hours{1}};
  send(CreateEntity{
      access_token_entity(token.id),
      [access](UtcTime now) -> Result<Draft> { return access_token_draft(access, now); },
      {},
      {}});
  const auto caller = authenticate(to_string(token));
  ASSERT_TRUE(caller) << caller.error().to_string();
  EXPECT_EQ((*caller)->rights, RightSet{Right::user_info});
  EXPECT_EQ((*caller)->client_id, "cli");
  message.set_state(ttn::lorawan::v3::STATE_SUSPENDED);
  send(ChangeEntity{client,
                    [message](const Entity&, UtcTime) -> Result<Draft> {
                      return Draft{to_owned(as_bytes(message.SerializeAsString())), {}, false};
                    },
                    {}});
  EXPECT_TRUE(authenticate(to_string(token)).error().is(oauth_client_suspended)) << "at once";
  remove(client);
  EXPECT_TRUE(authenticate(to_string(token)).error().is(token_not_found));
  advance(std::chrono::hours{2});
  EXPECT_TRUE(authenticate(to_string(token)).error().is(token_expired));
}

TEST_F(AccessTest, TheStateOfAUserLimitsWhatItsKeysMay) {
  namespace api = ttn::lorawan::v3;
  struct Case {
    api::State state;
    bool admin;
    RightSet rights;
    const ErrorDef* refusal;
  };
  const RightSet three{Right::user_info, Right::user_settings_basic, Right::user_delete};
  const Case cases[] = {
      {api::STATE_APPROVED, true, all_rights(), nullptr},
      {api::STATE_FLAGGED, false, all_rights(), nullptr},
      {api::STATE_REQUESTED, false, three, &user_requested},
      {api::STATE_REJECTED, false, {Right::user_info, Right::user_delete}, &user_rejected},
      {api::STATE_SUSPENDED, false, {Right::user_info}, &user_suspended},
  };
  const auto issued = issue(admin, {Right::all});
  for (const auto& row : cases) {
    api::User user;
    user.set_admin(true);
    user.set_state(row.state);
    send(ChangeEntity{admin,
                      [user](const Entity&, UtcTime) -> Result<Draft> {
                        return Draft{to_owned(as_bytes(user.SerializeAsString())), {}, false};
                      },
                      {}});
    const auto caller = authenticate(issued.text);
    ASSERT_TRUE(caller);
    EXPECT_EQ((*caller)->is_admin, row.admin) << api::State_Name(row.state);
    EXPECT_EQ((*caller)->rights, row.rights) << api::State_Name(row.state);
    EXPECT_EQ((*caller)->refusal.has_value(), row.refusal != nullptr);
    EXPECT_EQ((*caller)->warning.empty(), row.refusal == nullptr);
    if (row.refusal != nullptr) {
      EXPECT_TRUE((*caller)->refusal->is(*row.refusal)) << row.refusal->name;
    }
  }
}

TEST_F(AccessTest, StoresTheHashOnly) {
  const auto issued = issue(application, {Right::application_link});
  bool found = false;
  const auto secret = issued.text.substr(issued.text.rfind('.') + 1);
  ASSERT_TRUE(engine.scan({.family = storage::Family::entity}, [&](ByteView, ByteView value) {
    found = found || as_text(value).find(secret) != std::string_view::npos;
    return true;
  }));
  EXPECT_FALSE(found);
}

}  // namespace
}  // namespace ff::identity_server
