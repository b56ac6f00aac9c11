#include "config/schema/type.hpp"

#include <gtest/gtest.h>

namespace ff::config {
namespace {

using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::nanoseconds;
using std::chrono::seconds;

struct DurationRow {
  std::string_view text;
  std::optional<Duration> value;
  std::string_view canonical;
};

const DurationRow duration_rows[] = {
    {"0", Duration{0}, "0s"},
    {"0s", Duration{0}, "0s"},
    {"1ns", nanoseconds{1}, "1ns"},
    {"1500us", microseconds{1500}, "1500us"},
    {"200ms", milliseconds{200}, "200ms"},
    {"1.5s", milliseconds{1500}, "1.5s"},
    {"90s", seconds{90}, "1m30s"},
    {"1m30s", seconds{90}, "1m30s"},
    {"1h0m0s", hours{1}, "1h"},
    {"1h30m", minutes{90}, "1h30m"},
    {"0.5h", minutes{30}, "30m"},
    {"24h", hours{24}, "24h"},
    {"", {}, ""},
    {"1", {}, ""},
    {"s", {}, ""},
    {"-1s", {}, ""},
    {"1s ", {}, ""},
    {"1.2.3s", {}, ""},
    {"1e3s", {}, ""},
    {"1d", {}, ""},
    {"9999999999999h", {}, ""},
    {"2000000h2000000h", {}, ""},
    {"800000h800000h800000h800000h", {}, ""},
};

TEST(Duration, IsReadAsTheReferenceWritesIt) {
  for (const auto& row : duration_rows) {
    const auto value = parse_duration(row.text);
    EXPECT_EQ(value, row.value) << row.text;
    if (value) {
      EXPECT_EQ(duration_text(*value), row.canonical) << row.text;
    }
  }
}

TEST(Duration, WrittenAndReadIsTheSame) {
  for (std::int64_t n = 1; n < std::int64_t{4} * 3600 * 1'000'000'000; n = n * 3 + 1) {
    const Duration value{n};
    EXPECT_EQ(parse_duration(duration_text(value)), value) << duration_text(value);
  }
}

TEST(Duration, BoundsAreInclusive) {
  const auto type = duration(milliseconds{10}, seconds{1});
  EXPECT_FALSE(type.read("9ms"));
  EXPECT_TRUE(type.read("10ms"));
  EXPECT_TRUE(type.read("1s"));
  EXPECT_FALSE(type.read("1001ms"));
  EXPECT_EQ(type.allowed, "a duration such as 1m30s or 200ms, from 10ms to 1s");
}

TEST(Size, HasBinaryUnits) {
  EXPECT_EQ(parse_size("64MiB"), std::size_t{64} << 20U);
  EXPECT_EQ(parse_size("512"), 512U);
  EXPECT_EQ(size_text(std::size_t{3} << 30U), "3GiB");
  EXPECT_EQ(size_text(1000), "1000");
  EXPECT_EQ(size_text(0), "0");
  for (const auto* text : {"", "MiB", "1MB", "-1", "1.5MiB", "99999999999GiB"})
    EXPECT_FALSE(parse_size(text)) << text;
}

TEST(Count, RefusesWhatIsNotAWholeNumberInBounds) {
  const auto type = count<std::uint8_t>(1, 15);
  EXPECT_EQ(type.read("15"), 15);
  for (const auto* text : {"", "0", "16", "256", "1.0", "+1", " 1", "0x1"})
    EXPECT_FALSE(type.read(text)) << text;
}

TEST(Number, RefusesInfinityAndExponents) {
  const auto type = number(0, 1);
  EXPECT_EQ(type.read("0.25"), 0.25);
  EXPECT_EQ(type.write(0.1), "0.1");
  for (const auto* text : {"", "inf", "nan", "1e-3", "1.01", "-0.1"})
    EXPECT_FALSE(type.read(text)) << text;
}

TEST(PowerOfTwo, RefusesOthers) {
  const auto type = power_of_two(32768);
  EXPECT_EQ(type.read("1"), 1U);
  EXPECT_EQ(type.read("32768"), 32768U);
  for (const auto* text : {"0", "3", "65536", ""}) EXPECT_FALSE(type.read(text)) << text;
}

TEST(ListenAddress, TakesAddressesAndNoNames) {
  const auto type = listen_address();
  for (const auto* text : {"", ":1885", ":0", "0.0.0.0:80", "127.0.0.1:1885", "[::]:1885",
                           "[fe80::1%2]:1", "localhost:1885"}) {
    EXPECT_TRUE(type.read(text)) << text;
  }
  for (const auto* text :
       {"1885", ":", ":65536", ":http", "example.com:80", "::1:80", "[]:1", "[::1]"}) {
    EXPECT_FALSE(type.read(text)) << text;
  }
}

TEST(ServerAddress, TakesNamesWithAPort) {
  const auto type = server_address();
  for (const auto* text : {"", "EU_863_870", "a-b.c"})
    EXPECT_EQ(name_or_nothing().read(text), text);
  for (const auto* text : {"a b", "a/b", "\n"}) EXPECT_FALSE(name_or_nothing().read(text)) << text;
  for (const auto* text : {"", "localhost:1885", "ns.example.com:80", "[::1]:1885", "10.0.0.1:1"})
    EXPECT_TRUE(type.read(text)) << text;
  for (const auto* text : {"localhost", ":1885", "host:0", "host:65536", "host:http",
                           "http://host:1885", "host:1885/inspect", "me@host:1"})
    EXPECT_FALSE(type.read(text)) << text;
}

TEST(Prefixes, AreHexAndLength) {
  EXPECT_EQ(dev_addr_prefix().read("26000000/7"), (DevAddrPrefix{DevAddr{0x26000000}, 7}));
  EXPECT_EQ(join_eui_prefix().read("70B3D57ED0000000/36"),
            (JoinEuiPrefix{JoinEui{0x70B3D57ED0000000}, 36}));
  for (const auto* text :
       {"", "26000000", "26000000/", "26000000/33", "2600000/7", "/7", "26000000/-1"}) {
    EXPECT_FALSE(dev_addr_prefix().read(text)) << text;
  }
  EXPECT_FALSE(join_eui_prefix().read("70B3D57ED0000000/65"));
}

TEST(UdpListener, IsAnAddressAndPerhapsAPlan) {
  EXPECT_EQ(udp_listener().read(":1700="), (UdpListener{":1700", ""}));
  EXPECT_EQ(udp_listener().read(":1700"), (UdpListener{":1700", ""}));
  EXPECT_EQ(udp_listener().read("127.0.0.1:1700=EU_863_870"),
            (UdpListener{"127.0.0.1:1700", "EU_863_870"}));
  for (const auto* text : {"", "=EU_863_870", "1700=", ":1700=a=b"})
    EXPECT_FALSE(udp_listener().read(text)) << text;
}

TEST(ForwardEntry, KnowsThisClusterAndPacketBroker) {
  const ForwardEntry all{ForwardHost::cluster, DevAddrPrefix{}};
  EXPECT_EQ(forward_entry().read("=00000000/0"), all);
  EXPECT_EQ(forward_entry().read("cluster=00000000/0"), all);
  const auto broker = forward_entry().read("packetbroker=26000000/7");
  ASSERT_TRUE(broker);
  EXPECT_EQ(broker->host, ForwardHost::packetbroker);
  EXPECT_EQ(forward_entry().write(*broker), "packetbroker=26000000/7");
  EXPECT_EQ(forward_entry().write(all), "=00000000/0");
  for (const auto* text : {"00000000/0", "network=00000000/0", "Cluster=00000000/0", "packetbroker",
                           "packetbroker=", "packetbroker=26000000/33"})
    EXPECT_FALSE(forward_entry().read(text)) << text;
}

TEST(ApplicationDevAddrPrefixes, AreOneOrMore) {
  const auto type = application_dev_addr_prefixes();
  const ApplicationDevAddrPrefixes meters{"meters",
                                          {{DevAddr{0x26011000}, 20}, {DevAddr{0x26014000}, 20}}};
  EXPECT_EQ(type.read("meters=26011000/20+26014000/20"), meters);
  EXPECT_EQ(type.write(meters), "meters=26011000/20+26014000/20");
  for (const auto* text : {"", "meters", "meters=", "=26011000/20", "Meters=26011000/20",
                           "meters=26011000/33", "meters=26011000/20+", "meters=26011000/20 "})
    EXPECT_FALSE(type.read(text)) << text;
}

TEST(AdrException, NamesAnApplicationOrADevice) {
  const auto type = adr_exception();
  EXPECT_EQ(type.read("parking=two-way"), (AdrException{"parking", AdrAlgorithm::two_way}));
  EXPECT_EQ(type.read("meters.roof=reference"),
            (AdrException{"meters.roof", AdrAlgorithm::reference}));
  EXPECT_EQ(type.write({"meters.roof", AdrAlgorithm::two_way}), "meters.roof=two-way");
  for (const auto* text : {"", "=two-way", "parking", "parking=", "parking=fast", "Parking=two-way",
                           "meters.=two-way", "meters.roof.x=two-way", "parking=two-way=x"}) {
    EXPECT_FALSE(type.read(text)) << text;
  }
}

TEST(Kek, IsALabelAndAKeyThatIsNeverShown) {
  const auto type = kek();
  EXPECT_TRUE(type.secret);
  const std::string hex = "000102030405060708090a0b0c0d0e0f";
  const auto read = type.read("ns:000013:ns.example.com=" + hex);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->label, "ns:000013:ns.example.com");
  EXPECT_EQ(read->key.size(), 16U);
  EXPECT_EQ(type.write(*read), "ns:000013:ns.example.com=" + hex);
  EXPECT_EQ(type.read("device@2=" + hex + hex)->key.size(), 32U);
  const std::string wrong[] = {"", hex, "=" + hex, "a=", "a=" + hex + "00", "a b=" + hex};
  for (const auto& text : wrong) EXPECT_FALSE(type.read(text)) << text;
  EXPECT_TRUE(aes_key().secret);
  EXPECT_EQ(aes_key().read(hex)->size(), 16U);
  EXPECT_FALSE(aes_key().read("00"));
}

TEST(SenderClientCa, IsASenderAndAFile) {
  const auto type = sender_client_ca();
  const auto read = type.read("000013=/etc/ca.pem");
  ASSERT_TRUE(read);
  EXPECT_EQ(read->sender, "000013");
  EXPECT_EQ(type.write(*read), "000013=/etc/ca.pem");
  for (const auto* text : {"", "000013", "000013=", "=/etc/ca.pem"}) EXPECT_FALSE(type.read(text));
}

TEST(Optional, IsAbsentWhenEmpty) {
  const auto type = optional(count<std::uint8_t>(0, 15));
  const std::optional<std::uint8_t> absent;
  ASSERT_TRUE(type.read(""));
  EXPECT_EQ(*type.read(""), absent);
  EXPECT_EQ(type.write(absent), "");
  EXPECT_EQ(type.read("7"), std::optional<std::uint8_t>(7));
  EXPECT_FALSE(type.read("16"));
}

}  // namespace
}  // namespace ff::config
