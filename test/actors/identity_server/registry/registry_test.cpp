#include <caf/scheduler/test_coordinator.hpp>
#include <caf/send.hpp>

#include "actors/identity_server/registry/actor.hpp"
#include "actors/identity_server/registry/errors.hpp"
#include "actors/identity_server/registry/queries.hpp"
#include "actors/identity_server/registry/queue.hpp"
#include "protocol/base/hex.hpp"
#include "storage/engine/errors.hpp"
#include "test/support/actors/actor_fixture.hpp"

namespace ff::identity_server {
namespace {

using storage::EntityKey;
using storage::EntityKind;

constexpr GatewayEui eui{0xB827EBFFFE000001};

EntityKey gateway(std::string id) {
  return {EntityKind::gateway, {std::move(id)}};
}
EntityKey device(std::string app, std::string id) {
  return {EntityKind::end_device, {std::move(app), std::move(id)}};
}
Bytes text(std::string_view content) {
  return to_owned(as_bytes(content));
}

Draft draft(std::string_view content, std::optional<GatewayEui> owned = {}) {
  Draft out{.message = text(content), .unique = {}};
  if (owned) {
    out.unique.push_back({storage::gateway_eui_index_key(*owned), [](const EntityKey& owner) {
                            return Error(gateway_eui_taken, {{"gateway_eui", to_string(eui)},
                                                             {"gateway_id", owner.ids[0]}});
                          }});
  }
  return out;
}

TEST(Entity, KeepsItsBytes) {
  const Entity entity{gateway("gw-1"),
                      text("m"),
                      UtcTime{std::chrono::nanoseconds{1}},
                      UtcTime{std::chrono::nanoseconds{2}},
                      UtcTime{std::chrono::nanoseconds{3}},
                      {text("k")}};
  const auto row = encode_entity(entity);
  EXPECT_EQ(hex_lower(row), "010a016d1002180420062a016b");
  EXPECT_EQ(*decode_entity(entity.key, row), entity);
}

TEST(Entity, RefusesDamage) {
  EXPECT_FALSE(decode_entity(gateway("gw-1"), Bytes{}));
  EXPECT_FALSE(decode_entity(gateway("gw-1"), Bytes{1, 0x0a, 5}));
}

TEST(NotFound, NamesTheEntity) {
  struct Case {
    EntityKey key;
    std::string_view name;
    std::size_t attributes;
  };
  const Case cases[] = {{{EntityKind::user, {"u"}}, "user_not_found", 1},
                        {{EntityKind::application, {"a"}}, "application_not_found", 1},
                        {gateway("g"), "gateway_not_found", 1},
                        {device("a", "d"), "end_device_not_found", 2},
                        {{EntityKind::api_key, {"user", "u", "K"}}, "api_key_not_found", 3},
                        {{EntityKind::webhook, {"a", "w"}}, "entity_not_found", 2}};
  for (const auto& row : cases) {
    const auto error = not_found(row.key);
    EXPECT_EQ(error.name(), row.name);
    EXPECT_EQ(error.attributes().size(), row.attributes) << row.name;
    EXPECT_EQ(error.code(), Code::not_found);
  }
}

class RegistryTest : public test::ActorFixture {
 protected:
  RegistryTest() { start(); }
  ~RegistryTest() override { stop(); }

  void start() {
    RegistryContext context{
        .deps = deps, .store = &engine, .own_thread = false, .waiting_max = 100};
    context.changed = [this](const EntityKey& key, const EntityPtr& entity) {
      changes.push_back(key.ids.back() + (entity ? "" : " gone"));
    };
    auto shared = std::make_shared<const RegistryContext>(std::move(context));
    registry = spawn_registry(*system, shared);
    reader = spawn_registry_reader(*system, shared);
  }
  void stop() {
    caf::anon_send_exit(registry, caf::exit_reason::kill);
    caf::anon_send_exit(reader, caf::exit_reason::kill);
    registry = nullptr;
    reader = nullptr;
    run();
  }
  /// The process dies with its store's unsynced writes and starts again.
  void restart() {
    stop();
    caf::anon_send_exit(deps.committer.get(), caf::exit_reason::kill);
    run();
    engine.crash();
    deps.committer.set(actors::spawn_committer(
        *system,
        {.engine = &engine, .metrics = &metrics, .on_store_failed = {}, .own_thread = false}));
    start();
  }

