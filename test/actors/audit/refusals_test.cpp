#include "actors/audit/refusals.hpp"

#include <gtest/gtest.h>

namespace ff::audit {
namespace {

using namespace std::chrono_literals;

constexpr Instant start{UtcTime(std::chrono::seconds{1'800'000'000}), MonoTime(1h)};

Instant after(Duration passed) {
  return {start.utc + passed, start.mono + passed};
}

Record of_ada(std::string entity = "application:a") {
  Record record;
  record.method = "ttn.lorawan.v3.ApplicationRegistry/Delete";
  record.account = "user:ada";
  record.credential = Credential::api_key;
  record.credential_id = "KEY";
  record.remote_address = "192.0.2.7";
  record.request_id = "R";
  record.request = R"({"a":1})";
  record.entities = {std::move(entity)};
  record.outcome = "pkg/auth/rights:no_application_rights";
  return record;
}

Record of_stranger(std::string address) {
  Record record;
  record.method = "ttn.lorawan.v3.UserRegistry/UpdatePassword";
  record.remote_address = std::move(address);
  record.outcome = "pkg/identityserver:old_password";
  return record;
}

TEST(Refusals, TheFirstOfACallerHaveRecordsOfTheirOwnAndTheOthersOneTogether) {
  Refusals refusals({.whole_max = 2, .interval = 5min});
  EXPECT_FALSE(refusals.counts(of_ada(), start));
  EXPECT_FALSE(refusals.counts(of_ada(), start));
  for (int i = 0; i < 100; ++i)
    EXPECT_TRUE(refusals.counts(of_ada("application:" + std::to_string(i % 3)), after(1min)));
  EXPECT_TRUE(refusals.due(after(5min - 1s).mono).empty());
  const auto due = refusals.due(after(5min).mono);
  ASSERT_EQ(due.size(), 1U);
  auto expected = of_ada();
  expected.request.clear();
  expected.request_id.clear();
  expected.entities = {"application:0", "application:1", "application:2"};
  expected.begun = after(1min).utc;
  expected.calls = 100;
  EXPECT_EQ(due[0], expected);
  EXPECT_TRUE(refusals.due(after(1h).mono).empty()) << "it is told once";
  EXPECT_FALSE(refusals.counts(of_ada(), after(1h))) << "another interval";
}

TEST(Refusals, ASingleCallIsShownWholeAndOneThatHasItsRecordIsNotShownAgain) {
  Refusals refusals({.whole_max = 1});
  EXPECT_FALSE(refusals.counts(of_ada("application:a"), start));
  EXPECT_TRUE(refusals.counts(of_ada("application:b"), start));
  auto bob = of_ada();
  bob.account = "user:bob";
  EXPECT_FALSE(refusals.counts(bob, start));
  const auto due = refusals.due(after(1h).mono);
  ASSERT_EQ(due.size(), 1U);
  auto expected = of_ada("application:b");
  expected.begun = start.utc;
  expected.calls = 1;
  EXPECT_EQ(due[0], expected);
}

TEST(Refusals, CallersMethodsAndOutcomesAreCountedApart) {
  Refusals refusals({.whole_max = 1});
  auto other = of_ada();
  EXPECT_FALSE(refusals.counts(other, start));
  other.method = "A/B";
  EXPECT_FALSE(refusals.counts(other, start));
  other.outcome = "a:b";
  EXPECT_FALSE(refusals.counts(other, start));
  other.account = "user:bob";
  EXPECT_FALSE(refusals.counts(other, start));
  other.account.clear();
  EXPECT_FALSE(refusals.counts(other, start)) << "the key of an entity";
  other.remote_address = "192.0.2.8";
  EXPECT_TRUE(refusals.counts(other, start)) << "a caller we know is one wherever he calls from";
}

TEST(Refusals, StrangersAreTheirNetworks) {
  Refusals refusals({.whole_max = 4});
  EXPECT_FALSE(refusals.counts(of_stranger("2001:db8:1:2::1"), start));
  EXPECT_TRUE(refusals.counts(of_stranger("2001:db8:1:2::2"), start));
  EXPECT_FALSE(refusals.counts(of_stranger("2001:db8:1:3::1"), start));
  const auto due = refusals.due(after(1h).mono);
  ASSERT_EQ(due.size(), 1U);
  EXPECT_EQ(due[0].remote_address, "2001:db8:1:2::2");
}

TEST(Refusals, GuessesAtALoginAreCountedForEachAccount) {
  Refusals refusals({});
  auto guess = of_stranger("192.0.2.1");
  guess.account = "user:ada";
  EXPECT_FALSE(refusals.counts(guess, start));
  EXPECT_TRUE(refusals.counts(guess, start));
  guess.account = "user:bob";
  EXPECT_FALSE(refusals.counts(guess, start));
  guess.remote_address = "192.0.2.2";
  EXPECT_FALSE(refusals.counts(guess, start));
}

TEST(Refusals, MoreCallersThanThereIsRoomForAreCountedTogether) {
  Refusals refusals({.entries_max = 3});
  std::size_t whole = 0;
  for (int i = 0; i < 200; ++i)
    whole += refusals.counts(of_stranger("192.0.2." + std::to_string(i)), start) ? 0U : 1U;
  EXPECT_EQ(whole, 3U);
  EXPECT_TRUE(refusals.counts(of_stranger("192.0.2.0"), start)) << "who is known stays known";
  std::map<std::string, std::uint64_t> calls;
  for (const auto& record : refusals.due(after(1h).mono))
    calls[record.remote_address] = record.calls;
  EXPECT_EQ(calls, (std::map<std::string, std::uint64_t>{{"", 197}, {"192.0.2.0", 1}}));
}

TEST(Refusals, ARecordOfManyNamesSomeEntities) {
  Refusals refusals({.whole_max = 0, .entities_max = 2});
  for (int i = 0; i < 5; ++i)
    EXPECT_TRUE(refusals.counts(of_ada("application:" + std::to_string(i)), start));
  const auto due = refusals.due(after(1h).mono);
  ASSERT_EQ(due.size(), 1U);
  EXPECT_EQ(due[0].entities.size(), 2U);
  EXPECT_EQ(due[0].calls, 5U);
}

}  // namespace
}  // namespace ff::audit
