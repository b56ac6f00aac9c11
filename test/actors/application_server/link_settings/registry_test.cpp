// Settings of applications: their record, their registry and the table that pipelines read.
#include <gtest/gtest.h>
#include <caf/send.hpp>

#include "actors/application_server/link_settings/actor.hpp"
#include "protocol/base/hex.hpp"
#include "test/support/actors/actor_fixture.hpp"

namespace ff::application_server {
namespace {

const ApplicationId application("food-safety");
/// up_formatter: FORMATTER_CAYENNELPP.
const Bytes cayenne{0x08, 0x04};

class Links : public test::ActorFixture {
 protected:
  void SetUp() override { registry = spawn_link_settings(*system, deps, table); }
  void TearDown() override {
    caf::anon_send_exit(registry, caf::exit_reason::user_shutdown);
    run();
  }
  void set(const LinkSettings& settings) {
    SetLink message{application, [settings](const LinkSettings*) { return settings; }, {}};
    message.reply = [this](Result<LinkPtr> link) { answer = std::move(link); };
    caf::anon_send(registry, message);
    run();
  }

  LinkSettingsTable table;
  LinkSettingsActor registry;
  std::optional<Result<LinkPtr>> answer;
};

TEST_F(Links, AreDurableAndInTheTableWhenTheyAreAnswered) {
  set({cayenne, true});
  ASSERT_TRUE(answer && *answer);
  ASSERT_TRUE(table.find(application));
  EXPECT_EQ(table.find(application)->formatters->up.kind, formatter::Kind::cayenne_lpp);
  LinkSettingsTable again;
  ASSERT_TRUE(load_link_settings(engine, again));
  ASSERT_TRUE(again.find(application));
  EXPECT_EQ(again.find(application)->settings, (LinkSettings{cayenne, true}));
}

TEST_F(Links, AreNotFoundBeforeAndAfter) {
  Status deleted;
  caf::anon_send(registry, DeleteLink{application, [&](Status status) { deleted = status; }});
  run();
  EXPECT_TRUE(deleted.error().is(link_not_found));
  set({cayenne, {}});
  caf::anon_send(registry, DeleteLink{application, [&](Status status) { deleted = status; }});
  run();
  EXPECT_TRUE(deleted);
  EXPECT_FALSE(table.find(application));
  Result<LinkPtr> got;
  caf::anon_send(registry, GetLink{application, [&](Result<LinkPtr> link) { got = link; }});
  run();
  EXPECT_FALSE(got);
}

TEST(LinkRecord, IsWhatItWas) {
  EXPECT_EQ(hex_lower(encode_link_settings({cayenne, true})),
            "01"
            "0a020804"
            "1001");
  EXPECT_EQ(*decode_link_settings(encode_link_settings({cayenne, false})),
            (LinkSettings{cayenne, false}));
  EXPECT_EQ(*decode_link_settings(encode_link_settings({})), LinkSettings{});
  EXPECT_FALSE(decode_link_settings(Bytes{}));
  EXPECT_EQ(*parse_link_settings_key(link_settings_key(application)), application);
}

}  // namespace
}  // namespace ff::application_server
