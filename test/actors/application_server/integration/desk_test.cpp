#include "actors/application_server/integration/desk.hpp"

#include <gtest/gtest.h>

namespace ff::application_server::integration {
namespace {

constexpr MonoTime now{std::chrono::hours{1}};

Item item(const std::string& device, Origin origin = Origin::live) {
  return {.origin = origin,
          .message = std::make_shared<const OutboxMessage>(
              OutboxMessage{UpKind::uplink, DeviceId(device), {}, {1, 2, 3}})};
}
SendToken token(std::uint64_t number) {
  return SendToken{number};
}

TEST(Desk, GivesOneMessageOfADeviceAtATime) {
  Desk desk;
  desk.add(token(1), item("dev-a"));
  desk.add(token(2), item("dev-a"));
  desk.add(token(3), item("dev-b"));
  EXPECT_EQ(desk.take(now, false), token(1));
  EXPECT_EQ(desk.take(now, false), token(3));
  EXPECT_EQ(desk.take(now, false), std::nullopt);
  EXPECT_EQ(desk.tokens_under_way(), (std::vector{token(1), token(3)}));
  desk.remove(token(1));
  EXPECT_EQ(desk.take(now, false), token(2));
}

TEST(Desk, APostponedMessageHoldsUpItsDeviceUntilItIsDue) {
  Desk desk;
  desk.add(token(1), item("dev-a"));
  desk.add(token(2), item("dev-a"));
  ASSERT_EQ(desk.take(now, false), token(1));
  const auto due = now + std::chrono::seconds{1};
  desk.postpone(token(1), due);
  EXPECT_EQ(desk.next_due(), due);
  EXPECT_EQ(desk.take(now, false), std::nullopt);
  EXPECT_EQ(desk.take(due, false), token(1));
  desk.postpone(token(1), due + std::chrono::hours{1});
  EXPECT_EQ(desk.take(due, true), token(1));
}

TEST(Desk, OriginsDoNotWaitForEachOther) {
  Desk desk;
  desk.add(token(1), item("dev-a"));
  desk.add(token(2), item("dev-a", Origin::replay));
  EXPECT_EQ(desk.take(now, false), token(1));
  EXPECT_EQ(desk.take(now, false), token(2));
  EXPECT_EQ(desk.held(Origin::replay), 1U);
  EXPECT_EQ(desk.bytes(), 6U);
  desk.add(token(3), item("dev-b", Origin::replay));
  desk.remove_waiting(Origin::replay);
  EXPECT_EQ(desk.size(), 2U);
  desk.remove(token(9));
  EXPECT_EQ(desk.size(), 2U);
}

}  // namespace
}  // namespace ff::application_server::integration
