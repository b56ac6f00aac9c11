// The grammar of JSON (RFC 8259), text by text, whatever message they are for.
#include "protocol/api_json/reader.hpp"

#include <gtest/gtest.h>

#include "protocol/api_json/api_json.hpp"

namespace ff::api_json {
namespace {

using namespace std::string_view_literals;

/// Whether `text` is one value and nothing else.
Status whole(std::string_view text) {
  Reader reader(text);
  FF_CHECK(reader.skip());
  return reader.end();
}

constexpr std::string_view documents[] = {
    "{}",
    "[]",
    " \t\r\n{ } ",
    "null",
    "true",
    "false",
    "0",
    "-0",
    "-0.0e-0",
    "1E+2",
    "123456789012345678901234567890",
    "1e400",
    "\"\"",
    R"("\"\\\/\b\f\n\r\t\u0000\uABCD\uabcd")",
    "\"\x7f\"",
    R"([1,"a",null,true,{},[]])",
    R"({"a":1,"a":2,"":3})",
    "[[[]],{\"a\":[{}]}]",
    "{\"a\" : [ 1 , 2 ] }",
};

TEST(Reader, TakesWhatTheGrammarHas) {
  for (const auto text : documents) {
    const auto status = whole(text);
    EXPECT_TRUE(status) << text << ": " << status.error().to_string();
  }
}

constexpr std::string_view nonsense[] = {
    "",
    " ",
    // Structure.
    "{",
    "}",
    "[",
    "]",
    "[}",
    "{]",
    "[1",
    "[1,",
    "[1,]",
    "[,1]",
    "[,]",
    "[1 2]",
    "[1,,2]",
    "[]]",
    "{}}",
    "[] []",
    "{\"a\"}",
    "{\"a\":}",
    "{\"a\":1,}",
    "{\"a\":1 \"b\":2}",
    "{\"a\":1,,\"b\":2}",
    "{,\"a\":1}",
    "{\"a\" 1}",
    "{\"a\",1}",
    "{\"a\"::1}",
    "{a:1}",
    "{1:1}",
    "{null:1}",
    "{'a':1}",
    "[\"a\":1]",
    "{\"a\":1]",
    "[1}",
    // Words.
    "nul",
    "nullx",
    "True",
    "tru",
    "truee",
    "undefined",
    "NaN",
    "Infinity",
    "-Infinity",
    // Numbers.
    "01",
    "-01",
    "00",
    "+1",
    ".5",
    "-.5",
    "1.",
    "-",
    "--1",
    "1.e1",
    "1e",
    "1e+",
    "1e1.5",
    "0x10",
    "1_000",
    "1 000",
    "1a",
    // Strings.
    "\"",
    "\"a",
    "\"\\",
    "\"\\\"",
    "\"\\u",
    "\"\\u12\"",
    "\"\\u123",
    "\"\\u12G4\"",
    "\"\\U0041\"",
    "\"\\x41\"",
    "\"\\'\"",
    "\"\\a\"",
    "\"\\v\"",
    "\"\\0\"",
    "\"a\nb\"",
    "\"a\tb\"",
    "\"\x1f\"",
    "'a'",
    // What is no JSON, though some read it.
    "/**/1",
    "1 //",
    "#\n1",
    "\xef\xbb\xbf{}",
    "\xc2\xa0{}",
    "\f1",
    "\v1",
};

TEST(Reader, RefusesWhatItHasNot) {
  for (const auto text : nonsense) {
    const auto status = whole(text);
    ASSERT_FALSE(status) << text;
    EXPECT_TRUE(status.error().is(invalid_json)) << text;
  }
}

TEST(Reader, RefusesOctetsOfZero) {
  for (const auto text : {"\0"sv, "{}\0"sv, "\0{}"sv, "\"a\0b\""sv, "\"\\\0\""sv, "[1,\0]"sv,
                          "1\0"sv, "tru\0"sv, "{\"a\":\0}"sv})
    EXPECT_FALSE(whole(text)) << text.size();
}

struct StringRow {
  std::string_view json;
  std::string_view text;
};

constexpr StringRow strings[] = {
    {R"("\u0041\u00e9\u20ac")", "A\u00e9\u20ac"},
    {R"("\u0000")", "\0"sv},
    {R"("\u007f\u0080\u07ff\u0800\uffff")", "\x7f\u0080\u07ff\u0800\uffff"},
    // Pairs of surrogates.
    {R"("\ud800\udc00")", "\U00010000"},
    {R"("\udbff\udfff")", "\U0010ffff"},
    {R"("\uD83D\uDE00x")", "\U0001f600x"},
    // Half of one stands for nothing, wherever it is.
    {R"("\ud800")", "\ufffd"},
    {R"("\udc00")", "\ufffd"},
    {R"("\ud800x")", "\ufffdx"},
    {R"("\ud800\n")", "\ufffd\n"},
    {R"("\ud800\u0041")", "\ufffdA"},
    {R"("\ud800\ud800")", "\ufffd\ufffd"},
    {R"("\ud800\ud83d\ude00")", "\ufffd\U0001f600"},
    {R"("\udc00\ud800")", "\ufffd\ufffd"},
    {R"("\ud800\udc00\udc00")", "\U00010000\ufffd"},
    // What escapes stand for, and characters that need none.
    {R"("\/\\\"")", "/\\\""},
    {R"("\b\f\n\r\t")", "\b\f\n\r\t"},
    {"\"\u00e9\u20ac\U0001f600\"", "\u00e9\u20ac\U0001f600"},
    {"  \"a\"", "a"},
};

