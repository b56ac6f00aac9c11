#include "net/address/address_block.hpp"

#include <gtest/gtest.h>

namespace ff::net {
namespace {

Endpoint at(std::string_view text) {
  return *Endpoint::parse(text);
}

struct Case {
  const char* block;
  const char* endpoint;
  bool contains;
};

TEST(AddressBlock, ContainsWhatItsPrefixSays) {
  const Case cases[] = {
      {"192.0.2.0/24", "192.0.2.255:1700", true},
      {"192.0.2.0/24", "192.0.3.0:1700", false},
      {"192.0.2.77/25", "192.0.2.127:1", true},
      {"192.0.2.77/25", "192.0.2.128:1", false},
      {"192.0.2.1", "192.0.2.1:9", true},
      {"192.0.2.1", "192.0.2.2:9", false},
      {"0.0.0.0/0", "203.0.113.9:9", true},
      {"0.0.0.0/0", "[2001:db8::1]:9", false},
      {"::/0", "[2001:db8::1]:9", true},
      {"::/0", "192.0.2.1:9", false},
      {"2001:db8::/33", "[2001:db8:7fff::1]:9", true},
      {"2001:db8::/33", "[2001:db8:8000::1]:9", false},
      // A socket for both families sees IPv4 addresses mapped.
      {"192.0.2.0/24", "[::ffff:192.0.2.5]:9", true},
  };
  for (const auto& row : cases) {
    const auto block = AddressBlock::parse(row.block);
    ASSERT_TRUE(block) << row.block;
    EXPECT_EQ(block->contains(at(row.endpoint)), row.contains) << row.block << " " << row.endpoint;
  }
}

TEST(AddressBlock, ReadsWhatItWrites) {
  for (const auto* text : {"192.0.2.0/24", "10.0.0.0/8", "2001:db8::/32", "::/0"}) {
    const auto block = AddressBlock::parse(text);
    ASSERT_TRUE(block) << text;
    EXPECT_EQ(block->to_string(), text);
  }
  EXPECT_EQ(AddressBlock::parse("192.0.2.1")->to_string(), "192.0.2.1/32");
}

TEST(AddressBlock, RefusesWhatIsNone) {
  for (const auto* text :
       {"", "/", "192.0.2.0/", "192.0.2.0/33", "192.0.2.0/-1", "192.0.2.0/2x", "example.com",
        "192.0.2.0:1700", "10.0.0/8", "2001:db8::/129", "192.0.2.0/24/24"})
    EXPECT_FALSE(AddressBlock::parse(text)) << text;
}

TEST(AddressRules, BlockBeforeTheyAllow) {
  const auto block = [](const char* text) { return *AddressBlock::parse(text); };
  EXPECT_TRUE(AddressRules{}.admit(at("192.0.2.1:1")));
  const AddressRules rules{{block("192.0.2.0/24")}, {block("192.0.2.128/25")}};
  EXPECT_TRUE(rules.admit(at("192.0.2.1:1")));
  EXPECT_FALSE(rules.admit(at("192.0.2.129:1")));
  EXPECT_FALSE(rules.admit(at("198.51.100.1:1")));
}

}  // namespace
}  // namespace ff::net
