// Markup and the views made of it.
#include "app/api/account/html.hpp"

#include <gtest/gtest.h>

#include "app/api/account/views.hpp"

namespace ff::api::account {
namespace {

constexpr const char* evil = "\"><script>alert('x')</script>&";

TEST(HtmlTemplate, EscapesTextsAndTakesMarkupAsItIs) {
  const auto html = HtmlTemplate("<p title=\"{a}\">{b}{c}</p>")
                        .fill({{"a", std::string("\"x\"")},
                               {"b", std::string("<b>&'")},
                               {"c", HtmlTemplate("<i>i</i>").fill()}});
  EXPECT_EQ(html.markup(), "<p title=\"&quot;x&quot;\">&lt;b&gt;&amp;&#39;<i>i</i></p>");
}

TEST(HtmlTemplate, LeavesOtherBracesAlone) {
  EXPECT_EQ(HtmlTemplate("a { b } {} {A}").fill().markup(), "a { b } {} {A}");
}

TEST(EscapeHtml, LeavesControlCharactersOut) {
  EXPECT_EQ(escape_html(std::string("a\0b\x01\r\nc", 7)), "ab\nc");
}

TEST(SafeLink, IsOfThisServerOrTheWeb) {
  EXPECT_EQ(safe_link("/oauth/login?n=1"), "/oauth/login?n=1");
  EXPECT_EQ(safe_link("https://example.org/"), "https://example.org/");
  for (const char* bad : {"javascript:alert(1)", "//evil.org", "data:text/html,x", "/a\"b", "/a b",
                          "/\\evil.org", "", "oauth"})
    EXPECT_EQ(safe_link(bad), "#") << bad;
}

TEST(Views, WhatUsersWriteIsTextEverywhere) {
  const Note note{evil, false};
  const std::vector<std::string> rights{"RIGHT_ALL", evil};
  const Page pages[] = {
      login_page({evil, evil, evil, note, true, evil, evil}),
      register_page({evil, evil, evil, evil, evil, true, evil, note, evil}),
      forgot_page({evil, evil, note, evil}),
      reset_page({evil, evil, evil, evil, note, evil}),
      confirm_page({evil, evil, evil, evil, evil, {{evil, evil}}}),
      message_page({evil, evil, note, evil, evil}),
      consent_page({evil, evil, evil, evil, evil, false, rights, evil, evil}),
      code_page(evil),
      home_page({evil, evil, evil, false, true, evil, evil, evil}),
      profile_page({evil, evil, evil, evil, evil, false, note, evil}),
      password_page({evil, evil, evil, true, note, evil}),
      sessions_page({evil, {{evil, evil, false}}, 5, note, evil}),
      authorizations_page({evil, {{evil, evil, rights}}, 5, note, evil}),
      tokens_page({evil, evil, {{evil, evil, evil}}, 5, note, evil}),
  };
  const Frame frame{evil, evil, evil, evil, evil, evil, evil, evil, evil, evil, evil};
  for (const auto& page : pages) {
    const auto text = document(frame, page, {evil, evil});
    EXPECT_EQ(text.find("<script"), std::string::npos) << text;
  }
}

TEST(Document, HasTheOperatorsLooksAndLinks) {
  Frame frame{.site_name = "Net",
              .title = "Account",
              .mount = "/oauth",
              .console_url = "",
              .style_version = "1",
              .sub_title = "of the North",
              .description = "Accounts of \"Net\"",
              .theme_color = "#123456",
              .icon_url = "https://cdn.example.org/net/oauth-favicon.ico",
              .documentation_url = "https://docs.example.org",
              .status_page_url = "https://status.example.org"};
  const auto text = document(frame, code_page("X"), {});
  for (const char* part :
       {R"(<meta name="description" content="Accounts of &quot;Net&quot;">)",
        R"(<meta name="theme-color" content="#123456">)",
        R"(<link rel="icon" href="https://cdn.example.org/net/oauth-favicon.ico">)",
        R"(<footer>Net of the North)", R"(<a href="https://docs.example.org">Documentation</a>)",
        R"(<a href="https://status.example.org">Status</a>)"})
    EXPECT_NE(text.find(part), std::string::npos) << part << "\n" << text;
  const auto plain =
      document({"Net", "Account", "/oauth", "", "1", "", "", "", "", "", ""}, code_page("X"), {});
  for (const char* part : {"description", "theme-color", "rel=\"icon\"", "Documentation", "Status"})
    EXPECT_EQ(plain.find(part), std::string::npos) << part;
}

TEST(RightText, IsForPeople) {
  EXPECT_EQ(right_text("RIGHT_ALL"), "Everything that you may do yourself");
  EXPECT_EQ(right_text("RIGHT_APPLICATION_DEVICES_READ"), "Application: devices read");
  EXPECT_EQ(right_text("RIGHT_SEND_INVITES"), "Send: invites");
  EXPECT_EQ(right_text(""), "");
}

}  // namespace
}  // namespace ff::api::account
