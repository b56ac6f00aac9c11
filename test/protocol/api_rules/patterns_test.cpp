// Every pattern and format of messages.tsv: texts that keep it and texts that break it.
// [spec api-conventions §5, rule 3; identity-server §7 for identifiers]
#include "test/protocol/api_rules/rule_rows.hpp"

namespace ff::api_rules::test {
namespace {

struct PatternRow {
  const char* pattern;
  std::vector<std::string> kept;
  std::vector<std::string> broken;
};

const std::string host =
    R"((?:(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9\-]*[a-zA-Z0-9])\.)*(?:[A-Za-z0-9]|[A-Za-z0-9][A-Za-z0-9\-]*[A-Za-z0-9])(?::[0-9]{1,5})?$|^$)";

const std::vector<std::string> ids = {"abc", "a-b-c", "0-00", "a1b2", "abc-def-0"};
const std::vector<std::string> no_ids = {"a",        "ab",  "a-b",  "-abc", "abc-", "a--b",
                                         "Abc",      "a_b", "a.b",  " abc", "abc ", "abc\n",
                                         "\u00e9bc", "a b", "abc/", "a-b-", "ABC"};
std::vector<std::string> with(std::vector<std::string> list, std::vector<std::string> more) {
  list.insert(list.end(), more.begin(), more.end());
  return list;
}

const std::vector<PatternRow>& patterns() {
  static const std::string host_pattern = "^" + host;
  static const std::string url_pattern = "^([a-z]{2,5}://)?" + host;
  static const std::vector<PatternRow> rows = {
      {"^[a-z0-9](?:[-]?[a-z0-9]){2,}$", ids, with(no_ids, {""})},
      {"^[a-z0-9](?:[-]?[a-z0-9]){2,}$|^$", with(ids, {""}), no_ids},
      {"^$|^[a-z0-9](?:[-]?[a-z0-9]){2,}$", with(ids, {""}), no_ids},
      {"^([a-z0-9](?:[-]?[a-z0-9]){2,}|)?$", with(ids, {""}), no_ids},
      {"^[a-z0-9](?:[-]?[a-z0-9]){1,}$", with(ids, {"ab", "a-1"}), {"", "a", "-a", "a-", "A1"}},
      {"^[a-z0-9](?:[_-]?[a-z0-9]){2,}$",
       with(ids, {"a_bc"}),
       {"", "ab", "a_b", "a__b", "a_-b", "_ab"}},
      {"^[a-z0-9](?:[-._]?[a-z0-9]){2,}$|^$",
       with(ids, {"", "a.bc", "a_b.c"}),
       {"ab", "a..b", "a.-b", ".ab", "ab.", "A.b"}},
      {"^[a-zA-Z0-9]{1,32}$", {"a", "Z9", std::string(32, 'x')}, {"", "a-b", std::string(33, 'x')}},
      {"^[A-Z0-9]{1,32}$",
       {"A", "Z9", std::string(32, 'X')},
       {"", "a", "A-B", std::string(33, 'X')}},
      {"^[0-9]{15}$",
       {"490154203237518"},
       {"", "49015420323751", "4901542032375181", "49015420323751x"}},
      {"[0-9A-F]{6}", {"26A0FF", "000000"}, {"", "26A0F", "26a0ff", "26A0FG"}},
      {"^(?:\\.[a-z0-9]{1,16}){1,2}$",
       {".tar", ".tar.gz"},
       {"", "tar", ".", ".a.b.c", ".TAR", "." + std::string(17, 'a')}},
      {"^[\\w]*$", {"", "a_B9"}, {"a-b", "a b", "\u00e9"}},
      {"^[\\w+=,.@:\\/-]*$", {"", "a+b=c,d.e@f:g/h-i"}, {"a b", "a;b"}},
      {"^[A-Za-z][A-Za-z0-9\\-]*$", {"a", "A-9"}, {"", "9a", "-a", "a_b"}},
      {"^https", {"https://a", "https"}, {"", "http://a", " https://a"}},
      {"^arn:aws:iam::[0-9]{12}:role\\/[A-Za-z0-9_+=,.@-]+$",
       {"arn:aws:iam::123456789012:role/a-b"},
       {"", "arn:aws:iam::12345678901:role/a", "arn:aws:iam::123456789012:role/",
        "arn:aws:iam::123456789012:role/a/b", "arn:aws:iam::123456789012:user/a"}},
      {host_pattern.c_str(),
       {"", "a", "a.b", "a-b.c", "EXAMPLE.com", "a:1", "a:65535", "127.0.0.1:1700"},
       {"-a", "a-", "a..b", ".a", "a.", "a:", "a:123456", "a b", "a/b", "http://a", "a_b",
        "[::1]:80", "a:1:2"}},
      {url_pattern.c_str(),
       {"", "a:1", "mqtt://a", "mqtts://a.b:8883", "tcp://a"},
       {"m://a", "abcdef://a", "MQTT://a", "mqtt:/a", "mqtt://", "mqtt://a/b"}},
      {"^((([a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9\\-]*[a-zA-Z0-9])\\.)*([A-Za-z0-9]|[A-Za-z0-9][A-Za-"
       "z0-"
       "9\\-]*[A-Za-z0-9])|)$",
       {"", "a", "a.b", "a-b.c"},
       {"-a", "a-", "a..b", "a:1", "a b"}},
      {"^$|^(([a-z0-9-]+\\/)+)?([a-z0-9_-]+\\.)+(png|svg)$",
       {"", "a.png", "a/b-c/d_e.svg", "a.b.png"},
       {"a.jpg", "png", ".png", "/a.png", "../a.png", "a//b.png", "A.png", "a.pngx", "a.png\n"}},
      {"^$|^(([a-z0-9-]+\\/)+)?([a-z0-9_-]+\\.)+(png|jpg|jpeg)$",
       {"", "a.jpg", "a/b.jpeg", "a.png"},
       {"a.svg", "a.gif", "../a.png", "/a.jpg", "a.jpg/"}},
      {"^(?:https?:\\/\\/(?:www\\.)?youtu(?:be\\.com\\/watch\\?v=|\\.be\\/"
       ")(?:[\\w\\-_]*)(?:&(amp;)?[\\w\\?=]*)?)$|"
       "^(?:https?:\\/\\/(?:www\\.)?vimeo\\.com\\/(?:channels\\/(?:\\w+\\/)?|groups\\/([^\\/]*)\\/"
       "videos\\/|)(?:\\d+)(?:"
       "|\\/\\?))$",
       {"https://www.youtube.com/watch?v=a-b_c", "https://youtu.be/abc", "http://vimeo.com/123",
        "https://vimeo.com/channels/x/123"},
       {"", "ftp://youtu.be/abc", "https://youtube.com/abc", "https://vimeo.com/abc",
        "javascript:https://youtu.be/abc", "https://youtu.be/a b"}},
  };
  return rows;
}

bool does_not_match(const RuleRow& row, const std::string& key, const std::string& text) {
  return judge_text(row, key, text).starts_with("value does not match regex pattern");
}

TEST(Patterns, AreKeptAndBroken) {
  for (const auto& [row, key] : rows_with("pattern")) {
    const std::string pattern(row.rule(key)->as_string());
    const auto samples = std::ranges::find_if(
        patterns(), [&](const PatternRow& sample) { return sample.pattern == pattern; });
    ASSERT_NE(samples, patterns().end()) << row.text() << ": no texts for " << pattern;
    for (const auto& text : samples->kept)
      EXPECT_FALSE(does_not_match(row, key, text)) << row.text() << ": `" << text << "`";
    for (const auto& text : samples->broken) {
      const auto why = judge_text(row, key, text);
      const bool passed_over = text.empty() && ignores_empty(row, key);
      EXPECT_EQ(why.empty(), passed_over) << row.text() << ": `" << text << "`";
    }
  }
}

struct FormatRow {
  const char* name;
  std::vector<std::string> kept;
  std::vector<std::string> broken;  ///< Beside the empty text.
};

const FormatRow formats[] = {
    {"email",
     {"a@b", "a@b.c", "a+b@c-d.example", "\u00e9@example.com", std::string(64, 'a') + "@b.c"},
     {"a", "@b", "a@", "a@b@c", ".a@b", "a.@b", "a..b@c", "a b@c", "a@b c", "a@-b", "a@b-",
      "a@b..c", "a@b\n", "a@[1.2.3.4]", std::string(65, 'a') + "@b.c",
      "a@" + std::string(64, 'b') + ".c", "Name <a@b.c>"}},
    {"uri",
     {"https://a", "a+b-c.d:x", "https://a/%41?b#c", "mqtt://a:1883", "HTTPS://A"},
     {"a", "/a", "//a", ":a", "1a:b", "a_b:c", "https://a/%4", "https://a/%4g", "https://a\x7f",
      "https://a\t", "\nhttps://a"}},
    {"uri_ref",
     {"a", "/a", "//a/b", "?a", "#a", "https://a", "a/b:c"},
     {"a b:c/\x01", "%", "%a", "1:a", "_a:b"}},
    {"uuid",
     {"123e4567-e89b-12d3-a456-426614174000", "123E4567-E89B-12D3-A456-426614174000",
      "00000000-0000-0000-0000-000000000000"},
     {"123e4567e89b12d3a456426614174000", "123e4567-e89b-12d3-a456-42661417400",
      "123e4567-e89b-12d3-a456-4266141740000", "123e4567-e89b-12d3-a456_426614174000",
      "{123e4567-e89b-12d3-a456-426614174000}", "123e4567-e89b-12d3-a456-42661417400g"}},
    {"ipv4",
     {"0.0.0.0", "255.255.255.255", "10.1.2.3"},
     {"256.0.0.1", "1.2.3", "1.2.3.4.5", "1.2.3.4 ", "::1", "1.2.3.-4", "a.b.c.d", "1.2.3.4/8",
      std::string("1.2.3.4\0", 8)}},
    {"ip",
     {"10.1.2.3", "::", "::1", "2001:db8::1", "::ffff:1.2.3.4"},
     {"::g", "1::2::3", "12345::", "[::1]", "fe80::1%eth0", ":::", "1.2.3", "::1 "}},
};

TEST(Formats, AreKeptAndBroken) {
  for (const auto& [name, kept, broken] : formats) {
    for (const auto& [row, key] : rows_with(name)) {
      for (const auto& text : kept)
        EXPECT_FALSE(judge_text(row, key, text).starts_with("value must be")) << row.text() << text;
      for (const auto& text : broken)
        EXPECT_NE(judge_text(row, key, text), "") << row.text() << ": `" << text << "`";
      const bool empty_is_kept = ignores_empty(row, key) || std::string(name) == "uri_ref";
      EXPECT_EQ(judge_text(row, key, "").empty(), empty_is_kept) << row.text();
    }
  }
}

}  // namespace
}  // namespace ff::api_rules::test
