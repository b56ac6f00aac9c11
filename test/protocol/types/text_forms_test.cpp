// Numbers that are written as hex digits, and ids: both ways, for many values.
#include <gtest/gtest.h>

#include "protocol/base/random.hpp"
#include "protocol/types/identifiers.hpp"

namespace ff {
namespace {

template <class Id, class Parse>
void expect_hex(std::size_t digits, Parse parse) {
  auto random = make_seeded_random(digits);
  const auto mask = digits == 16 ? UINT64_MAX : (std::uint64_t{1} << 4 * digits) - 1;
  for (int i = 0; i < 300; ++i) {
    const auto value = i == 0 ? 0 : i == 1 ? mask : random->next() & mask;
    const Id id{static_cast<typename Id::Value>(value)};
    const auto text = to_string(id);
    ASSERT_EQ(text.size(), digits);
    EXPECT_EQ(text.find_first_not_of("0123456789ABCDEF"), text.npos) << text;
    EXPECT_EQ(parse(text), id);
    auto lower = text;
    for (auto& c : lower) c = static_cast<char>(std::tolower(c));
    EXPECT_EQ(parse(lower), id) << "either case is read";
    EXPECT_FALSE(parse(text + "0"));
    EXPECT_FALSE(parse(text.substr(1)));
    auto broken = text;
    broken[random->below(digits)] = 'g';
    EXPECT_FALSE(parse(broken));
  }
  EXPECT_FALSE(parse(""));
}

TEST(HexForms, OfEveryKindOfNumberComeBack) {
  expect_hex<DevEui>(16, parse_dev_eui);
  expect_hex<JoinEui>(16, parse_join_eui);
  expect_hex<GatewayEui>(16, parse_gateway_eui);
  expect_hex<DevAddr>(8, parse_dev_addr);
  expect_hex<NetId>(6, parse_net_id);
}

TEST(TextIds, OfEveryKindNameTheirField) {
  struct Row {
    Status (*parse)(std::string_view);
    const char* field;
  };
  const Row rows[] = {{[](std::string_view text) -> Status {
                         FF_TRY(const auto id, parse_application_id(text));
                         EXPECT_EQ(id.text(), text);
                         return {};
                       },
                       "application_id"},
                      {[](std::string_view text) -> Status {
                         FF_TRY(const auto id, parse_device_id(text));
                         EXPECT_EQ(id.text(), text);
                         return {};
                       },
                       "device_id"},
                      {[](std::string_view text) -> Status {
                         FF_TRY(const auto id, parse_gateway_id(text));
                         EXPECT_EQ(id.text(), text);
                         return {};
                       },
                       "gateway_id"}};
  for (const auto& row : rows) {
    EXPECT_TRUE(row.parse("abc-1"));
    const auto refused = row.parse("Abc");
    ASSERT_FALSE(refused);
    EXPECT_TRUE(refused.error().is(invalid_id));
    EXPECT_EQ(refused.error().attributes().at(0), Attribute("field", row.field));
  }
}

/// The pattern of the API, over every text of three characters of a small alphabet.
TEST(TextIds, AreExactlyThoseOfThePattern) {
  constexpr std::string_view alphabet = "a0-A_";
  for (const char a : alphabet) {
    for (const char b : alphabet) {
      for (const char c : alphabet) {
        const std::string text{a, b, c};
        const auto plain = [](char one) { return one == 'a' || one == '0'; };
        EXPECT_EQ(is_valid_id(text), plain(a) && plain(b) && plain(c)) << text;
        // Dashes do not count: there are three others at least, and a dash between two of them.
        for (const char d : alphabet) {
          const bool dash =
              plain(a) && plain(d) && ((b == '-' && plain(c)) || (c == '-' && plain(b)));
          const bool none = plain(a) && plain(b) && plain(c) && plain(d);
          EXPECT_EQ(is_valid_id(text + d), none || dash) << text << d;
        }
      }
    }
  }
  EXPECT_TRUE(is_valid_id(std::string(36, 'a')));
  EXPECT_FALSE(is_valid_id(std::string(37, 'a')));
  EXPECT_FALSE(is_valid_id("ab"));
  EXPECT_FALSE(is_valid_id("a--b"));
  EXPECT_EQ(to_string(DeviceUid{ApplicationId("app"), DeviceId("dev")}), "app.dev");
}

/// A prefix holds the addresses that begin as it does, and the ranges of two NetIDs never meet.
TEST(DevAddrPrefixes, OfNetIdsHoldTheirOwnAddressesAlone) {
  auto random = make_seeded_random(3);
  for (std::uint32_t type = 0; type < 8; ++type) {
    const NetId net_id{type << 21 | static_cast<std::uint32_t>(random->below(1U << 21))};
    const auto prefix = prefix_of(net_id);
    const auto free_bits = 32U - prefix.length;
    for (int i = 0; i < 200; ++i) {
      const auto inside =
          prefix.dev_addr.value() | static_cast<std::uint32_t>(random->below(1ULL << free_bits));
      EXPECT_TRUE(prefix.contains(DevAddr{inside}));
      const auto flipped = inside ^ 1U << (free_bits + random->below(prefix.length));
      EXPECT_FALSE(prefix.contains(DevAddr{flipped}));
    }
  }
  EXPECT_TRUE((DevAddrPrefix{DevAddr{}, 0}.contains(DevAddr{0xFFFFFFFF})));
  EXPECT_TRUE((DevAddrPrefix{DevAddr{5}, 32}.contains(DevAddr{5})));
  EXPECT_FALSE((DevAddrPrefix{DevAddr{5}, 32}.contains(DevAddr{4})));
}

}  // namespace
}  // namespace ff
