// The page with actors that answer, that do not, and that are not there; in virtual time.
#include "app/server/inspect/page.hpp"

#include <caf/send.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <boost/json/parse.hpp>

#include "test/support/actors/actor_fixture.hpp"

namespace ff::app {
namespace {

using std::chrono::seconds;

inline constexpr ErrorDef refused{"test", "refused", Code::unauthenticated, "who are you"};

class Writer final : public net::http::ResponseWriter {
 public:
  void head(int code, net::http::Headers) override { status = code; }
  net::WriteResult body(ByteView chunk) override {
    text += as_text(chunk);
    return net::WriteResult::accepted;
  }
  void end() override { ended = true; }
  void on_disconnect(net::Task) override {}
  std::size_t outgoing_size() const noexcept override { return 0; }
  void when_room(net::Task task) override { task(); }
  void preset(std::string_view, std::string_view) override {}
  void upgrade(net::http::Headers, net::AcceptHandler) override {}

  int status = 0;
  std::string text;
  bool ended = false;
};

class InspectPageTest : public test::ActorFixture {
 protected:
  InspectPageTest() : routes(*storage::ShardCount::make(2)) {
    keeper.set(api::spawn_deadline_keeper(*system, clock, deps.ticker));
    routes.deps = deps;
  }
  ~InspectPageTest() override {
    handler = nullptr;
    caf::anon_send_exit(keeper.get(), caf::exit_reason::user_shutdown);
    keeper.clear();
    run();
  }

  std::shared_ptr<Writer> ask(const std::string& target, const std::string& method = "GET") {
    if (!handler) {
      handler = make_inspect_handler({.allow =
                                          [](const std::string& given, auto then) {
                                            if (given == "Bearer admin") return then({});
                                            then(fail(refused));
                                          },
                                      .asker = api::Asker(keeper, seconds{2}),
                                      .routes = routes,
                                      .store = &engine,
                                      .metrics = &metrics});
    }
    auto writer = std::make_shared<Writer>();
    net::http::Request request;
    request.method = method;
    request.target = target;
    request.headers.add("Authorization", authorization);
    handler(std::move(request), writer);
    run();
    return writer;
  }
  boost::json::value get(const std::string& target) {
    const auto writer = ask(target);
    EXPECT_TRUE(writer->ended) << target;
    EXPECT_EQ(writer->status, 200) << writer->text;
    return boost::json::parse(writer->text);
  }
  void silence_the_committer() {
    real = deps.committer.get();
    stuck = system->spawn([](actors::Committer::pointer) -> actors::Committer::behavior_type {
      return {[](const actors::Commit&) {},
              [this_one = std::make_shared<std::vector<actors::InspectCommitter>>()](
                  const actors::InspectCommitter& message) { this_one->push_back(message); },
              [](const actors::CommitterFlush&) {}, [](const actors::CommitterSync&) {}};
    });
    deps.committer.set(stuck);
  }
  void restore_the_committer() {
    deps.committer.set(real);
    caf::anon_send_exit(stuck, caf::exit_reason::user_shutdown);
    stuck = nullptr;
    run();
  }

