// Labels, key files and generations where they are odd. [spec events-cluster-discovery §9]
#include <gtest/gtest.h>

#include <set>

#include "protocol/key_vault/key_vault.hpp"

namespace ff::key_vault {
namespace {

const std::string hex16 = "000102030405060708090A0B0C0D0E0F";

TEST(HostOf, IsTheHostOfEveryFormOfAnAddress) {
  constexpr std::pair<const char*, const char*> rows[] = {
      {"", ""},
      {"localhost", "localhost"},
      {"ns.example.com", "ns.example.com"},
      {"ns.example.com:8884", "ns.example.com"},
      {"https://ns.example.com", "ns.example.com"},
      {"https://ns.example.com:8884", "ns.example.com"},
      {"https://ns.example.com:8884/path:x", "ns.example.com"},
      {"https://ns.example.com/a/b", "ns.example.com"},
      {"ns.example.com/a:b", "ns.example.com"},
      {"10.0.0.1:80", "10.0.0.1"},
      {"[::1]:80", "::1"},
      {"[2001:db8::1]", "2001:db8::1"},
      {"https://[2001:db8::1]:443/x", "2001:db8::1"},
      {"2001:db8::1", "2001:db8::1"},
      {"[::1", "[::1"},
      {":80", ""},
      {"host:", "host"},
      {"https://", ""},
  };
  for (const auto& [address, host] : rows) EXPECT_EQ(host_of(address), host) << address;
}

TEST(ComponentLabel, LeavesOutWhatIsEmptyAndHasOneMeaningForAColon) {
  EXPECT_EQ(component_label("ns", "000013", "ns.example.com:8884"), "ns:000013:ns.example.com");
  EXPECT_EQ(component_label("ns", "", "ns.example.com"), "ns:ns.example.com");
  EXPECT_EQ(component_label("ns", "000013", ""), "ns:000013");
  EXPECT_EQ(component_label("as", "", ""), "as");
  EXPECT_EQ(component_label("as", "", "[2001:db8::1]:80"), "as:2001_db8__1");
  EXPECT_EQ(component_label("as", "a:b", ""), "as:a_b");
}

struct File {
  const char* name;
  std::string text;
  std::optional<std::size_t> keys;  ///< Nothing: refused.
};

TEST(ParseKeks, TakesLinesAndNothingElse) {
  const File files[] = {
      {"nothing", "", 0},
      {"empty lines", "\n\n  \n\t\r\n", 0},
      {"comments", "# a: b\n  # c\n", 0},
      {"one", "a: " + hex16, 1},
      {"one with an end", "a: " + hex16 + "\n", 1},
      {"carriage returns", "a: " + hex16 + "\r\nb: " + hex16 + "\r\n", 2},
      {"no space", "a:" + hex16, 1},
      {"quotes", "\"a\": '" + hex16 + "'", 1},
      {"a label with colons", "ns:000013:host: " + hex16, 1},
      {"a generation", "a: " + hex16 + "\na@2: " + hex16, 2},
      {"lower case", "a: 000102030405060708090a0b0c0d0e0f", 1},
      {"24 octets", "a: " + hex16 + "0011223344556677", 1},
      {"32 octets", "a: " + hex16 + hex16, 1},
      {"no colon", hex16, std::nullopt},
      {"no label", ": " + hex16, std::nullopt},
      {"no key", "a:", std::nullopt},
      {"15 octets", "a: " + hex16.substr(2), std::nullopt},
      {"17 octets", "a: " + hex16 + "00", std::nullopt},
      {"half an octet", "a: " + hex16 + "0", std::nullopt},
      {"no hex", "a: g" + hex16.substr(1), std::nullopt},
      {"the same twice", "a: " + hex16 + "\na: " + hex16, std::nullopt},
      {"a wrong one among good ones", "a: " + hex16 + "\nb\nc: " + hex16, std::nullopt},
      {"something behind it", "a: " + hex16 + " # key", std::nullopt},
  };
  for (const auto& [name, text, keys] : files) {
    const auto parsed = parse_keks(text);
    ASSERT_EQ(parsed.has_value(), keys.has_value()) << name;
    if (parsed) {
      EXPECT_EQ(parsed->size(), *keys) << name;
    } else {
      EXPECT_TRUE(parsed.error().is(malformed_keys)) << name;
      EXPECT_EQ(parsed.error().message().find(hex16.substr(4, 8)), std::string::npos) << name;
    }
  }
}

TEST(ParseKeks, CountsLinesAsPeopleDo) {
  const auto parsed = parse_keks("# one\n\na: " + hex16 + "\nwrong\n");
  ASSERT_FALSE(parsed);
  EXPECT_EQ(to_string(parsed.error().attributes().at(0).value), "4");
}

/// The newest label among some.
std::string newest(std::initializer_list<const char*> labels, const char* wanted) {
  Keks keks;
  for (const char* label : labels) keks.emplace(label, Bytes(16, 1));
  return std::string(KeyVault(std::move(keks)).newest(wanted));
}

TEST(Generations, AreNumbersFromTwoOnBehindTheLabel) {
  EXPECT_EQ(newest({"a"}, "a"), "a");
  EXPECT_EQ(newest({"a", "a@2"}, "a"), "a@2");
  EXPECT_EQ(newest({"a", "a@9", "a@10"}, "a"), "a@10");
  EXPECT_EQ(newest({"a@2"}, "a"), "a@2");
  EXPECT_EQ(newest({"a", "a@4294967295"}, "a"), "a@4294967295");
  // What is none.
  EXPECT_EQ(newest({"a", "a@1"}, "a"), "a");
  EXPECT_EQ(newest({"a", "a@0"}, "a"), "a");
  EXPECT_EQ(newest({"a", "a@-2"}, "a"), "a");
  EXPECT_EQ(newest({"a", "a@2x"}, "a"), "a");
  EXPECT_EQ(newest({"a", "a@"}, "a"), "a");
  EXPECT_EQ(newest({"a", "a@4294967296"}, "a"), "a");
  EXPECT_EQ(newest({"ab", "a-2", "b"}, "a"), "");
  EXPECT_EQ(newest({"a"}, ""), "");
  EXPECT_EQ(newest({}, "a"), "");
  // A label may be asked for with its generation.
  EXPECT_EQ(newest({"a", "a@2", "a@3"}, "a@2"), "a@2");
}

TEST(Generations, AKeyWrappedWithOneIsUnwrappedAfterEveryLaterOneCame) {
  const auto key = Aes128Key::from(Bytes(16, 0x42));
  Keks keks = {{"a", Bytes(16, 1)}};
  std::vector<KeyEnvelope> envelopes;
  for (int generation = 2; generation < 15; ++generation) {
    const KeyVault vault(keks);
    envelopes.push_back(*vault.wrap(key, "a"));
    for (const auto& envelope : envelopes) EXPECT_EQ(vault.unwrap(envelope).value(), key);
    keks.emplace("a@" + std::to_string(generation),
                 Bytes(16, static_cast<std::uint8_t>(generation)));
  }
  std::set<std::string> labels;
  for (const auto& envelope : envelopes) labels.insert(envelope.kek_label);
  EXPECT_EQ(labels.size(), envelopes.size());
}

}  // namespace
}  // namespace ff::key_vault
