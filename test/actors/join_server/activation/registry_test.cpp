#include <caf/send.hpp>

#include "actors/join_server/activation/actor.hpp"
#include "actors/join_server/activation/errors.hpp"
#include "actors/join_server/activation/record.hpp"
#include "protocol/base/hex.hpp"
#include "test/support/actors/actor_fixture.hpp"

namespace ff::join_server::activation {
namespace {

const ApplicationId app("app");

Settings sample() {
  return {.kek_label = "theirs",
          .kek = {Aes128Key::from(Bytes(16, 0x42)), {}, {}},
          .home_net_id = NetId{0x13},
          .application_server_id = "as-1"};
}

// ON-DISK.
TEST(ActivationRecord, BytesAreOnDiskAndNeverChange) {
  const auto row = encode_settings(sample());
  EXPECT_EQ(hex_lower(row),
            "010a067468656972731210424242424242424242424242424242422813320461732d31");
  EXPECT_EQ(decode_settings(row).value(), sample());
  EXPECT_EQ(decode_settings(encode_settings({})).value(), Settings{});
  EXPECT_FALSE(decode_settings({}));
}

class Registry : public test::ActorFixture {
 protected:
  void SetUp() override { start(); }
  void TearDown() override { stop(); }
  void start() {
    registry = spawn_registry(
        *system,
        {.deps = deps, .store = &engine, .table = table, .key_seal = seal, .own_thread = false});
    run();
  }
  void stop() {
    caf::anon_send_exit(registry, caf::exit_reason::kill);
    registry = nullptr;
    run();
  }
  Result<Settings> change(std::function<Result<Settings>(const Settings*)> with) {
    std::optional<Result<Settings>> out;
    caf::anon_send(registry, ChangeSettings{app, std::move(with), [&](Result<Settings> result) {
                                              out = std::move(result);
                                            }});
    run();
    return *out;
  }
  Result<Settings> get() {
    std::optional<Result<Settings>> out;
    caf::anon_send(registry,
                   GetSettings{app, [&](Result<Settings> result) { out = std::move(result); }});
    run();
    return *out;
  }
  Status erase() {
    std::optional<Status> out;
    caf::anon_send(registry, DeleteSettings{app, [&](Status result) { out = std::move(result); }});
    run();
    return *out;
  }

  std::shared_ptr<key_vault::LiveKeyVault> vault = std::make_shared<key_vault::LiveKeyVault>(
      key_vault::KeyVault(key_vault::Keks{{"device", Bytes(16, 1)}}));
  storage::KeySealPtr seal = std::make_shared<const storage::KeySeal>(vault, "device");
  TablePtr table = std::make_shared<Table>();
  RegistryHandle registry;
};

TEST_F(Registry, CreatesChangesAndDeletesDurably) {
  EXPECT_TRUE(get().error().is(settings_not_found));
  EXPECT_EQ(change([](const Settings* current) {
              EXPECT_EQ(current, nullptr);
              return sample();
            }).value(),
            sample());
  EXPECT_EQ(**find(table->current(), app), sample());
  stop();
  engine.crash();
  table = std::make_shared<Table>();
  start();
  EXPECT_EQ(get().value(), sample());
  EXPECT_EQ(**find(table->current(), app), sample());
  ASSERT_TRUE(change([](const Settings* current) {
    auto next = *current;
    next.application_server_id = "as-2";
    return next;
  }));
  EXPECT_EQ(get()->application_server_id, "as-2");
  EXPECT_TRUE(erase());
  EXPECT_EQ(*find(table->current(), app), nullptr);
  EXPECT_TRUE(erase().error().is(settings_not_found));
}

TEST_F(Registry, ARefusedChangeChangesNothing) {
  ASSERT_TRUE(change([](const Settings*) { return sample(); }));
  EXPECT_TRUE(change([](const Settings*) -> Result<Settings> { return fail(no_kek_label); })
                  .error()
                  .is(no_kek_label));
  EXPECT_EQ(get().value(), sample());
}

TEST_F(Registry, KeksDoNotLieOpen) {
  ASSERT_TRUE(change([](const Settings*) { return sample(); }));
  const auto row = engine.get(storage::Family::entity, settings_key(app));
  ASSERT_TRUE(row && *row);
  EXPECT_EQ(as_text(**row).find(std::string(16, '\x42')), std::string_view::npos);
  EXPECT_EQ(decode_settings(**row, seal.get()).value(), sample());
}

TEST_F(Registry, AKekThatIsGoneCostsItsApplicationAlone) {
  ASSERT_TRUE(change([](const Settings*) { return sample(); }));
  storage::WriteBatch records;
  const ApplicationId other("other");
  records.put(storage::Family::entity, settings_key(other),
              encode_settings({.home_net_id = NetId{0x14}}));
  ASSERT_TRUE(engine.write(records, storage::Durability::sync));
  stop();
  seal = std::make_shared<const storage::KeySeal>(std::make_shared<key_vault::LiveKeyVault>(), "");
  start();
  EXPECT_EQ((**find(table->current(), other)).home_net_id, NetId{0x14});
  EXPECT_TRUE(find(table->current(), app).error().is(key_vault::key_not_found));
  EXPECT_TRUE(get().error().is(key_vault::key_not_found));
  EXPECT_TRUE(change([](const Settings*) { return sample(); }).error().is(key_vault::key_not_found))
      << "a part of it may be meant to stay";
  EXPECT_TRUE(erase());
  EXPECT_TRUE(change([](const Settings*) { return sample(); }));
}

TEST_F(Registry, ARowThatIsMalformedEndsTheStart) {
  storage::WriteBatch records;
  records.put(storage::Family::entity, settings_key(app), Bytes{1, 0xFF});
  ASSERT_TRUE(engine.write(records, storage::Durability::sync));
  EXPECT_FALSE(load_settings(engine, seal.get()));
}

}  // namespace
}  // namespace ff::join_server::activation
