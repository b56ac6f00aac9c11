// When what was deleted is purged, in virtual time, and that only that goes which nobody can have
// back.
#include "app/api/services/identity/expiry_keeper.hpp"

#include <caf/exit_reason.hpp>
#include <caf/send.hpp>

#include "actors/identity_server/api_keys/api_key.hpp"
#include "app/api/services/identity/entity_purge.hpp"
#include "app/api/services/identity/kinds.hpp"
#include "test/support/actors/actor_fixture.hpp"
#include "ttn/lorawan/v3/application.pb.h"

namespace ff::api {
namespace {

using namespace std::chrono_literals;
using storage::EntityKey;
using storage::EntityKind;

constexpr ErrorDef no_store{"test", "no_store", Code::unavailable, "no store"};

class ExpiryKeeperTest : public ff::test::ActorFixture {
 protected:
  ~ExpiryKeeperTest() override {
    caf::anon_send_exit(keeper, caf::exit_reason::user_shutdown);
    keeper = nullptr;
    run();
  }

  void start() {
    keeper = spawn_expiry_keeper(*system, {.metrics = &metrics,
                                           .purge = [this](auto then) { runs.push_back(then); },
                                           .first = 2s,
                                           .period = 10s,
                                           .pause = 100ms});
    run();
  }
  void end_run(Result<Purged> result) {
    runs.back()(std::move(result));
    run();
  }

  ExpiryKeeper keeper;
  std::vector<actors::Reply<Purged>> runs;
};

TEST_F(ExpiryKeeperTest, RunsOncePerPeriodAndSoonAgainWhenOneRunDoesNotSuffice) {
  start();
  advance(1900ms);
  EXPECT_EQ(runs.size(), 0U) << "a server that starts has other work";
  advance(200ms);
  ASSERT_EQ(runs.size(), 1U);
  advance(30s);
  EXPECT_EQ(runs.size(), 1U) << "one at a time, however long it takes";
  end_run(Purged{.purged = 5, .more = true});
  advance(200ms);
  ASSERT_EQ(runs.size(), 2U);
  end_run(Purged{.purged = 2});
  advance(9s);
  EXPECT_EQ(runs.size(), 2U);
  advance(2s);
  ASSERT_EQ(runs.size(), 3U);
  EXPECT_NE(metrics.text().find("farfield_is_entities_purged_total 7"), std::string::npos);
}

TEST_F(ExpiryKeeperTest, ARunThatFailsOrGetsNowhereWaitsForTheNextPeriod) {
  start();
  advance(3s);
  ASSERT_EQ(runs.size(), 1U);
  end_run(fail(no_store));
  advance(9s);
  EXPECT_EQ(runs.size(), 1U);
  advance(2s);
  ASSERT_EQ(runs.size(), 2U);
  end_run(Purged{.kept = 3, .more = true});
  advance(9s);
  EXPECT_EQ(runs.size(), 2U);
  advance(2s);
  EXPECT_EQ(runs.size(), 3U);
}

/// With the registry behind it, in the same virtual time.
class ExpiryTest : public ff::test::ActorFixture {
 protected:
  ExpiryTest() {
    settings->restore_window = 5s;
    server = identity_server::spawn_identity_server(
        *system,
        {.deps = deps, .store = &engine, .own_thread = false, .changed = {}, .settings = settings},
        routes, [](const std::string&) {});
    run();
    auto ports = std::make_shared<IdentityPorts>();
    ports->settings = settings;
    ports->now = [clock = clock] { return clock->now().utc; };
    identity.emplace(Asker({}, 5s), routes, ports);
    keeper = spawn_expiry_keeper(
        *system, {.metrics = &metrics,
                  .purge = [this](auto then) { purge_expired(*identity, {.max = 2}, then); },
                  .first = 1s,
                  .period = 10s,
                  .pause = 100ms});
    run();
  }
  ~ExpiryTest() override {
    caf::anon_send_exit(keeper, caf::exit_reason::user_shutdown);
    caf::anon_send_exit(server, caf::exit_reason::user_shutdown);
    keeper = nullptr;
    server = nullptr;
    identity.reset();
    routes = {};
    run();
  }

  static EntityKey application(int number) {
    return {EntityKind::application, {"app-" + std::to_string(number)}};
  }
  void create_deleted(int number) {
    identity_server::CreateEntity message;
    message.key = application(number);
    message.make = [](UtcTime) { return identity_server::Draft{}; };
    identity->create(std::move(message), [](const auto& made) { EXPECT_TRUE(made); });
    run();
    keep_deleted(*identity, application(number), [](const auto& done) { EXPECT_TRUE(done); });
    run();
  }
  bool exists(int number) const {
    const auto row =
        engine.get(storage::Family::entity, identity_server::encode_key(application(number)));
    return row && row->has_value();
  }

  std::shared_ptr<identity_server::Settings> settings =
      std::make_shared<identity_server::Settings>();
  identity_server::Routes routes;
  caf::actor server;
  std::optional<Identity> identity;
  ExpiryKeeper keeper;
};

TEST_F(ExpiryTest, WhatWasDeletedGoesWhenItCanNotBeRestoredAnyMore) {
  for (const int number : {1, 2, 3, 4, 5}) create_deleted(number);
  advance(2s);
  for (const int number : {1, 2, 3, 4, 5}) EXPECT_TRUE(exists(number)) << "can be restored";
  advance(6s);
  create_deleted(6);
  advance(4s);
  for (const int number : {1, 2, 3, 4, 5}) EXPECT_FALSE(exists(number)) << number;
  EXPECT_TRUE(exists(6)) << "still can be restored";
  advance(12s);
  EXPECT_FALSE(exists(6));
  EXPECT_NE(metrics.text().find("farfield_is_entities_purged_total 6"), std::string::npos);
}

}  // namespace
}  // namespace ff::api
