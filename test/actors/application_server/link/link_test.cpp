#include <gtest/gtest.h>

#include <caf/send.hpp>

#include "actors/application_server/link/actor.hpp"
#include "test/support/actors/actor_fixture.hpp"

namespace ff::application_server {
namespace {

class Listener final : public Subscriber {
 public:
  explicit Listener(std::uint32_t window = 1000) : Subscriber(window) {}
  std::string_view protocol() const noexcept override { return "mqtt"; }
  void deliver(const UpPublished& up) noexcept override { got.push_back(up.sequence.value()); }
  std::vector<std::uint64_t> got;
};

class Links : public test::ActorFixture {
 protected:
  void SetUp() override {
    links = spawn_links(
        *system, {deps, table, [this](events::Event event) { told.emplace_back(event.name); },
                  std::chrono::seconds{1}});
  }
  void TearDown() override {
    caf::anon_send_exit(links, caf::exit_reason::user_shutdown);
    run();
  }
  void subscribe(const ApplicationId& application, const std::shared_ptr<Subscriber>& subscriber) {
    caf::anon_send(links, SubscribeUps{application, subscriber, [this] { ++subscribed; }});
    run();
  }
  void unsubscribe(const ApplicationId& application,
                   const std::shared_ptr<Subscriber>& subscriber) {
    caf::anon_send(links, UnsubscribeUps{application, subscriber});
    run();
  }
  void publish(const ApplicationId& application, std::uint64_t sequence) {
    publish_to(table)({application, storage::Shard{0}, storage::OutboxSequence{sequence}, nullptr});
    run();
  }
  const ApplicationId app_a{"app-a"};
  const ApplicationId app_b{"app-b"};
  LinkTable table;
  LinksHandle links;
  std::vector<std::string> told;
  int subscribed = 0;
};

TEST_F(Links, AnApplicationsMessagesReachItsSubscribersOnly) {
  auto first = std::make_shared<Listener>();
  auto second = std::make_shared<Listener>();
  auto other = std::make_shared<Listener>();
  publish(app_a, 1);
  subscribe(app_a, first);
  subscribe(app_a, second);
  subscribe(app_b, other);
  EXPECT_EQ(subscribed, 3);
  publish(app_a, 2);
  publish(app_b, 3);
  unsubscribe(app_a, second);
  publish(app_a, 4);
  EXPECT_EQ(first->got, (std::vector<std::uint64_t>{2, 4}));
  EXPECT_EQ(second->got, (std::vector<std::uint64_t>{2}));
  EXPECT_EQ(other->got, (std::vector<std::uint64_t>{3}));
  EXPECT_EQ(told,
            (std::vector<std::string>{"as.application.subscribe", "as.application.subscribe",
                                      "as.application.subscribe", "as.application.unsubscribe"}));
}

TEST_F(Links, ASlowSubscriberLosesMessagesAndNobodyElseDoes) {
  auto slow = std::make_shared<Listener>(2);
  auto quick = std::make_shared<Listener>();
  subscribe(app_a, slow);
  subscribe(app_a, quick);
  for (std::uint64_t i = 1; i <= 4; ++i) publish(app_a, i);
  EXPECT_EQ(slow->got, (std::vector<std::uint64_t>{1, 2}));
  EXPECT_EQ(quick->got.size(), 4U);
  slow->done();
  publish(app_a, 5);
  EXPECT_EQ(slow->got.back(), 5U);
  EXPECT_NE(metrics.text().find("buffer_full"), std::string::npos);
}

TEST_F(Links, ALinkWithoutSubscribersEndsAndComesBack) {
  auto listener = std::make_shared<Listener>();
  subscribe(app_a, listener);
  unsubscribe(app_a, listener);
  EXPECT_TRUE(table.contains(app_a));
  advance(std::chrono::milliseconds{1100});
  EXPECT_FALSE(table.contains(app_a));
  subscribe(app_a, listener);
  publish(app_a, 9);
  EXPECT_EQ(listener->got, (std::vector<std::uint64_t>{9}));
}

TEST(LinkTable, ManyApplicationsComeAndGoEachForItself) {
  const LinkTable table;
  constexpr int count = 20'000;  // more than there are buckets
  const auto id = [](int i) { return ApplicationId("app-" + std::to_string(i)); };
  for (int i = 0; i < count; ++i) table.add(id(i));
  for (int i = 0; i < count; i += 2) table.erase(id(i));
  for (int i = 0; i < count; ++i) EXPECT_EQ(table.contains(id(i)), i % 2 == 1) << i;
  table.erase(id(0));
  table.clear();
  for (int i = 0; i < count; ++i) EXPECT_FALSE(table.contains(id(i))) << i;
}

TEST_F(Links, ALinkThatFailsIsStartedAgainWithItsSubscribers) {
  auto listener = std::make_shared<Listener>();
  subscribe(app_a, listener);
  caf::anon_send(links, SubscribeUps{app_a, std::make_shared<Listener>(),
                                     [] { throw std::runtime_error("a bug"); }});
  run();
  EXPECT_NE(metrics.text().find("farfield_actors_restarted_total{kind=\"application_link\"} 1"),
            std::string::npos);
  publish(app_a, 1);
  EXPECT_EQ(listener->got, (std::vector<std::uint64_t>{1}));
}

}  // namespace
}  // namespace ff::application_server
