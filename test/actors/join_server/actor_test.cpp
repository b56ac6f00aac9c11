#include "actors/join_server/actor.hpp"

#include <caf/scheduler/test_coordinator.hpp>
#include <caf/send.hpp>
#include <set>

#include "actors/join_server/device_table.hpp"
#include "actors/join_server/record.hpp"
#include "actors/join_server/supervisor.hpp"
#include "storage/engine/errors.hpp"
#include "storage/keys/keys.hpp"
#include "test/actors/join_server/sample.hpp"
#include "test/support/actors/actor_fixture.hpp"

namespace ff::join_server {
namespace {

constexpr storage::Shard shard{0};

class JoinServerTest : public ff::test::ActorFixture {
 protected:
  void start() {
    auto context = std::make_shared<Context>();
    context->config = config_;
    context->deps = deps;
    context->publish = [this](events::Event event) { events.push_back(std::move(event)); };
    actor = spawn_shard(*system, std::move(context), shard);
  }
  void stop() {
    if (actor) caf::anon_send_exit(actor, caf::exit_reason::kill);
    actor = nullptr;
    run();
  }
  ~JoinServerTest() override { stop(); }

  /// The process dies with its store's unsynced writes and starts again.
  void restart() {
    caf::anon_send_exit(actor, caf::exit_reason::kill);
    caf::anon_send_exit(deps.committer.get(), caf::exit_reason::kill);
    actor = nullptr;
    run();
    engine.crash();
    deps.committer.set(actors::spawn_committer(
        *system,
        {.engine = &engine, .metrics = &metrics, .on_store_failed = {}, .own_thread = false}));
    start();
  }

  template <class T>
  actors::Reply<T> into(std::optional<Result<T>>& slot) {
    return [&slot](Result<T> result) { slot = std::move(result); };
  }
  Result<std::shared_ptr<const JoinDevice>> change(
      std::function<Result<JoinDevice>(const JoinDevice*)> with) {
    std::optional<Result<std::shared_ptr<const JoinDevice>>> out;
    caf::anon_send(actor,
                   ChangeJoinDevice{test::join_eui, test::dev_eui, std::move(with), into(out)});
    run();
    return *out;
  }
  Result<std::shared_ptr<const JoinDevice>> create() {
    return change([](const JoinDevice*) { return test::device(); });
  }
  Result<std::shared_ptr<const JoinDevice>> get() {
    std::optional<Result<std::shared_ptr<const JoinDevice>>> out;
    caf::anon_send(actor, GetJoinDevice{test::join_eui, test::dev_eui, into(out)});
    run();
    return *out;
  }
  Result<network_server::JoinAnswer> join(MacVersion version, std::uint16_t nonce) {
    std::optional<Result<network_server::JoinAnswer>> out;
    auto request = test::join(version, nonce);
    request.correlation_ids = ids;
    request.reply = into(out);
    caf::anon_send(actor, std::move(request));
    run();
    return *out;
  }
  std::vector<std::string> event_names() const {
    std::vector<std::string> names;
    for (const auto& event : events) names.emplace_back(event.name);
    return names;
  }

