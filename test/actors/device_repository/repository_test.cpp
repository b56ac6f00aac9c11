// The reader: what it remembers, and when it forgets.
#include "actors/device_repository/actor.hpp"
#include "actors/device_repository/import.hpp"
#include "actors/device_repository/look_up.hpp"
#include "protocol/device_repository/errors.hpp"
#include "test/support/actors/actor_fixture.hpp"

#include <caf/send.hpp>

namespace ff::device_repository {
namespace {

class Repository : public test::ActorFixture {
 protected:
  void SetUp() override {
    repository =
        spawn_repository(*system, {.store = &engine, .scripts_max = 2, .own_thread = false});
  }
  void TearDown() override {
    caf::anon_send_exit(repository, caf::exit_reason::user_shutdown);
    run();
  }
  void import_own() {
    auto source = open_source(FF_SOURCE_DIR "/app/repository");
    ASSERT_TRUE(import_repository(**source, engine,
                                  {.write =
                                       [this](const storage::WriteBatch& batch) {
                                         return engine.write(batch, storage::Durability::sync);
                                       },
                                   .problem = {},
                                   .progress = {}}));
  }
  Result<formatter::Formatter> find(
      const char* application, formatter::Function function = formatter::Function::decode_uplink,
      const char* band = "EU_863_870") {
    std::optional<Result<formatter::Formatter>> found;
    caf::anon_send(repository, FindRepositoryScript{
                                   {"farfield-sensors", "climate-one", "", "1.0", band},
                                   function,
                                   ApplicationId(application),
                                   [&](Result<formatter::Formatter> script) { found = script; }});
    run();
    return found.value();
  }
  RepositorySnapshot snapshot() {
    RepositorySnapshot out;
    caf::anon_send(repository, InspectRepository{[&](const auto& got) { out = *got; }});
    run();
    return out;
  }
  RepositoryHandle repository;
};

TEST_F(Repository, FindsScriptsAndSharesThemWithNoOtherApplication) {
  import_own();
  const auto one = find("one");
  ASSERT_TRUE(one);
  EXPECT_EQ(one->kind, formatter::Kind::javascript);
  EXPECT_NE(one->script->find("decodeUplink"), std::string::npos);
  const auto again = find("one");
  EXPECT_EQ(again->script, one->script) << "remembered";
  const auto other = find("other");
  EXPECT_NE(other->key, one->key);
  EXPECT_EQ(snapshot().scripts, 2U);
  ASSERT_TRUE(find("third"));
  EXPECT_EQ(snapshot().scripts, 1U) << "bounded";
}

TEST_F(Repository, RemembersFailuresUntilTheRepositoryChanges) {
  EXPECT_TRUE(find("one").error().is(no_such_brand));
  import_own();
  EXPECT_TRUE(find("one").error().is(no_such_brand));
  caf::anon_send(repository, RepositoryChanged{});
  EXPECT_TRUE(find("one"));
  EXPECT_TRUE(
      find("one", formatter::Function::decode_uplink, "AS_923").error().is(no_profile_for_band));
  EXPECT_EQ(snapshot().brands, 2U);
  EXPECT_EQ(snapshot().models, 3U);
}

TEST_F(Repository, RunsLookUps) {
  import_own();
  std::size_t models = 0;
  caf::anon_send(repository, LookUpRepository{[&](const Result<RepositoryView>& view) {
                   models = view->catalogue.models({}).total;
                 }});
  run();
  EXPECT_EQ(models, 3U);
}

}  // namespace
}  // namespace ff::device_repository
