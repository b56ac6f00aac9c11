// Memberships in the store: who is in what, which rights they give, and that one owner remains
// whatever happens at the same moment.
#include "actors/identity_server/members/members.hpp"

#include <caf/send.hpp>

#include "actors/identity_server/api_keys/authenticate.hpp"
#include "actors/identity_server/api_keys/session.hpp"
#include "actors/identity_server/registry/errors.hpp"
#include "actors/identity_server/supervisor/supervisor.hpp"
#include "test/support/actors/actor_fixture.hpp"

namespace ff::identity_server {
namespace {

using storage::EntityKey;
using storage::EntityKind;

constexpr ErrorDef insufficient{"test", "insufficient", Code::permission_denied, "missing"};
constexpr ErrorDef needs_owner{"test", "needs_owner", Code::failed_precondition, "owner"};
constexpr ErrorDef contact{"test", "contact", Code::failed_precondition, "contact"};

const EntityKey app{EntityKind::application, {"app"}};
const EntityKey ada{EntityKind::user, {"ada"}};
const EntityKey bob{EntityKind::user, {"bob"}};
const EntityKey org{EntityKind::organization, {"org"}};

class MembersTest : public test::ActorFixture {
 protected:
  MembersTest() {
    supervisor = spawn_identity_server(
        *system, {.deps = deps, .store = &engine, .own_thread = false, .changed = {}}, routes, {});
    run();
    for (const auto& key : {app, ada, bob, org}) create(key);
  }
  ~MembersTest() override {
    caf::anon_send_exit(supervisor, caf::exit_reason::user_shutdown);
    run();
  }

  void create(const EntityKey& key) {
    caf::anon_send(routes.registry.get(),
                   CreateEntity{key, [](UtcTime) { return Result<Draft>(Draft{}); }, {}, {}});
    run();
  }
  void remove(const EntityKey& key) {
    caf::anon_send(routes.registry.get(),
                   ChangeEntity{key,
                                [](const Entity& current, UtcTime) -> Result<Draft> {
                                  return Draft{current.message, {}, true};
                                },
                                {}});
    run();
  }
  MembershipChange change_of(const EntityKey& entity, const EntityKey& account,
                             const RightSet& rights) {
    return {.entity = entity,
            .account = account,
            .rights = rights,
            .held = all_rights(),
            .all = Right::application_all,
            .other_owner = {},
            .is_contact = nullptr,
            .insufficient = [](const RightSet&) { return Error(insufficient); },
            .needs_collaborator = Error(needs_owner),
            .is_contact_error = Error(contact)};
  }
  Status apply(MembershipChange change) {
    std::optional<Status> out;
    caf::anon_send(
        routes.registry.get(),
        change_membership(std::move(change), [&](const Result<std::vector<EntityPtr>>& done) {
          out = done ? Status() : Status(fail(done.error()));
        }));
    run();
    return *out;
  }
  Status set(const EntityKey& entity, const EntityKey& account, const RightSet& rights) {
    return apply(change_of(entity, account, rights));
  }

