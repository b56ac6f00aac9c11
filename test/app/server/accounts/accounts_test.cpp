// Accounts made on the store of a stopped server: what is there afterwards, and what the audit log
// says of it.
#include <gtest/gtest.h>

#include "actors/audit/query.hpp"
#include "actors/identity_server/api_keys/api_key.hpp"
#include "actors/identity_server/oauth/client.hpp"
#include "actors/identity_server/registry/errors.hpp"
#include "actors/identity_server/registry/queries.hpp"
#include "app/api/services/identity/entity_registry.hpp"
#include "app/api/services/identity/users.hpp"
#include "app/server/accounts/offline.hpp"
#include "app/server/accounts/wishes.hpp"
#include "protocol/base/hex.hpp"
#include "storage/engine/memory_engine.hpp"
#include "ttn/lorawan/v3/client.pb.h"

namespace ff::app {
namespace {

namespace pb = ttn::lorawan::v3;
using storage::EntityKey;
using storage::EntityKind;

class AccountsTest : public testing::Test {
 protected:
  /// Each in a process of its own, as the commands are.
  Status apply(Result<AccountChange> made, const std::string& entity = "user:admin") {
    FF_CHECK(made);
    secret = made->secret;
    const OfflineAccounts accounts(engine, audit_log);
    return accounts.change(std::move(made->change), "farfield/test", entity);
  }
  Status make_admin(const AdminUser& wish = {.email = "a@example.org", .password = "first one"}) {
    return apply(make_admin_user(wish, *random, now));
  }
  template <class Message>
  Message stored(const EntityKey& key) const {
    const auto entity = identity_server::get_entity(engine, key, identity_server::Deleted::with);
    EXPECT_TRUE(entity);
    return *api::entity_message<Message>(**entity);
  }
  pb::User user(const std::string& id = "admin") const {
    return stored<pb::User>(api::user_key(id));
  }
  pb::Client client(const std::string& id) const {
    return stored<pb::Client>({EntityKind::client, {id}});
  }
  /// Those that are in the audit log, oldest first.
  std::vector<audit::Record> records() const {
    audit::FindRecords find;
    find.limit = 100;
    const auto page = audit::find_records(*engine.snapshot(), find, {});
    EXPECT_TRUE(page);
    std::vector<audit::Record> out;
    for (const auto& one : page->records) out.push_back(one.record);
    return out;
  }

