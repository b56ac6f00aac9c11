// The hub: who gets which event, in which order, and what is forgotten.
#include "actors/events/hub.hpp"

#include <gtest/gtest.h>

namespace ff::events {
namespace {

DeviceIdentifiers device(const char* application, const char* id) {
  return {{ApplicationId(application), DeviceId(id)}, {}, {}, {}};
}
Event event(std::string_view name, EventSubject subject) {
  return {name, {}, std::move(subject), {}, {}};
}

struct Listening {
  std::vector<std::string> names;
  Hub::Subscription to(EventSubject subject) {
    return {{std::move(subject)}, [this](const EventPtr& one) { names.emplace_back(one->name); }};
  }
};

TEST(HubTest, AnApplicationHearsItsDevicesAndADeviceOnlyItself) {
  Hub hub;
  Listening application;
  Listening one;
  Listening gateway;
  hub.subscribe(application.to(ApplicationId("app-1")));
  hub.subscribe(one.to(device("app-1", "dev-1")));
  hub.subscribe(gateway.to(GatewayIdentifiers{GatewayId("gtw-1"), {}}));
  hub.publish(event("first", device("app-1", "dev-1")));
  hub.publish(event("second", device("app-1", "dev-2")));
  hub.publish(event("other", device("app-2", "dev-1")));
  hub.publish(event("third", ApplicationId("app-1")));
  hub.publish(event("gateway", GatewayIdentifiers{GatewayId("gtw-1"), GatewayEui{1}}));
  hub.publish(event("nobody", {}));
  EXPECT_EQ(application.names, (std::vector<std::string>{"first", "second", "third"}));
  EXPECT_EQ(one.names, std::vector<std::string>{"first"});
  EXPECT_EQ(gateway.names, std::vector<std::string>{"gateway"});
}

TEST(HubTest, ATailIsTheNewestKeptEventsOldestFirst) {
  Hub hub(3);
  for (const char* name : {"one", "two", "three", "four"})
    hub.publish(event(name, ApplicationId("app-1")));
  Listening all;
  hub.subscribe(all.to(ApplicationId("app-1")), 100);
  EXPECT_EQ(all.names, (std::vector<std::string>{"two", "three", "four"}));
  Listening two;
  hub.subscribe(two.to(ApplicationId("app-1")), 2);
  EXPECT_EQ(two.names, (std::vector<std::string>{"three", "four"}));
}

TEST(HubTest, AnEventHasOneIdForEverybody) {
  Hub hub;
  std::vector<std::string> ids;
  const auto note = [&](const EventPtr& one) { ids.push_back(one->unique_id); };
  hub.connect({.new_id = [next = 0]() mutable { return std::to_string(++next); }, .keep = note});
  hub.subscribe({{ApplicationId("app-1")}, note});
  hub.publish(event("one", ApplicationId("app-1")));
  hub.publish(event("unheard", ApplicationId("app-2")));
  hub.subscribe({{ApplicationId("app-2"), ApplicationId("app-1")}, note}, 2);
  EXPECT_EQ(ids, (std::vector<std::string>{"1", "1", "2", "1", "2"}));
}

TEST(HubTest, WithoutListenersIdsAreGivenWhenSomebodyComes) {
  Hub hub;
  int made = 0;
  hub.connect({.new_id = [&] { return std::to_string(++made); }});
  hub.publish(event("one", ApplicationId("app-1")));
  EXPECT_EQ(made, 0);
  std::vector<std::string> ids;
  const auto note = [&](const EventPtr& one) { ids.push_back(one->unique_id); };
  hub.subscribe({{ApplicationId("app-1")}, note}, 1);
  hub.subscribe({{ApplicationId("app-1")}, note}, 1);
  EXPECT_EQ(ids, (std::vector<std::string>{"1", "1"}));
}

/// An event of a gateway whose data costs something to make.
struct Costly {
  MakeData make() {
    return [this] {
      ++made;
      return EventData("data");
    };
  }
  int made = 0;
};
Hub::Subscription noting(std::vector<EventPtr>& events) {
  return {{ApplicationId("app-1")}, [&](const EventPtr& one) { events.push_back(one); }};
}

TEST(HubTest, DataThatNobodyGetsIsNotMade) {
  Hub hub(2);
  Costly costly;
  std::vector<EventPtr> others;
  hub.subscribe({{ApplicationId("app-2")}, [&](const EventPtr& one) { others.push_back(one); }});
  for (int i = 0; i < 5; ++i) hub.publish(event("one", ApplicationId("app-1")), costly.make());
  EXPECT_EQ(costly.made, 0);
  EXPECT_TRUE(others.empty());
}

TEST(HubTest, DataIsMadeOnceForAllWhoGetIt) {
  Hub hub;
  Costly costly;
  std::vector<EventPtr> got;
  hub.connect({.new_id = nullptr, .keep = [&](const EventPtr& one) { got.push_back(one); }});
  hub.subscribe(noting(got));
  hub.subscribe(noting(got));
  hub.publish(event("one", ApplicationId("app-1")), costly.make());
  hub.subscribe(noting(got), 1);
  ASSERT_EQ(got.size(), 4U);
  for (const auto& one : got) EXPECT_EQ(std::get<std::string>(one->data), "data");
  EXPECT_EQ(costly.made, 1);
}

TEST(HubTest, DataIsMadeForThoseWhoComeLater) {
  Hub hub;
  Costly costly;
  hub.publish(event("one", ApplicationId("app-1")), costly.make());
  std::vector<EventPtr> got;
  hub.subscribe(noting(got), 1);
  hub.subscribe(noting(got), 1);
  ASSERT_EQ(got.size(), 2U);
  EXPECT_EQ(std::get<std::string>(got[1]->data), "data");
  EXPECT_EQ(costly.made, 1);
}

TEST(HubTest, WhoUnsubscribesHearsNothingMore) {
  Hub hub;
  Listening listening;
  const auto id = hub.subscribe(listening.to(ApplicationId("app-1")));
  hub.unsubscribe(id);
  hub.publish(event("late", ApplicationId("app-1")));
  EXPECT_TRUE(listening.names.empty());
  EXPECT_EQ(hub.subscribers(), 0U);
}

TEST(HubTest, WhoListensToADeviceAndItsApplicationHearsAnEventOnce) {
  Hub hub;
  Listening listening;
  auto subscription = listening.to(device("app-1", "dev-1"));
  subscription.subjects.emplace_back(ApplicationId("app-1"));
  subscription.subjects.emplace_back(ApplicationId("app-1"));
  const auto id = hub.subscribe(std::move(subscription));
  hub.publish(event("one", device("app-1", "dev-1")));
  EXPECT_EQ(listening.names, std::vector<std::string>{"one"});
  hub.unsubscribe(id);
  hub.publish(event("two", device("app-1", "dev-1")));
  hub.publish(event("two", ApplicationId("app-1")));
  EXPECT_EQ(listening.names, std::vector<std::string>{"one"});
}

TEST(HubTest, ListenersHearInTheOrderInWhichTheyCame) {
  Hub hub;
  std::vector<int> order;
  const auto noted = [&](int number, EventSubject subject) {
    hub.subscribe(
        {{std::move(subject)}, [&order, number](const EventPtr&) { order.push_back(number); }});
  };
  noted(1, ApplicationId("app-1"));
  noted(2, device("app-1", "dev-1"));
  noted(3, ApplicationId("app-1"));
  hub.publish(event("one", device("app-1", "dev-1")));
  EXPECT_EQ(order, (std::vector<int>{1, 2, 3}));
}

TEST(HubTest, AccountsHearOfThemselves) {
  Hub hub;
  Listening user;
  hub.subscribe(user.to(AccountId{AccountId::Kind::user, "ada"}));
  hub.publish(event("user", AccountId{AccountId::Kind::user, "ada"}));
  hub.publish(event("organization", AccountId{AccountId::Kind::organization, "ada"}));
  hub.publish(event("client", AccountId{AccountId::Kind::client, "ada"}));
  EXPECT_EQ(user.names, std::vector<std::string>{"user"});
}

TEST(HubTest, CountsWhatIsPublishedAndWhatFoundNoRoom) {
  Hub hub;
  std::vector<std::string> published;
  std::vector<std::string> dropped;
  hub.connect({.count_published = [&](std::string_view name) { published.emplace_back(name); },
               .count_dropped = [&](std::string_view name) { dropped.emplace_back(name); }});
  hub.publish(event("unheard", ApplicationId("app-1")));
  hub.dropped("late");
  EXPECT_EQ(published, std::vector<std::string>{"unheard"});
  EXPECT_EQ(dropped, std::vector<std::string>{"late"});
}

TEST(HubTest, AListenerMayUnsubscribeWhileItReceives) {
  Hub hub;
  SubscriptionId id;
  int received = 0;
  id = hub.subscribe({{ApplicationId("app-1")}, [&](const EventPtr&) {
                        ++received;
                        hub.unsubscribe(id);
                      }});
  hub.publish(event("one", ApplicationId("app-1")));
  hub.publish(event("two", ApplicationId("app-1")));
  EXPECT_EQ(received, 1);
}

}  // namespace
}  // namespace ff::events