TEST(Reader, UnderstandsStrings) {
  for (const auto& [json, text] : strings) {
    Reader reader(json);
    const auto read = reader.string();
    ASSERT_TRUE(read) << json;
    EXPECT_EQ(*read, text) << json;
    EXPECT_TRUE(reader.end());
  }
}

TEST(Reader, RefusesWhatIsNoUtf8InAStringAndInAKey) {
  for (const auto bytes :
       {"\x80"sv, "\xbf"sv, "\xc0\x80"sv, "\xc1\xbf"sv, "\xc3"sv, "\xe0\x9f\xbf"sv, "\xe6\xbc"sv,
        "\xed\xa0\x80"sv, "\xed\xbf\xbf"sv, "\xf0\x8f\xbf\xbf"sv, "\xf0\x9f\x98"sv,
        "\xf4\x90\x80\x80"sv, "\xf5\x80\x80\x80"sv, "\xfe"sv, "\xff"sv}) {
    const std::string text(bytes);
    EXPECT_FALSE(whole("\"" + text + "\""));
    EXPECT_FALSE(whole("\"a" + text + "b\""));
    EXPECT_FALSE(whole("\"" + text + "\\n\""));
    EXPECT_FALSE(whole("{\"" + text + "\":1}"));
  }
}

TEST(Reader, AnErrorSaysWhereItIs) {
  constexpr struct {
    std::string_view text;
    std::int64_t offset;
  } rows[] = {{"", 0}, {"{\"a\":x}", 5}, {"{\"a\":1 x}", 7}, {"[1,]", 3}, {"{} x", 3}, {"[1;", 2}};
  for (const auto& [text, offset] : rows) {
    const auto status = whole(text);
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().attributes().at(0), Attribute("offset", offset)) << text;
  }
}

TEST(Reader, PeeksAtTheKindWithoutTakingIt) {
  constexpr struct {
    std::string_view text;
    Reader::Kind kind;
  } rows[] = {
      {"{}", Reader::Kind::object},    {" [", Reader::Kind::array},  {"\"", Reader::Kind::string},
      {"-", Reader::Kind::number},     {"9", Reader::Kind::number},  {"t", Reader::Kind::boolean},
      {"\n f", Reader::Kind::boolean}, {"n", Reader::Kind::null},    {"", Reader::Kind::invalid},
      {"]", Reader::Kind::invalid},    {"+", Reader::Kind::invalid}, {"N", Reader::Kind::invalid}};
  for (const auto& [text, kind] : rows) {
    Reader reader(text);
    EXPECT_EQ(reader.peek(), kind) << text;
    EXPECT_EQ(reader.peek(), kind) << text;
  }
}

std::string nested(int levels, std::string_view open, std::string_view close) {
  std::string text;
  for (int i = 0; i < levels; ++i) text += open;
  text += "1";
  for (int i = 0; i < levels; ++i) text += close;
  return text;
}

TEST(Reader, NestsAsDeepAsItMayAndNoDeeper) {
  for (const auto& [open, close] : {std::pair("[", "]"), std::pair("{\"a\":", "}"),
                                    std::pair("[0,", ",0]"), std::pair("[[],", ",{}]")}) {
    const int inner = std::string_view(open).size() > 3 && open[1] == '[' ? 1 : 0;
    EXPECT_TRUE(whole(nested(max_depth - inner, open, close))) << open;
    EXPECT_FALSE(whole(nested(max_depth + 1, open, close))) << open;
  }
}

TEST(Reader, WhatWasClosedDoesNotCount) {
  std::string text = "[";
  for (int i = 0; i < 10 * max_depth; ++i) text += "[[]],{\"a\":[]},";
  EXPECT_TRUE(whole(text + "0]"));
}

}  // namespace
}  // namespace ff::api_json