  /// Batches that the committer has written.
  std::uint64_t writes() {
    std::uint64_t count = 0;
    actors::InspectCommitter ask;
    ask.reply = [&](const Result<actors::CommitterSnapshot>& snapshot) {
      count = snapshot->writes;
    };
    caf::anon_send(deps.committer.get(), std::move(ask));
    run();
    return count;
  }

  template <class T>
  static actors::Reply<T> into(std::optional<Result<T>>& slot) {
    return [&slot](Result<T> result) { slot = std::move(result); };
  }
  Result<EntityPtr> create(const EntityKey& key, const Draft& with) {
    std::optional<Result<EntityPtr>> out;
    caf::anon_send(
        registry,
        CreateEntity{key, [with](UtcTime) { return Result<Draft>(with); }, {}, into(out)});
    run();
    return *out;
  }
  Result<EntityPtr> change(const EntityKey& key, const Draft& with) {
    std::optional<Result<EntityPtr>> out;
    caf::anon_send(registry,
                   ChangeEntity{key, [with](const Entity&, UtcTime) { return Result<Draft>(with); },
                                into(out)});
    run();
    return *out;
  }
  Status erase(const EntityKey& key) {
    std::optional<Status> out;
    caf::anon_send(registry, DeleteEntity{key, into(out)});
    run();
    return *out;
  }
  Result<EntityPtr> get(const EntityKey& key, Deleted deleted = Deleted::without) {
    std::optional<Result<EntityPtr>> out;
    caf::anon_send(reader, GetEntity{key, deleted, into(out)});
    run();
    return *out;
  }
  EntityPtr find() {
    std::optional<Result<EntityPtr>> out;
    caf::anon_send(reader, FindEntity{storage::gateway_eui_index_key(eui), into(out)});
    run();
    return **out;
  }
  std::vector<std::string> ids(ListEntities list, std::uint64_t total) {
    std::optional<Result<EntityPage>> out;
    list.reply = into(out);
    caf::anon_send(reader, std::move(list));
    run();
    EXPECT_EQ((*out)->total, total);
    std::vector<std::string> found;
    for (const auto& entity : (*out)->entities) found.push_back(entity->key.ids.back());
    return found;
  }