  Routes routes;
  caf::actor supervisor;
};

TEST_F(MembersTest, MembershipsAreListedFromBothEnds) {
  ASSERT_TRUE(set(app, ada, {Right::all}));
  ASSERT_TRUE(set(app, org, {Right::application_info}));
  ASSERT_TRUE(set(org, bob, {Right::organization_info, Right::application_info}));
  const auto members = *collaborators_of(engine, app);
  ASSERT_EQ(members.size(), 2U);
  EXPECT_EQ(members[0].account, org);
  EXPECT_EQ(members[1].account, ada);
  using Ids = std::vector<std::string>;
  EXPECT_EQ(*member_entities(engine, EntityKind::application, ada, false), Ids{"app"});
  EXPECT_EQ(*member_entities(engine, EntityKind::application, bob, false), Ids{});
  EXPECT_EQ(*member_entities(engine, EntityKind::application, bob, true), Ids{"app"});
  EXPECT_EQ(*member_entities(engine, EntityKind::gateway, ada, true), Ids{});
  EXPECT_EQ(memberships_of(engine, bob)->size(), 1U);
  ASSERT_TRUE(set(org, bob, {}));
  EXPECT_EQ(*member_entities(engine, EntityKind::application, bob, true), Ids{});
  EXPECT_TRUE(memberships_of(engine, bob)->empty());
}

TEST_F(MembersTest, RightsThroughAnOrganizationAreThoseOfBoth) {
  ASSERT_TRUE(set(app, org, {Right::application_link, Right::application_delete}));
  ASSERT_TRUE(set(org, bob, {Right::application_info, Right::application_devices_read}));
  EXPECT_EQ(*membership_rights(engine, app, bob), RightSet{Right::application_info});
  ASSERT_TRUE(set(app, bob, {Right::application_settings_basic}));
  EXPECT_EQ(*membership_rights(engine, app, bob),
            (RightSet{Right::application_info, Right::application_settings_basic}));
  remove(org);
  EXPECT_EQ(*membership_rights(engine, app, bob), RightSet{Right::application_settings_basic});
}

TEST_F(MembersTest, RightsAreComparedWithWhatTheyImply) {
  ASSERT_TRUE(set(app, ada, {Right::application_all}));
  auto change = change_of(app, bob, {Right::application_link});
  change.held = implied({Right::application_link});
  EXPECT_TRUE(apply(change));
  change.rights = {Right::application_all};
  EXPECT_TRUE(apply(change).error().is(insufficient));
  // Fewer, but taking what the caller has not.
  auto take = change_of(app, ada, {Right::application_info});
  take.held = implied({Right::application_link});
  EXPECT_TRUE(apply(take).error().is(insufficient));
}

TEST_F(MembersTest, TheLastOwnerStays) {
  ASSERT_TRUE(set(app, ada, {Right::all}));
  EXPECT_TRUE(set(app, ada, {}).error().is(needs_owner));
  EXPECT_TRUE(set(app, ada, {Right::application_info}).error().is(needs_owner));
  ASSERT_TRUE(set(app, bob, {Right::application_all}));
  auto leave = change_of(app, ada, {});
  leave.other_owner = membership_entity(app, bob);
  EXPECT_TRUE(apply(leave));
  // Seen a moment ago, gone now.
  ASSERT_TRUE(set(app, org, {Right::application_info}));
  auto race = change_of(app, bob, {});
  race.other_owner = membership_entity(app, org);
  EXPECT_TRUE(apply(race).error().is(membership_changed));
}

/// Two owners leave at the same moment, each with the other for a witness.
TEST_F(MembersTest, TwoOwnersDoNotBothLeave) {
  ASSERT_TRUE(set(app, ada, {Right::all}));
  ASSERT_TRUE(set(app, bob, {Right::all}));
  std::vector<bool> left;
  for (const auto& [one, other] : {std::pair(ada, bob), std::pair(bob, ada)}) {
    auto leave = change_of(app, one, {});
    leave.other_owner = membership_entity(app, other);
    caf::anon_send(routes.registry.get(),
                   change_membership(leave, [&](const Result<std::vector<EntityPtr>>& done) {
                     left.push_back(done.has_value());
                   }));
  }
  run();
  EXPECT_EQ(left, (std::vector<bool>{true, false}));
  EXPECT_EQ(collaborators_of(engine, app)->size(), 1U);
}

TEST_F(MembersTest, OnlyWhoIsThereBecomesACollaborator) {
  const EntityKey nobody{EntityKind::user, {"nobody"}};
  EXPECT_EQ(set(app, nobody, {Right::application_info}).error(), not_found(nobody));
  remove(bob);
  EXPECT_EQ(set(app, bob, {Right::application_info}).error(), not_found(bob));
  EXPECT_EQ(set(app, ada, {}).error(), not_found(membership_entity(app, ada)));
  remove(app);
  EXPECT_EQ(set(app, ada, {Right::application_info}).error(), not_found(app));
}

TEST_F(MembersTest, AContactStays) {
  ASSERT_TRUE(set(app, ada, {Right::application_info}));
  auto leave = change_of(app, ada, {});
  leave.is_contact = [](const Entity&) { return true; };
  EXPECT_TRUE(apply(leave).error().is(contact));
}

TEST_F(MembersTest, APageIsOfWhatIsThereInItsOrder) {
  for (const auto* id : {"gtw-c", "gtw-a", "gtw-b"}) create({EntityKind::gateway, {id}});
  remove({EntityKind::gateway, {"gtw-a"}});
  const auto ids = [&](const PageWish& wish) {
    const auto page =
        page_of(engine, EntityKind::gateway, {"gtw-a", "gtw-b", "gtw-c", "gtw-x"}, wish);
    std::vector<std::string> out;
    for (const auto& entity : page->entities) out.push_back(entity->key.ids.front());
    return out;
  };
  using Ids = std::vector<std::string>;
  EXPECT_EQ(ids({}), (Ids{"gtw-b", "gtw-c"}));
  EXPECT_EQ(ids({.deleted = Deleted::only}), Ids{"gtw-a"});
  EXPECT_EQ(ids({.descending = true, .limit = 1}), Ids{"gtw-c"});
  EXPECT_EQ(ids({.skip = 1}), Ids{"gtw-c"});
  EXPECT_EQ(
      ids({.sort_text =
               [](const Entity& entity) { return entity.key.ids.front() == "gtw-b" ? "z" : "a"; }}),
      (Ids{"gtw-c", "gtw-b"}));
  for (const auto* id : {"dev-b", "dev-a", "dev-c"}) create({EntityKind::end_device, {"app", id}});
  const auto device = [&](const PageWish& wish) {
    const auto page = page_of_kind(engine, EntityKind::end_device, {"app"}, wish);
    EXPECT_EQ(page->total, 3U);
    return page->entities.empty() ? std::string() : page->entities.front()->key.ids.back();
  };
  EXPECT_EQ(device({}), "dev-a");
  EXPECT_EQ(device({.skip = 1, .limit = 1}), "dev-b");
  EXPECT_EQ(device({.descending = true, .limit = 1}), "dev-c");
  EXPECT_EQ(device({.descending = true, .skip = 2}), "dev-a");
  EXPECT_EQ(device({.skip = 3}), "");
  const auto all = page_of_kind(engine, EntityKind::gateway, {}, {.limit = 1});
  EXPECT_EQ(all->total, 2U);
  EXPECT_EQ(all->entities.size(), 1U);
}

}  // namespace
}  // namespace ff::identity_server