  Config config_;
  const CorrelationIds ids{"ns:uplink:1"};  // of joins
  ShardHandle actor;
  std::vector<events::Event> events;
};

TEST_F(JoinServerTest, JoinsADeviceAndKeepsItsSessionKey) {
  start();
  ASSERT_TRUE(create());
  const auto answer = join(MacVersion::v1_0_3, 1);
  ASSERT_TRUE(answer) << answer.error().to_string();
  std::optional<Result<KeyEnvelope>> key;
  caf::anon_send(
      actor, GetAppSKey{test::join_eui, test::dev_eui, answer->keys.session_key_id, {}, into(key)});
  run();
  ASSERT_TRUE(*key);
  EXPECT_EQ(**key, answer->keys.app_s_key);
  ASSERT_EQ(event_names(), (std::vector<std::string>{"js.end_device.create", "js.join.accept"}));
  EXPECT_EQ(events[1].correlation_ids, ids);
  EXPECT_NE(metrics.text().find("ttn_lw_js_join_accepted_total{net_id=\"000013\"} 1"),
            std::string::npos);
}

TEST_F(JoinServerTest, RefusesAnUnknownDeviceAndNamesNobodyInTheEvent) {
  start();
  const auto answer = join(MacVersion::v1_0_3, 1);
  ASSERT_FALSE(answer);
  EXPECT_TRUE(answer.error().is(device_not_found));
  ASSERT_EQ(event_names(), std::vector<std::string>{"js.join.reject"});
  EXPECT_TRUE(std::holds_alternative<std::monostate>(events[0].subject));
  EXPECT_EQ(events[0].correlation_ids, ids);
}

TEST_F(JoinServerTest, AnswersAJoinOnlyWhenItsNoncesAreDurable) {
  start();
  ASSERT_TRUE(create());
  engine.inject(
      {.call = storage::MemoryCall::write, .error = Error(storage::disk_full), .applied = true});
  const auto answer = join(MacVersion::v1_0_3, 1);
  ASSERT_FALSE(answer);
  EXPECT_TRUE(answer.error().is(registry_operation));
  EXPECT_EQ(event_names().back(), "js.join.reject");
  EXPECT_EQ(events.back().correlation_ids, ids);
}

TEST_F(JoinServerTest, RestoresNoncesAfterARestart) {
  start();
  ASSERT_TRUE(create());
  ASSERT_TRUE(join(MacVersion::v1_0_4, 7));
  restart();
  EXPECT_TRUE(join(MacVersion::v1_0_4, 7).error().is(join::dev_nonce_too_small));
  ASSERT_TRUE(join(MacVersion::v1_0_4, 8));
  EXPECT_EQ((*get())->nonces.last_join_nonce, JoinNonce{2});
}

TEST_F(JoinServerTest, CountsNoncesThatWereUsedByVersion) {
  start();
  ASSERT_TRUE(create());
  ASSERT_TRUE(join(MacVersion::v1_0_3, 7));
  EXPECT_TRUE(join(MacVersion::v1_0_3, 7).error().is(join::reuse_dev_nonce));
  ASSERT_TRUE(join(MacVersion::v1_0_4, 9));
  for (const std::uint16_t nonce : {9, 8})
    EXPECT_TRUE(join(MacVersion::v1_0_4, nonce).error().is(join::dev_nonce_too_small));
  const auto text = metrics.text();
  for (const auto* line : {"ttn_lw_js_dev_nonce_reuse{mac_version=\"MAC_V1_0_3\"} 1\n",
                           "ttn_lw_js_dev_nonce_too_small{mac_version=\"MAC_V1_0_4\"} 2\n"})
    EXPECT_NE(text.find(line), std::string::npos) << line;
}

TEST_F(JoinServerTest, SkipsNoncesThatARestoredBackupDoesNotKnow) {
  start();
  ASSERT_TRUE(create());
  ASSERT_TRUE(join(MacVersion::v1_0_4, 7));
  config_.counter_jump = 4096;
  restart();
  ASSERT_TRUE(join(MacVersion::v1_0_4, 8));
  EXPECT_EQ((*get())->nonces.last_join_nonce, JoinNonce{4098});
  // Once for each restored backup.
  restart();
  ASSERT_TRUE(join(MacVersion::v1_0_4, 9));
  EXPECT_EQ((*get())->nonces.last_join_nonce, JoinNonce{4099});
}

TEST_F(JoinServerTest, ASuccessorReadsOnlyWhenItsPredecessorsWritesAreDecided) {
  start();
  ASSERT_TRUE(create());
  caf::anon_send(actor, test::join(MacVersion::v1_0_4, 7));
  // The shard handles the join, sends the write to the committer, and ends before it is told of the
  // commit.
  dynamic_cast<caf::scheduler::test_coordinator&>(system->scheduler()).run_once();
  caf::anon_send_exit(actor, caf::exit_reason::kill);
  start();
  std::optional<Result<network_server::JoinAnswer>> again;
  auto request = test::join(MacVersion::v1_0_4, 7);
  request.reply = into(again);
  caf::anon_send(actor, std::move(request));
  run();
  ASSERT_FALSE(*again);
  EXPECT_TRUE(again->error().is(join::dev_nonce_too_small));
  EXPECT_EQ((*get())->nonces.last_join_nonce, JoinNonce{1});
}

TEST_F(JoinServerTest, ServesSimultaneousJoinsOneAfterAnother) {
  start();
  ASSERT_TRUE(create());
  std::vector<Result<network_server::JoinAnswer>> answers;
  for (std::uint16_t nonce = 1; nonce <= 5; ++nonce) {
    auto request = test::join(MacVersion::v1_0_4, nonce);
    request.reply = [&](Result<network_server::JoinAnswer> answer) {
      answers.push_back(std::move(answer));
    };
    caf::anon_send(actor, std::move(request));
  }
  run();
  ASSERT_EQ(answers.size(), 5U);
  for (const auto& answer : answers) EXPECT_TRUE(answer);
  EXPECT_EQ((*get())->nonces.last_join_nonce, JoinNonce{5});
}

TEST_F(JoinServerTest, BoundsHowManyRequestsWaitForADevice) {
  config_.waiting_max = 2;
  start();
  int refused = 0;
  for (int i = 0; i < 5; ++i) {
    GetJoinDevice request{test::join_eui, test::dev_eui, {}};
    request.reply = [&](const auto& result) {
      refused += !result && result.error().is(overloaded) ? 1 : 0;
    };
    caf::anon_send(actor, std::move(request));
  }
  run();
  EXPECT_EQ(refused, 3);
}

TEST_F(JoinServerTest, KeepsTheRulesOfAChange) {
  start();
  struct Case {
    std::string name;
    std::function<void(JoinDevice&)> edit;
    const ErrorDef* error;
  };
  ASSERT_TRUE(create());
  const Case cases[] = {
      {"other JoinEUI", [](JoinDevice& d) { d.ids.join_eui = JoinEui{1}; }, &field_value},
      {"other DevEUI", [](JoinDevice& d) { d.ids.dev_eui = DevEui{1}; }, &field_value},
      {"other device", [](JoinDevice& d) { d.ids.uid.device_id = DeviceId("other"); },
       &duplicate_identifiers},
      {"zero AppKey", [](JoinDevice& d) { d.app_key = test::plain(Aes128Key()); }, &field_value},
      {"zero NwkKey clears", [](JoinDevice& d) { d.nwk_key = test::plain(Aes128Key()); }, nullptr},
  };
  for (const auto& row : cases) {
    const auto changed = change([&](const JoinDevice* current) -> Result<JoinDevice> {
      auto next = *current;
      row.edit(next);
      return next;
    });
    EXPECT_EQ(changed.has_value(), row.error == nullptr) << row.name;
    if (!changed && row.error != nullptr) {
      EXPECT_TRUE(changed.error().is(*row.error)) << row.name;
    }
  }
  EXPECT_TRUE(is_empty((*get())->nwk_key));
  EXPECT_EQ(event_names(),
            (std::vector<std::string>{"js.end_device.create", "js.end_device.update"}));
}

TEST_F(JoinServerTest, DeletesADeviceWithEverythingItKnew) {
  start();
  ASSERT_TRUE(create());
  std::optional<Status> deleted;
  const events::Cause cause{{"rpc:1"}, std::make_shared<const events::Caller>()};
  caf::anon_send(actor, DeleteJoinDevice{.join_eui = test::join_eui,
                                         .dev_eui = test::dev_eui,
                                         .reply = into(deleted),
                                         .cause = cause});
  run();
  ASSERT_TRUE(*deleted);
  EXPECT_EQ(events.back().correlation_ids, cause.correlation_ids);
  EXPECT_EQ(events.back().caller, cause.caller);
  EXPECT_TRUE(get().error().is(device_not_found));
  const auto row = engine.get(storage::Family::join_nonce,
                              storage::join_record_key(shard, {test::join_eui, test::dev_eui}));
  EXPECT_FALSE(*row);
}

/// Over random joins, failing commits and restarts no DevNonce is accepted twice and no JoinNonce
/// is given twice.
TEST_F(JoinServerTest, NeverRepeatsANonceWhateverFails) {
  config_.dev_nonce_limit = 1000;  // all of them
  for (const auto version : {MacVersion::v1_0_3, MacVersion::v1_0_4}) {
    auto random = make_seeded_random(42);
    engine.crash();
    stop();
    start();
    ignore(change([](const JoinDevice*) { return test::device(); }),
           "may exist from the round before");
    std::vector<std::uint16_t> accepted;
    std::set<std::uint32_t> join_nonces;
    for (int round = 0; round < 600; ++round) {
      const auto what = random->below(10);
      if (what == 0) {
        restart();
      } else if (what == 1) {
        engine.inject({.call = storage::MemoryCall::write,
                       .error = Error(storage::disk_full),
                       .applied = random->below(2) == 0});
      }
      const auto nonce =
          static_cast<std::uint16_t>(random->below(version == MacVersion::v1_0_4 ? 2000 : 300));
      const auto answer = join(version, nonce);
      if (!answer) continue;
      const auto opened = join::open_join_accept(
          answer->join_accept, join::join_accept_keys(test::key_of_byte(0x11), test::dev_eui), {});
      ASSERT_TRUE(opened);
      ASSERT_TRUE(join_nonces.insert(opened->join_nonce.value()).second) << "round " << round;
      if (version == MacVersion::v1_0_4) {
        ASSERT_TRUE(accepted.empty() || nonce > accepted.back()) << "round " << round;
      } else {
        ASSERT_EQ(std::count(accepted.begin(), accepted.end(), nonce), 0) << "round " << round;
      }
      accepted.push_back(nonce);
    }
    EXPECT_GT(accepted.size(), 3U);
  }
}

TEST_F(JoinServerTest, TheSupervisorRoutesEveryPairToAShard) {
  auto context = std::make_shared<Context>();
  context->deps = deps;
  const actors::Sharded<ShardHandle> shards(*storage::ShardCount::make(4));
  auto supervisor = spawn_join_server(*system, context, shards, {});
  run();
  actor = shards.of(storage::JoinKey{test::join_eui, test::dev_eui});
  ASSERT_TRUE(actor);
  EXPECT_TRUE(create());
  EXPECT_TRUE(join(MacVersion::v1_0_3, 1));
  actor = nullptr;
  caf::anon_send_exit(supervisor, caf::exit_reason::user_shutdown);
  run();
}

TEST(DeviceTable, ForgetsTheLeastRecentlyUsedDeviceAtRest) {
  DeviceTable table(2, 4);
  const auto key = [](std::uint64_t eui) { return storage::JoinKey{JoinEui{0}, DevEui{eui}}; };
  const Request request = GetJoinDevice{};
  const auto some = std::make_shared<const JoinDevice>();
  const auto add = [&](std::uint64_t eui) {
    ASSERT_EQ(table.admit(key(eui), request), Admission::load);
    table.settle(key(eui), some);
    while (table.next(key(eui))) {
    }
  };
  add(1);
  add(2);
  EXPECT_EQ(table.admit(key(1), request), Admission::serve);
  add(3);
  EXPECT_EQ(table.admit(key(1), request), Admission::serve);
  table.hold(key(1));
  table.hold(key(3));
  EXPECT_EQ(table.admit(key(4), request), Admission::refused);
  EXPECT_EQ(table.size(), 2U);
}

TEST(DeviceTable, KeepsNoDeviceThatDoesNotExist) {
  DeviceTable table(2, 4);
  const storage::JoinKey key{};
  EXPECT_EQ(table.admit(key, GetJoinDevice{}), Admission::load);
  EXPECT_EQ(table.waiting(), 1U);
  table.settle(key, nullptr);
  EXPECT_TRUE(table.next(key));
  EXPECT_FALSE(table.next(key));
  EXPECT_EQ(table.size(), 0U);
  EXPECT_EQ(table.waiting(), 0U);
}

}  // namespace
}  // namespace ff::join_server