  NodeRoutes routes;
  actors::Route<api::DeadlineKeeper> keeper;
  net::http::HttpHandler handler;
  std::string authorization = "Bearer admin";
  actors::Committer real;
  actors::Committer stuck;
};

TEST_F(InspectPageTest, AnswersWithWhatActorsSay) {
  const auto json = get("/inspect/storage");
  EXPECT_EQ(json.at("committer").at("commits").as_int64(), 0);
  EXPECT_TRUE(json.at("store").at("batches_written").is_number());
}

TEST_F(InspectPageTest, AsksForAnAdministratorFirst) {
  authorization = "Bearer other";
  for (const auto* target : {"/inspect", "/inspect/storage", "/inspect/no/such/page"}) {
    const auto writer = ask(target);
    EXPECT_EQ(writer->status, 401) << target;
    EXPECT_EQ(boost::json::parse(writer->text).at("code").as_int64(), 16);
    EXPECT_EQ(writer->text.find("committer"), std::string::npos);
  }
}

TEST_F(InspectPageTest, APartThatIsBusySaysTimeoutAndTheOthersAnswer) {
  silence_the_committer();
  const auto writer = ask("/inspect/storage");
  EXPECT_FALSE(writer->ended);
  advance(seconds{3});
  ASSERT_TRUE(writer->ended);
  EXPECT_EQ(writer->status, 200);
  const auto json = boost::json::parse(writer->text);
  EXPECT_EQ(json.at("committer").as_string(), "timeout");
  EXPECT_TRUE(json.at("store").is_object());
  restore_the_committer();
}

TEST_F(InspectPageTest, AComponentThatIsNotThereIsNamed) {
  const auto json = get("/inspect/shards");
  const std::string error(json.at("shards").at("1").at("network_server").at("error").as_string());
  EXPECT_NE(error.find("peer_unavailable"), std::string::npos) << error;
  EXPECT_NE(error.find("NETWORK_SERVER"), std::string::npos) << error;
  const auto joins = get("/inspect/joins");
  EXPECT_EQ(joins.at("shards_without_answer").as_array().size(), 2U);
  EXPECT_TRUE(joins.at("joins_of_unknown_devices").as_array().empty());
}

namespace packages = application_server::packages;

/// Two consumers, of which one does not answer.
packages::PackagesHandle::behavior_type registry_double(packages::PackagesHandle::pointer) {
  return {
      [](const packages::SetAssociation&) {},
      [](const packages::DeleteAssociation&) {},
      [](const packages::GetAssociation&) {},
      [](const packages::ListAssociations&) {},
      [](const application_server::ForgetApplication&) {},
      [](const packages::ForgetDevice&) {},
      [](const packages::ForgetDefaults&) {},
      [silent = std::make_shared<std::vector<packages::InspectConsumer>>()](
          const packages::InspectConsumer& message) {
        if (message.key.package == packages::Package::geolocation)
          return silent->push_back(message);
        message.reply(packages::ConsumerSnapshot{
            .held = 3, .behind = 7, .failures = 9, .left_alone_for = seconds{4}});
      },
      [](const packages::InspectPackages& message) {
        using State = packages::PackagesSnapshot::State;
        const ApplicationId app("app-1");
        message.reply(packages::PackagesSnapshot{
            .associations = message.application_id ? 2U : 5U,
            .consumers_all = 3,
            .consumers = {{{app, packages::Package::device_management}, 2, State::running},
                          {{app, packages::Package::geolocation}, 1, State::restarting}}});
      },
  };
}

TEST_F(InspectPageTest, PackagesAreShownTogetherAndByApplication) {
  const auto registry = system->spawn(registry_double);
  routes.application_server.packages.set(registry);
  const auto all = get("/inspect/packages").at("packages");
  EXPECT_EQ(all.at("associations").as_int64(), 5);
  EXPECT_EQ(all.at("consumers_not_shown").as_int64(), 1);
  EXPECT_EQ(all.at("consumers").at(0).at("application_id").as_string(), "app-1");
  EXPECT_EQ(all.at("consumers").at(1).at("package").as_string(), "lora-cloud-geolocation-v3");
  EXPECT_EQ(all.at("consumers").at(1).at("state").as_string(), "restarting");

  const auto writer = ask("/inspect/packages/app-1");
  advance(seconds{3});
  ASSERT_TRUE(writer->ended);
  const auto one = boost::json::parse(writer->text).at("packages");
  const auto& busy = one.at("lora-cloud-device-management-v1");
  EXPECT_EQ(busy.at("associations").as_int64(), 2);
  EXPECT_EQ(busy.at("consumer").at("messages_behind").as_int64(), 7);
  EXPECT_EQ(busy.at("consumer").at("server_left_alone_for").as_string(), "4s");
  EXPECT_EQ(one.at("lora-cloud-geolocation-v3").at("consumer").as_string(), "timeout");

  routes.application_server.packages.clear();
  handler = nullptr;
  caf::anon_send_exit(registry, caf::exit_reason::user_shutdown);
  run();
}

struct Wrong {
  const char* target;
  int status;
  const char* named;
};

TEST_F(InspectPageTest, WrongQuestionsGetAClearError) {
  const Wrong rows[] = {
      {"/inspect/nothing", 404, "/inspect/nothing"},
      {"/inspect/device/app", 404, "/inspect/device/app"},
      {"/inspect/device/UPPER/dev-1", 400, "application_id"},
      {"/inspect/device/app-1/x", 400, "device_id"},
      {"/inspect/address/26", 400, "eight hex digits"},
      {"/inspect/address/zzzzzzzz", 400, "zzzzzzzz"},
      {"/inspect/gateway/%2f", 400, "gateway_id"},
      {"/inspect/packages/UPPER", 400, "application_id"},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.target);
    const auto writer = ask(row.target);
    EXPECT_TRUE(writer->ended);
    EXPECT_EQ(writer->status, row.status);
    EXPECT_NE(writer->text.find(row.named), std::string::npos) << writer->text;
  }
  EXPECT_EQ(ask("/inspect", "POST")->status, 501);
}

TEST_F(InspectPageTest, OnlySoManyAreAnsweredAtOnce) {
  silence_the_committer();
  std::vector<std::shared_ptr<Writer>> waiting;
  for (std::size_t i = 0; i < inspections_max; ++i) waiting.push_back(ask("/inspect/storage"));
  EXPECT_EQ(ask("/inspect/storage")->status, 429);
  advance(seconds{3});
  for (const auto& writer : waiting) EXPECT_EQ(writer->status, 200);
  restore_the_committer();
  EXPECT_EQ(ask("/inspect/storage")->status, 200);
  EXPECT_NE(metrics.text().find("farfield_queue_dropped_total{queue=\"inspections\"} 1"),
            std::string::npos);
}

TEST_F(InspectPageTest, TheOverviewHasEverySupervisorAndActorCounts) {
  routes.supervisors.emplace_back("root", actors::Route<caf::actor>());
  routes.supervisors.emplace_back("absent", actors::Route<caf::actor>());
  const auto supervisor = actors::spawn_supervisor(
      *system, {.name = "root",
                .limits = {},
                .children = {{"ticker",
                              [this](caf::actor_system& in) {
                                return caf::actor_cast<caf::actor>(actors::spawn_ticker(in, clock));
                              }}},
                .clock = clock,
                .metrics = &metrics,
                .on_escalation = {}});
  routes.supervisors[0].second.set(supervisor);
  const auto json = get("/inspect");
  EXPECT_EQ(json.at("components").at("root").at("children").at(0).at("name").as_string(), "ticker");
  EXPECT_TRUE(json.at("components").at("absent").as_object().contains("error"));
  EXPECT_EQ(json.at("actors").at("ticker").as_int64(), 1);
  EXPECT_TRUE(json.at("gateways").as_object().contains("error"));
  routes.supervisors.clear();
  handler = nullptr;
  caf::anon_send_exit(supervisor, caf::exit_reason::user_shutdown);
  run();
}

}  // namespace
}  // namespace ff::app
