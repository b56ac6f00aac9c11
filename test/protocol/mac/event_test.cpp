#include "protocol/mac/event.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <string>

namespace ff::mac {
namespace {

TEST(EventNames, AreThoseOfTheReferenceTable) {
  std::ifstream file(FF_GOLDEN_DIR "/events/ns_mac.tsv");
  std::set<std::string> expected;
  std::string line;
  std::getline(file, line);  // header
  while (std::getline(file, line)) expected.insert(line.substr(0, line.find('\t')));
  std::set<std::string> names;
  for (std::size_t i = 0; i < event_name_count; ++i) {
    names.emplace(to_string(static_cast<EventName>(i)));
  }
  EXPECT_EQ(names, expected);
  EXPECT_EQ(names.size(), event_name_count);
}

TEST(EventNames, SpellOut) {
  EXPECT_EQ(to_string(EventName::link_adr_request), "ns.mac.link_adr.request");
  EXPECT_EQ(to_string(EventName::class_switch_b), "ns.class.switch.b");
  EXPECT_EQ(to_string(EventName::command_unanswered), "ns.mac.command.unanswered");
  EXPECT_EQ(to_string(static_cast<EventName>(event_name_count)), "");
}

}  // namespace
}  // namespace ff::mac
