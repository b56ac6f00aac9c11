// What is no message's fault; how a message arrives is test/e2e/mail_test.py's.
#include "net/smtp/sender.hpp"

#include <gtest/gtest.h>

#include <boost/asio/ip/tcp.hpp>
#include <future>

namespace ff::net::smtp {
namespace {

/// Nobody listens on port 1.
SenderOptions nowhere() {
  return {.address = "127.0.0.1:1",
          .timeout = std::chrono::seconds{5},
          .attempts = 1,
          .retry_after = std::chrono::milliseconds{1}};
}

TEST(EnvelopeAddress, HasNothingThatWouldEndIt) {
  for (const char* good : {"ada@example.org", "a+b.c@mail.example.org", "x@y"})
    EXPECT_TRUE(is_envelope_address(good)) << good;
  for (const char* bad :
       {"", "@", "a@", "@b", "ada", "a b@c", "a@b\r\nRCPT TO:<c@d>", "a>@b", "<a@b", "a@b,c@d",
        "a@b;c", "\"a\"@b", "a\\@b", "\xC3\xA4@b", "a@b\n", "a@b\x7f"})
    EXPECT_FALSE(is_envelope_address(bad)) << bad;
  EXPECT_FALSE(is_envelope_address(std::string(300, 'a') + "@b"));
}

TEST(SmtpSender, AMessageThatCanNotBeSentIsGivenUpAndCounted) {
  std::promise<std::string> given_up;
  auto sender = make_smtp_sender(
      nowhere(), [&](const Error& error) { given_up.set_value(std::string(error.name())); });
  ASSERT_TRUE(sender);
  EXPECT_TRUE((*sender)->send({"a@example.org", "b@example.org", "Subject: x\r\n\r\nx\r\n"}));
  EXPECT_EQ(given_up.get_future().get(), "failed");
  EXPECT_EQ((*sender)->counters().failed, 1U);
  EXPECT_EQ((*sender)->counters().sent, 0U);
}

TEST(SmtpSender, AnAddressThatIsNoneIsNotTried) {
  std::promise<std::string> given_up;
  auto sender =
      make_smtp_sender(nowhere(), [&](const Error& error) { given_up.set_value(error.message()); });
  ASSERT_TRUE(sender);
  EXPECT_TRUE((*sender)->send({"a@example.org", "b@c>\r\nDATA", "x"}));
  EXPECT_EQ(given_up.get_future().get(), "SMTP: no address");
}

TEST(SmtpSender, WhatWaitsIsBounded) {
  auto options = nowhere();
  options.waiting_max = 0;
  auto sender = make_smtp_sender(options, nullptr);
  ASSERT_TRUE(sender);
  EXPECT_FALSE((*sender)->send({"a@example.org", "b@example.org", "x"}));
  EXPECT_EQ((*sender)->counters().dropped, 1U);
}

/// A stop would wait for the server otherwise.
TEST(SmtpSender, ASilentServerIsNotWaitedForAtTheEnd) {
  boost::asio::io_context io;
  boost::asio::ip::tcp::acceptor silent(io, {boost::asio::ip::make_address("127.0.0.1"), 0});
  auto options = nowhere();
  options.address = "127.0.0.1:" + std::to_string(silent.local_endpoint().port());
  options.timeout = std::chrono::hours{1};
  auto sender = make_smtp_sender(options, nullptr);
  ASSERT_TRUE(sender);
  ASSERT_TRUE((*sender)->send({"a@example.org", "b@example.org", "x"}));
  const auto connection = silent.accept();
  sender->reset();
}

}  // namespace
}  // namespace ff::net::smtp
