// A mail as a mail program gets it: two parts that say the same, and nothing that somebody else has
// slipped in.
#include "app/server/process/mail.hpp"

#include <gtest/gtest.h>

#include "protocol/base/base64.hpp"

namespace ff::app {
namespace {

const MailFrame frame{.sender_name = "Network",
                      .sender_address = "noreply@example.com",
                      .network_name = "Net & Sons",
                      .account_url = "https://example.com/oauth",
                      .console_url = "https://example.com/console"};

std::string message(api::Mail mail, const MailFrame& of = frame) {
  return mail_message(mail, of,
                      {.now = UtcTime(std::chrono::seconds{1'767'323'045}), .id = "01ID"});
}

/// Of the part with this type, as it is on the wire.
std::string part(const std::string& message, const std::string& type) {
  const auto begin = message.find("Content-Type: " + type);
  const auto body = message.find("\r\n\r\n", begin) + 4;
  return message.substr(body, message.find("\r\n--=_01ID", body) - body);
}

TEST(MailMessage, HasTheTextTwice) {
  const auto text =
      message({.to = "me@example.com", .subject = "Hello", .text = "Dear me,\n\nbye."});
  EXPECT_EQ(text.substr(0, text.find("\r\n\r\n")),
            "From: \"Network\" <noreply@example.com>\r\nTo: me@example.com\r\nSubject: Hello\r\n"
            "Date: Fri, 02 Jan 2026 03:04:05 +0000\r\nMessage-ID: <01ID@example.com>\r\n"
            "Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n"
            "Content-Type: multipart/alternative; boundary=\"=_01ID\"");
  EXPECT_EQ(part(text, "text/plain"), "Dear me,\r\n\r\nbye.\r\n\r\n-- \r\nNet & Sons\r\n");
  const auto html = part(text, "text/html");
  EXPECT_NE(html.find("<p>Dear me,<br>\r\n</p>\r\n<p>bye.<br>\r\n</p>"), std::string::npos) << html;
  EXPECT_NE(html.find("Net &amp; Sons"), std::string::npos);
  EXPECT_LT(text.find("text/plain"), text.find("text/html")) << "the best comes last";
  EXPECT_TRUE(text.ends_with("--=_01ID--\r\n"));
}

TEST(MailMessage, WhatPeopleWroteIsNoMarkup) {
  const auto html = part(message({.to = "me@example.com",
                                  .subject = "s",
                                  .text = "<script>alert('x')</script> & \"more\"\n"
                                          "https://example.com/?a=\"><b>&c='d'"}),
                         "text/html");
  EXPECT_NE(html.find("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; &amp; &quot;more&quot;"),
            std::string::npos)
      << html;
  EXPECT_NE(html.find("<a href=\"https://example.com/?a=&quot;&gt;&lt;b&gt;&amp;c=&#39;d&#39;\">"),
            std::string::npos)
      << html;
}

TEST(MailMessage, OnlyAddressesOfTheWebAreLinks) {
  const auto html = part(message({.to = "me@example.com",
                                  .subject = "s",
                                  .text = "javascript:alert(1)\nsee https://example.com\n"
                                          "account:/validate?token=t\nconsole:/a"}),
                         "text/html");
  std::size_t links = 0;
  for (auto at = html.find("<a "); at != std::string::npos; at = html.find("<a ", at + 1)) ++links;
  EXPECT_EQ(links, 2U) << html;
  EXPECT_NE(html.find("href=\"https://example.com/oauth/validate?token=t\""), std::string::npos);
  EXPECT_NE(html.find("href=\"https://example.com/console/a\""), std::string::npos);
}

TEST(MailMessage, NobodyAddsHeaders) {
  auto evil = frame;
  evil.sender_name = "Net\r\nBcc: all@example.com";
  const auto text = message({.to = "me@example.com\r\nBcc: you@example.com",
                             .subject = "Hi\r\nBcc: them@example.com\r\n\r\nbody",
                             .text = "t"},
                            evil);
  EXPECT_EQ(text.find("\r\nBcc:"), std::string::npos) << text;
}

TEST(MailMessage, WhatIsNotAsciiIsEncodedInHeaders) {
  const auto text = message({.to = "me@example.com", .subject = "Grüße", .text = "Grüße"});
  EXPECT_NE(text.find("Subject: =?UTF-8?B?R3LDvMOfZQ==?=\r\n"), std::string::npos) << text;
  EXPECT_EQ(part(text, "text/plain").substr(0, 7), "Grüße");
}

TEST(MailMessage, LinesThatNoServerWouldPassArePacked) {
  const std::string line(998, 'x');
  const auto whole = message({.to = "me@example.com", .subject = "s", .text = line});
  EXPECT_NE(whole.find(line), std::string::npos);
  const auto packed = message({.to = "me@example.com", .subject = "s", .text = line + "x"});
  EXPECT_EQ(packed.find(line), std::string::npos);
  std::size_t longest = 0;
  std::string base64;
  for (std::size_t at = 0; at < packed.size();) {
    const auto end = packed.find("\r\n", at);
    longest = std::max(longest, end - at);
    at = end + 2;
  }
  EXPECT_LE(longest, 998U);
  for (const char c : part(packed, "text/plain")) {
    if (c != '\r' && c != '\n') base64.push_back(c);
  }
  const auto text = base64_decode(base64);
  ASSERT_TRUE(text);
  EXPECT_EQ(as_text(*text), line + "x\r\n\r\n-- \r\nNet & Sons\r\n");
}

}  // namespace
}  // namespace ff::app
