// Answers that come as requests of their own, in virtual time.
#include "app/interop/late_answers.hpp"

#include <gtest/gtest.h>

#include "net/runtime/manual_loop.hpp"
#include "test/app/interop/fake_http_client.hpp"

namespace ff::interop {
namespace {

namespace bi = backend_interfaces;
using net::http_client::ClientAnswer;
using net::http_client::ClientRequest;

constexpr Duration timeout = std::chrono::seconds{2};

bi::Header question_header(std::uint32_t transaction) {
  return {.version = bi::Version::v1_0,
          .transaction_id = transaction,
          .type = bi::MessageType::home_ns_req,
          .sender_id = "000013",
          .receiver_id = "70B3D57ED0000000"};
}

class LateAnswersTest : public ::testing::Test {
 protected:
  /// What comes of it, when it comes.
  std::shared_ptr<std::optional<Result<ClientAnswer>>> ask(std::uint32_t transaction,
                                                           std::optional<Duration> left = {}) {
    ClientRequest request;
    request.timeout = left;
    const auto json =
        bi::encode({question_header(transaction), bi::HomeNsReq{DevEui{transaction}}});
    request.body = std::make_shared<const Bytes>(to_owned(as_bytes(json)));
    auto out = std::make_shared<std::optional<Result<ClientAnswer>>>();
    client->send(std::move(request),
                 [out](Result<ClientAnswer> answer) { out->emplace(std::move(answer)); });
    loop.run_ready();
    return out;
  }
  void respond(std::size_t sent, Result<ClientAnswer> answer) {
    http.sent.at(sent).then(std::move(answer));
    loop.run_ready();
  }
  bool take(const bi::Header& header, const std::string& json = "{}") {
    bool waited = false;
    late.take(header, json, [&](bool is_expected) { waited = is_expected; });
    loop.run_ready();
    return waited;
  }

  net::ManualLoop loop;
  test::FakeHttpClient http;
  LateAnswers late{loop, 2};
  std::unique_ptr<net::http_client::HttpClient> client = late.client_of(http, timeout);
};

TEST_F(LateAnswersTest, TheMessageThatComesLaterIsTheAnswer) {
  const auto answer = ask(7);
  ASSERT_EQ(http.sent.size(), 1U);
  respond(0, ClientAnswer{200, "", true, {}});
  EXPECT_FALSE(*answer) << "it has been heard, and no more";
  EXPECT_TRUE(take(bi::answer_header(question_header(7)), R"({"a":1})"));
  ASSERT_TRUE(*answer && **answer);
  EXPECT_EQ((**answer)->status, 200);
  EXPECT_EQ((**answer)->body, R"({"a":1})");
  EXPECT_FALSE(take(bi::answer_header(question_header(7)))) << "it has been answered";
}

TEST_F(LateAnswersTest, AQuestionMayHaveLessTime) {
  const auto answer = ask(7, std::chrono::milliseconds{500});
  loop.advance(std::chrono::milliseconds{499});
  EXPECT_FALSE(*answer);
  loop.advance(std::chrono::milliseconds{1});
  ASSERT_TRUE(*answer);
  EXPECT_TRUE((*answer)->error().is(net::http_client::timed_out));
}

TEST_F(LateAnswersTest, MayOvertakeTheResponse) {
  const auto answer = ask(7);
  EXPECT_TRUE(take(bi::answer_header(question_header(7))));
  ASSERT_TRUE(*answer && **answer);
  respond(0, ClientAnswer{200, "", true, {}});
  EXPECT_EQ((**answer)->body, "{}");
}

TEST_F(LateAnswersTest, OnlyOfTheOneThatWasAskedAndToThatQuestion) {
  const auto answer = ask(7);
  auto other = bi::answer_header(question_header(8));
  EXPECT_FALSE(take(other)) << "another transaction";
  other = bi::answer_header(question_header(7));
  other.sender_id = "000042";
  EXPECT_FALSE(take(other)) << "another network";
  other = bi::answer_header(question_header(7));
  other.receiver_id = "as-1";
  EXPECT_FALSE(take(other)) << "to another component of ours";
  other = bi::answer_header(question_header(7));
  other.type = bi::MessageType::join_ans;
  EXPECT_FALSE(take(other)) << "of another kind";
  EXPECT_FALSE(*answer);
}

TEST_F(LateAnswersTest, ANetworkMayAnswerInItsResponseAllTheSame) {
  const auto answer = ask(7);
  respond(0, ClientAnswer{200, R"({"b":2})", true, {}});
  ASSERT_TRUE(*answer && **answer);
  EXPECT_EQ((**answer)->body, R"({"b":2})");
}

TEST_F(LateAnswersTest, ErrorsOfHttpAreTheAnswer) {
  const auto refused = ask(7);
  respond(0, ClientAnswer{503, "", true, {}});
  ASSERT_TRUE(*refused && **refused);
  EXPECT_EQ((**refused)->status, 503);
  const auto lost = ask(8);
  respond(1, fail(net::http_client::host_not_found));
  ASSERT_TRUE(*lost);
  EXPECT_TRUE((**lost).error().is(net::http_client::host_not_found));
}

TEST_F(LateAnswersTest, EndsWhenNothingComesInTime) {
  const auto first = ask(7);
  respond(0, ClientAnswer{202, "", true, {}});
  loop.advance(timeout / 2);
  const auto second = ask(8);
  loop.advance(timeout / 2);
  ASSERT_TRUE(*first);
  EXPECT_TRUE((**first).error().is(net::http_client::timed_out));
  EXPECT_FALSE(*second);
  loop.advance(timeout / 2);
  ASSERT_TRUE(*second);
  EXPECT_FALSE(take(bi::answer_header(question_header(7)))) << "too late";
}

TEST_F(LateAnswersTest, WaitsForSoManyAndNoMore) {
  ask(1);
  ask(2);
  const auto third = ask(3);
  ASSERT_TRUE(*third);
  EXPECT_TRUE((**third).error().is(net::http_client::overloaded));
  EXPECT_EQ(http.sent.size(), 2U) << "and it is not sent";
}

TEST(LateAnswers, WhatStillWaitsEndsWithThem) {
  net::ManualLoop loop;
  test::FakeHttpClient http;
  std::optional<Result<ClientAnswer>> answer;
  {
    LateAnswers late(loop, 2);
    const auto client = late.client_of(http, timeout);
    ClientRequest request;
    const auto json = bi::encode({question_header(1), bi::HomeNsReq{DevEui{1}}});
    request.body = std::make_shared<const Bytes>(to_owned(as_bytes(json)));
    client->send(std::move(request), [&](Result<ClientAnswer> got) { answer = std::move(got); });
    loop.run_ready();
  }
  ASSERT_TRUE(answer);
  EXPECT_TRUE(answer->error().is(net::http_client::stopped));
}

}  // namespace
}  // namespace ff::interop