  RegistryHandle registry;
  RegistryReaderHandle reader;
  std::vector<std::string> changes;
};

TEST_F(RegistryTest, CreatesChangesAndDeletesAnEntity) {
  const auto created = create(gateway("gw-1"), draft("one"));
  ASSERT_TRUE(created);
  EXPECT_EQ((*get(gateway("gw-1")))->message, text("one"));
  advance(std::chrono::seconds{1});
  const auto changed = change(gateway("gw-1"), draft("two"));
  ASSERT_TRUE(changed);
  EXPECT_EQ((*changed)->created_at, (*created)->created_at);
  EXPECT_GT((*changed)->updated_at, (*created)->updated_at);
  ASSERT_TRUE(erase(gateway("gw-1")));
  EXPECT_EQ(get(gateway("gw-1")).error(), not_found(gateway("gw-1")));
  EXPECT_EQ(changes, (std::vector<std::string>{"gw-1", "gw-1", "gw-1 gone"}));
}

TEST_F(RegistryTest, RefusesWhatIsNotThereOrThereAlready) {
  EXPECT_EQ(change(gateway("gw-1"), draft("x")).error(), not_found(gateway("gw-1")));
  EXPECT_EQ(erase(gateway("gw-1")).error(), not_found(gateway("gw-1")));
  ASSERT_TRUE(create(gateway("gw-1"), draft("x")));
  EXPECT_TRUE(create(gateway("gw-1"), draft("y")).error().is(id_taken));
  EXPECT_EQ((*get(gateway("gw-1")))->message, text("x"));
}

TEST_F(RegistryTest, GivesAUniqueKeyToOneEntityOnly) {
  ASSERT_TRUE(create(gateway("gw-1"), draft("x", eui)));
  const auto taken = create(gateway("gw-2"), draft("y", eui));
  ASSERT_FALSE(taken);
  EXPECT_TRUE(taken.error().is(gateway_eui_taken));
  EXPECT_NE(taken.error().message().find("gw-1"), std::string::npos);
  EXPECT_EQ(find()->key, gateway("gw-1"));
  ASSERT_TRUE(change(gateway("gw-1"), draft("x")));
  EXPECT_FALSE(find());
  EXPECT_TRUE(create(gateway("gw-2"), draft("y", eui)));
  EXPECT_EQ(find()->key, gateway("gw-2"));
  ASSERT_TRUE(erase(gateway("gw-2")));
  EXPECT_FALSE(find());
}

TEST_F(RegistryTest, DecidesSimultaneousClaimsInTheirOrder) {
  std::vector<std::string> outcomes;
  for (const auto* id : {"gw-1", "gw-2", "gw-3"}) {
    caf::anon_send(
        registry,
        CreateEntity{gateway(id),
                     [](UtcTime) { return Result<Draft>(draft("x", eui)); },
                     {},
                     [&outcomes](const Result<EntityPtr>& result) {
                       outcomes.emplace_back(result ? "made" : std::string(result.error().name()));
                     }});
  }
  run();
  EXPECT_EQ(outcomes, (std::vector<std::string>{"made", "gateway_eui_taken", "gateway_eui_taken"}));
  EXPECT_EQ(find()->key, gateway("gw-1"));
}

TEST_F(RegistryTest, AppliesSimultaneousChangesOfOneEntityOneAfterAnother) {
  ASSERT_TRUE(create(gateway("gw-1"), draft("")));
  for (int i = 0; i < 5; ++i) {
    caf::anon_send(registry, ChangeEntity{gateway("gw-1"),
                                          [](const Entity& current, UtcTime) -> Result<Draft> {
                                            auto message = current.message;
                                            message.push_back('x');
                                            return Draft{.message = message, .unique = {}};
                                          },
                                          {}});
  }
  run();
  EXPECT_EQ((*get(gateway("gw-1")))->message, text("xxxxx"));
}

TEST_F(RegistryTest, KeepsADeletedEntityWhoseIdStaysInUse) {
  ASSERT_TRUE(create(gateway("gw-1"), draft("x", eui)));
  auto gone = draft("x");
  gone.deleted = true;
  ASSERT_TRUE(change(gateway("gw-1"), gone));
  EXPECT_FALSE(get(gateway("gw-1")));
  EXPECT_TRUE(get(gateway("gw-1"), Deleted::only));
  EXPECT_FALSE(find());
  EXPECT_TRUE(create(gateway("gw-1"), draft("y")).error().is(id_taken));
  ASSERT_TRUE(change(gateway("gw-1"), draft("x", eui)));
  EXPECT_TRUE(get(gateway("gw-1")));
}

TEST_F(RegistryTest, CreatesCompanionsAndDeletesThemWithTheirEntity) {
  const EntityKey application{EntityKind::application, {"app"}};
  const EntityKey membership{EntityKind::membership, {"application", "app", "user", "admin"}};
  caf::anon_send(registry, CreateEntity{application,
                                        [](UtcTime) { return Result<Draft>(draft("x")); },
                                        {{membership, text("rights")}},
                                        {}});
  run();
  EXPECT_EQ((*get(membership))->message, text("rights"));
  ASSERT_TRUE(erase(application));
  EXPECT_FALSE(get(membership));
}

TEST_F(RegistryTest, ListsInPages) {
  for (const auto* id : {"dev-c", "dev-a", "dev-b"}) {
    ASSERT_TRUE(create(device("app", id), draft(id)));
    advance(std::chrono::seconds{1});
  }
  ASSERT_TRUE(create(device("app-2", "dev-z"), draft("z")));
  using Ids = std::vector<std::string>;
  const ListEntities devices{.kind = EntityKind::end_device, .parents = {"app"}};
  EXPECT_EQ(ids(devices, 3), (Ids{"dev-a", "dev-b", "dev-c"}));
  auto list = devices;
  list.order = EntityOrder::created_at;
  EXPECT_EQ(ids(list, 3), (Ids{"dev-c", "dev-a", "dev-b"}));
  list.descending = true;
  list.limit = 2;
  EXPECT_EQ(ids(list, 3), (Ids{"dev-b", "dev-a"}));
  list.skip = 2;
  EXPECT_EQ(ids(list, 3), Ids{"dev-c"});
  list.skip = 7;
  EXPECT_EQ(ids(list, 3), Ids{});
  list = devices;
  list.filter = [](const Entity& entity) { return entity.message == text("dev-b"); };
  EXPECT_EQ(ids(list, 1), Ids{"dev-b"});
  EXPECT_EQ(ids({.kind = EntityKind::end_device}, 4), (Ids{"dev-a", "dev-b", "dev-c", "dev-z"}));
}

/// Moves what two entities own from one to the other, in one or not at all.
TEST_F(RegistryTest, ChangesSeveralEntitiesAsOne) {
  ASSERT_TRUE(create(gateway("gw-1"), draft("one")));
  ASSERT_TRUE(create(gateway("gw-2"), draft("two")));
  const auto change = [&](std::function<Status(EntityRows&, UtcTime)> decide) {
    std::optional<Result<std::vector<EntityPtr>>> out;
    caf::anon_send(registry, ChangeEntities{{gateway("gw-1"), gateway("gw-2"), gateway("gw-3")},
                                            std::move(decide),
                                            into(out)});
    run();
    return *out;
  };
  const auto changed = change([&](EntityRows& rows, UtcTime) -> Status {
    EXPECT_EQ(rows.live(gateway("gw-3")).error(), not_found(gateway("gw-3")));
    rows.put(gateway("gw-3"), draft(as_text(rows.find(gateway("gw-1"))->message)));
    rows.erase(gateway("gw-1"));
    return {};
  });
  ASSERT_TRUE(changed);
  EXPECT_FALSE((*changed)[0]);
  EXPECT_EQ((*changed)[1]->message, text("two")) << "only read";
  EXPECT_EQ((*changed)[2]->message, text("one"));
  EXPECT_FALSE(get(gateway("gw-1")));
  changes.clear();
  EXPECT_TRUE(change([&](EntityRows& rows, UtcTime) -> Status {
                rows.put(gateway("gw-2"), draft("x"));
                return fail(already_exists);
              })
                  .error()
                  .is(already_exists));
  EXPECT_EQ((*get(gateway("gw-2")))->message, text("two"));
  EXPECT_TRUE(changes.empty());
}

TEST_F(RegistryTest, ATransactionWaitsForTheChangesOfItsEntities) {
  ASSERT_TRUE(create(gateway("gw-1"), draft("")));
  ASSERT_TRUE(create(gateway("gw-2"), draft("")));
  for (int i = 0; i < 4; ++i) {
    caf::anon_send(registry, ChangeEntities{{gateway("gw-1"), gateway("gw-2")},
                                            [&](EntityRows& rows, UtcTime) -> Status {
                                              auto message = rows.find(gateway("gw-1"))->message;
                                              message.push_back('x');
                                              rows.put(gateway("gw-1"), draft(as_text(message)));
                                              rows.put(gateway("gw-2"), draft(as_text(message)));
                                              return {};
                                            },
                                            {}});
    caf::anon_send(registry, ChangeEntity{gateway("gw-2"),
                                          [](const Entity& current, UtcTime) -> Result<Draft> {
                                            auto message = current.message;
                                            message.push_back('y');
                                            return Draft{.message = message, .unique = {}};
                                          },
                                          {}});
  }
  run();
  EXPECT_EQ((*get(gateway("gw-1")))->message, text("xxxx"));
  EXPECT_EQ((*get(gateway("gw-2")))->message, text("xxxxy"));
}

/// A change that writes one entity and reads another.
ChangeEntities reading(EntityKey written, EntityKey read) {
  ChangeEntities change;
  change.keys = {std::move(written), std::move(read)};
  change.read_only = 1;
  return change;
}

TEST(ChangeQueue, LetsChangesTogetherThatOnlyReadTheSame) {
  ChangeQueue queue;
  for (const auto* id : {"d-1", "d-2", "d-3"}) queue.push(reading(device("a", id), gateway("gw")));
  EXPECT_EQ(queue.take(2).size(), 2U) << "no more than were asked for";
  EXPECT_EQ(queue.take(9).size(), 1U);
}

TEST(ChangeQueue, KeepsReadersAndWritersOfAnEntityApartAndInOrder) {
  ChangeQueue queue;
  queue.push(reading(device("a", "d-1"), gateway("gw")));
  queue.push(ChangeEntity{gateway("gw"), {}, {}});
  queue.push(reading(device("a", "d-2"), gateway("gw")));
  queue.push(reading(gateway("gw"), device("a", "d-2")));
  queue.push(reading(gateway("gw"), device("a", "d-3")));
  for (int turn = 0; turn < 5; ++turn) EXPECT_EQ(queue.take(9).size(), 1U) << turn;
}

TEST_F(RegistryTest, WritesChangesThatReadTheSameAtOnce) {
  ASSERT_TRUE(create(gateway("gw-1"), draft("seen")));
  int created = 0;
  const auto before = writes();
  for (int i = 0; i < 100; ++i) {
    auto change = reading(device("a", "d-" + std::to_string(i)), gateway("gw-1"));
    change.decide = [key = change.keys[0]](EntityRows& rows, UtcTime) -> Status {
      rows.put(key, draft(as_text(rows.find(gateway("gw-1"))->message)));
      return {};
    };
    change.reply = [&](const auto& written) { created += written ? 1 : 0; };
    caf::anon_send(registry, std::move(change));
  }
  run();
  EXPECT_EQ(created, 100);
  EXPECT_EQ((*get(device("a", "d-99")))->message, text("seen"));
  EXPECT_LE(writes() - before, 3U);
}

TEST_F(RegistryTest, ForgetsWhatCouldNotBeWritten) {
  ASSERT_TRUE(create(gateway("gw-1"), draft("old")));
  engine.inject({.call = storage::MemoryCall::write, .error = Error(storage::disk_full)});
  EXPECT_FALSE(change(gateway("gw-1"), draft("new", eui)));
  restart();
  EXPECT_EQ((*get(gateway("gw-1")))->message, text("old"));
  EXPECT_FALSE(find());
  EXPECT_TRUE(create(gateway("gw-2"), draft("y", eui)));
}

TEST_F(RegistryTest, BoundsWhatWaits) {
  int refused = 0;
  for (int i = 0; i < 150; ++i) {
    caf::anon_send(registry,
                   DeleteEntity{gateway("gw-" + std::to_string(i)), [&](const Status& status) {
                                  refused += status.error().is(registry_overloaded) ? 1 : 0;
                                }});
  }
  run();
  EXPECT_GT(refused, 0);
  EXPECT_LE(refused, 50);
}

TEST_F(RegistryTest, ASuccessorSeesEveryWriteOfItsPredecessor) {
  ASSERT_TRUE(create(gateway("gw-0"), draft("x")));
  auto& scheduler = dynamic_cast<caf::scheduler::test_coordinator&>(system->scheduler());
  caf::anon_send(
      registry,
      CreateEntity{
          gateway("gw-1"), [](UtcTime) { return Result<Draft>(draft("x", eui)); }, {}, {}});
  // Registry, loader, registry: the write is on its way to the committer when the registry ends.
  for (int i = 0; i < 6; ++i) scheduler.try_run_once();
  caf::anon_send_exit(registry, caf::exit_reason::kill);
  caf::anon_send_exit(reader, caf::exit_reason::kill);
  start();
  const auto second = create(gateway("gw-2"), draft("y", eui));
  ASSERT_TRUE(find());
  EXPECT_EQ(second.has_value(), find()->key == gateway("gw-2"));
  EXPECT_EQ(get(gateway("gw-1")).has_value(), !second.has_value());
}

/// Over random changes, failing writes and restarts the unique index and the entities agree.
TEST_F(RegistryTest, IndexAndEntitiesAgreeWhateverFails) {
  auto random = make_seeded_random(7);
  for (int round = 0; round < 400; ++round) {
    const auto key = gateway("gw-" + std::to_string(random->below(3)));
    const bool owns = random->below(2) == 0;
    const auto with = draft(owns ? "owner" : "", owns ? std::optional(eui) : std::nullopt);
    if (random->below(12) == 0) {
      engine.inject({.call = storage::MemoryCall::write,
                     .error = Error(storage::disk_full),
                     .applied = random->below(2) == 0});
    }
    switch (random->below(3)) {
      case 0:
        ignore(create(key, with), "refused creations are part of the game");
        break;
      case 1:
        ignore(change(key, with), "refused changes are part of the game");
        break;
      default:
        ignore(erase(key), "refused deletions are part of the game");
        break;
    }
    if (random->below(6) == 0) restart();
    std::vector<std::string> owners;
    const auto page = list_entities(engine, {.kind = EntityKind::gateway});
    for (const auto& entity : page->entities) {
      if (entity->message == text("owner")) owners.push_back(entity->key.ids[0]);
    }
    const auto found = find();
    ASSERT_EQ(owners, found ? std::vector{found->key.ids[0]} : std::vector<std::string>())
        << "round " << round;
  }
}

}  // namespace
}  // namespace ff::identity_server
