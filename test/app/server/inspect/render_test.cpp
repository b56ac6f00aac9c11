#include "app/server/inspect/render.hpp"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

namespace ff::app {
namespace {

struct Row {
  const char* name;
  const char* json;
  const char* text;
};

const Row rows[] = {
    {"scalars", R"({"a":1,"b":true,"c":"x","d":null,"e":"timeout"})",
     "a: 1\nb: yes\nc: x\ne: timeout\n"},
    {"flat objects are a line", R"({"session":{"dev_addr":"260B1234","f_cnt":3,"x":null}})",
     "session: dev_addr=260B1234 f_cnt=3\n"},
    {"nested objects are indented", R"({"a":{"b":{"c":1},"d":2}})", "a:\n  b: c=1\n  d: 2\n"},
    {"lists", R"({"none":[],"some":["a","b"],"all":[{"x":1},{"x":2,"y":[]}]})",
     "none: none\nsome: a, b\nall:\n  - x=1\n  - x=2 y=none\n"},
    {"decisions are their sentences",
     R"({"decisions":[{"at":"T1","text":"dropped","reason":"r"},{"at":"T2","text":"no","times":3}]})",
     "decisions:\n  T1  dropped\n  T2  no (3 times)\n"},
    {"decimals", R"({"a":0.25,"b":1.0})", "a: 0.25\nb: 1\n"},
    {"times of decisions have milliseconds",
     R"({"d":[{"at":"2026-11-28T18:31:52.763162250Z","text":"x"}]})",
     "d:\n  2026-11-28T18:31:52.763Z  x\n"},
    {"a decision alone", R"({"refused":{"at":"T","text":"forged","reason":"mic"}})",
     "refused:\n  T  forged\n"},
    {"what is no object is nothing", R"([1,2])", ""},
};

TEST(Render, IsForPeople) {
  for (const auto& row : rows) {
    SCOPED_TRACE(row.name);
    EXPECT_EQ(render(boost::json::parse(row.json)), row.text);
  }
}

TEST(Render, LongLinesAreBroken) {
  boost::json::object members;
  for (int i = 0; i < 30; ++i) members["member_" + std::to_string(i)] = i;
  const auto text = render(boost::json::object{{"all", std::move(members)}});
  std::size_t start = 0;
  std::size_t lines = 0;
  for (auto end = text.find('\n'); end != std::string::npos; end = text.find('\n', start)) {
    EXPECT_LE(end - start, 100U);
    start = end + 1;
    ++lines;
  }
  EXPECT_GT(lines, 3U);
  EXPECT_NE(text.find("member_29=29"), std::string::npos);
}

TEST(RoamingCsv, HasARowForEachRecord) {
  const std::string header = "net_id,role,direction,day,frames,bytes,airtime_ms,refused\r\n";
  const auto document = boost::json::parse(
      R"({"roaming":{"records":[{"net_id":"000013","role":"accepted","direction":"up",)"
      R"("day":"2026-11-28","frames":3,"bytes":60,"airtime_ms":150,"refused":1},7]}})");
  EXPECT_EQ(roaming_csv(document), header + "000013,accepted,up,2026-11-28,3,60,150,1\r\n");
  EXPECT_EQ(roaming_csv(document, "2026-11-28"), roaming_csv(document));
  EXPECT_EQ(roaming_csv(document, "2026-11-29"), header);
  EXPECT_EQ(roaming_csv(boost::json::parse(R"({"roaming":null})")), header);
}

}  // namespace
}  // namespace ff::app