  storage::MemoryEngine engine;
  config::Audit audit_log{.enable = true, .retention = {}, .keys = {}};
  std::unique_ptr<Random> random = make_secure_random();
  const UtcTime now = UtcTime{std::chrono::seconds{1'700'000'000}};
  std::string secret;
};

TEST_F(AccountsTest, AnAdminIsMadeInAnEmptyStore) {
  ASSERT_TRUE(make_admin());
  const auto made = user();
  EXPECT_EQ(made.primary_email_address(), "a@example.org");
  EXPECT_TRUE(made.has_primary_email_address_validated_at());
  EXPECT_TRUE(identity_server::is_hash_of(made.password(), "first one"));
  EXPECT_EQ(made.state(), pb::STATE_APPROVED);
  EXPECT_TRUE(made.admin());
  EXPECT_FALSE(made.require_password_update());
}

TEST_F(AccountsTest, AUserWhoIsThereKeepsWhatIsNotSaid) {
  ASSERT_TRUE(make_admin());
  {
    const OfflineAccounts accounts(engine, audit_log);
    identity_server::ChangeEntities change;
    change.keys = {api::user_key("admin")};
    change.decide = [](identity_server::EntityRows& rows, UtcTime) -> Status {
      const auto key = api::user_key("admin");
      auto current = *api::entity_message<pb::User>(*rows.find(key));
      current.set_name("Ada");
      current.set_admin(false);
      current.set_state(pb::STATE_SUSPENDED);
      rows.put(key, {.message = api::entity_bytes(current), .unique = api::email_key(current)});
      return {};
    };
    ASSERT_TRUE(accounts.change(std::move(change), "farfield/test", "user:admin"));
  }
  ASSERT_TRUE(make_admin({.password = "second one"}));
  const auto changed = user();
  EXPECT_EQ(changed.name(), "Ada");
  EXPECT_EQ(changed.primary_email_address(), "a@example.org");
  EXPECT_TRUE(changed.admin());
  EXPECT_EQ(changed.state(), pb::STATE_APPROVED);
  EXPECT_FALSE(identity_server::is_hash_of(changed.password(), "first one"));
  EXPECT_TRUE(identity_server::is_hash_of(changed.password(), "second one"));
}

TEST_F(AccountsTest, TheRulesOfUsersHold) {
  ASSERT_TRUE(make_admin());
  const auto taken = make_admin({.id = "other", .email = "A@example.org ", .password = "secret"});
  EXPECT_FALSE(taken) << "no two users have one email address";
  EXPECT_FALSE(make_admin({.id = "Not An Id", .password = "x"}));
  EXPECT_FALSE(make_admin({.id = "other", .email = "no address", .password = "x"}));
}

TEST_F(AccountsTest, AKeyIsTheUsersAndExpires) {
  EXPECT_EQ(apply(make_user_api_key({}, *random, now)).error().name(), "user_not_found");
  ASSERT_TRUE(make_admin());
  const auto expiry = now + std::chrono::hours{24};
  ASSERT_TRUE(apply(make_user_api_key({.name = "mine", .expires_at = expiry}, *random, now)));
  const auto parsed = identity_server::parse_token(secret);
  ASSERT_TRUE(parsed);
  const auto entity = identity_server::get_entity(
      engine, identity_server::api_key_entity(api::user_key("admin"), parsed->id),
      identity_server::Deleted::without);
  ASSERT_TRUE(entity);
  const auto key = identity_server::decode_api_key(**entity);
  ASSERT_TRUE(key);
  EXPECT_EQ(key->name, "mine");
  EXPECT_EQ(key->expires_at, expiry);
  EXPECT_TRUE(key->rights.has(identity_server::Right::all));
  EXPECT_TRUE(identity_server::is_hash_of(key->hash, parsed->secret));
}

TEST_F(AccountsTest, AClientIsReplacedByTheNextOne) {
  ASSERT_TRUE(make_admin());
  ASSERT_TRUE(apply(make_oauth_client({.name = "Console",
                                       .redirect_uris = {"https://h/cb", "/cb"},
                                       .logout_redirect_uris = {"/"}},
                                      *random, now),
                    "client:console"));
  EXPECT_FALSE(secret.empty()) << "one was made";
  auto made = client("console");
  EXPECT_EQ(made.name(), "Console");
  EXPECT_EQ(made.redirect_uris_size(), 2);
  EXPECT_EQ(made.state(), pb::STATE_APPROVED);
  EXPECT_TRUE(made.skip_authorization());
  EXPECT_TRUE(made.endorsed());
  EXPECT_EQ(made.administrative_contact().user_ids().user_id(), "admin");
  EXPECT_TRUE(identity_server::is_hash_of(made.secret(), secret));
  ASSERT_TRUE(
      apply(make_oauth_client({.secret = "known", .redirect_uris = {"/new"}, .endorsed = false},
                              *random, now),
            "client:console"));
  EXPECT_TRUE(secret.empty()) << "nothing to show";
  made = client("console");
  EXPECT_EQ(made.name(), "Console") << "nothing was said of it";
  ASSERT_EQ(made.redirect_uris_size(), 1);
  EXPECT_EQ(made.redirect_uris(0), "/new");
  EXPECT_EQ(made.logout_redirect_uris_size(), 0);
  EXPECT_FALSE(made.endorsed());
  EXPECT_TRUE(identity_server::is_hash_of(made.secret(), "known"));
  ASSERT_TRUE(apply(make_oauth_client({.id = "cli", .secret = ""}, *random, now), "client:cli"));
  EXPECT_EQ(client("cli").secret(), "") << "a public one";
}

TEST_F(AccountsTest, AClientNeedsAnOwner) {
  const auto made = apply(make_oauth_client({.owner_id = "nobody"}, *random, now));
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().name(), "user_not_found");
}

TEST_F(AccountsTest, ABlockOfDevEuisIsAddedOnce) {
  const api::EuiBlock wish{.first = DevEui(0x70B3D57ED0000000), .length = 36, .next = 0x0FFFFFFF};
  ASSERT_TRUE(apply(make_dev_eui_block(wish), "dev_eui_block:70B3D57ED0000000"));
  const auto row = identity_server::get_entity(
      engine, {EntityKind::dev_eui_block, {"70B3D57ED0000000"}}, identity_server::Deleted::without);
  ASSERT_TRUE(row);
  EXPECT_EQ(hex_upper((*row)->message),
            "08FFFFFF7F"  // 1: 0x0FFFFFFF, the next counter
            "C03E24");    // 1000: 36
  EXPECT_EQ(apply(make_dev_eui_block(wish)).error().name(), "already_exists");
  const api::EuiBlock wrong[] = {
      {.first = DevEui(0x70B3D57ED0000000), .length = 0, .next = 0},
      {.first = DevEui(0x70B3D57ED0000000), .length = 65, .next = 0},
      {.first = DevEui(0x70B3D57ED0000001), .length = 63, .next = 0},
      {.first = DevEui(0x70B3D57ED0000000), .length = 36, .next = 0x10000000},
  };
  for (const auto& one : wrong)
    EXPECT_EQ(apply(make_dev_eui_block(one)).error().name(), "dev_eui_block_invalid");
}

TEST_F(AccountsTest, WhatWasChangedIsInTheAuditLogWithoutSecrets) {
  ASSERT_TRUE(make_admin());
  ASSERT_TRUE(apply(make_user_api_key({}, *random, now)));
  EXPECT_FALSE(apply(make_user_api_key({.user_id = "nobody"}, *random, now)));
  const auto all = records();
  ASSERT_EQ(all.size(), 2U) << "what failed has changed nothing";
  EXPECT_EQ(all[0].method, "farfield/test");
  EXPECT_EQ(all[0].credential, audit::Credential::system);
  EXPECT_EQ(all[0].entities, std::vector<std::string>{"user:admin"});
  EXPECT_FALSE(all[0].changes.empty());
  EXPECT_EQ(all[1].sequence, 2U) << "one chain over all processes";
  for (const auto& record : all) {
    for (const auto& change : record.changes) {
      EXPECT_EQ(change.after.find("first one"), std::string::npos);
      EXPECT_EQ(change.after.find("PBKDF2"), std::string::npos);
    }
  }
}

TEST_F(AccountsTest, WithoutAnAuditLogNothingIsRecorded) {
  audit_log.enable = false;
  ASSERT_TRUE(make_admin());
  EXPECT_TRUE(records().empty());
  EXPECT_TRUE(user().admin());
}

}  // namespace
}  // namespace ff::app
