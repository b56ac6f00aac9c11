#include "actors/gateway_server/memory/record.hpp"

#include <gtest/gtest.h>

#include "protocol/base/hex.hpp"
#include "test/actors/gateway_server/memory/sample.hpp"

namespace ff::gateway_server {
namespace {

void expect_same(const GatewayMemory& a, const GatewayMemory& b) {
  EXPECT_EQ(a.emissions, b.emissions);
  EXPECT_EQ(a.stored_at, b.stored_at);
  EXPECT_EQ(a.counter, b.counter);
  EXPECT_EQ(a.stats.connected_at, b.stats.connected_at);
  EXPECT_EQ(a.stats.disconnected_at, b.stats.disconnected_at);
  EXPECT_EQ(a.stats.protocol, b.stats.protocol);
  EXPECT_EQ(a.stats.remote_address, b.stats.remote_address);
  EXPECT_EQ(a.stats.last_status_received_at, b.stats.last_status_received_at);
  EXPECT_EQ(a.stats.last_status, b.stats.last_status);
  EXPECT_EQ(a.stats.last_uplink_received_at, b.stats.last_uplink_received_at);
  EXPECT_EQ(a.stats.uplink_count, b.stats.uplink_count);
  EXPECT_EQ(a.stats.last_downlink_received_at, b.stats.last_downlink_received_at);
  EXPECT_EQ(a.stats.downlink_count, b.stats.downlink_count);
  EXPECT_EQ(a.stats.last_tx_acknowledgment_received_at, b.stats.last_tx_acknowledgment_received_at);
  EXPECT_EQ(a.stats.tx_acknowledgment_count, b.stats.tx_acknowledgment_count);
  EXPECT_EQ(a.stats.round_trip_times, b.stats.round_trip_times);
  ASSERT_EQ(a.stats.sub_bands.size(), b.stats.sub_bands.size());
  for (std::size_t i = 0; i < a.stats.sub_bands.size(); ++i) {
    EXPECT_EQ(a.stats.sub_bands[i].limit, b.stats.sub_bands[i].limit);
    EXPECT_EQ(a.stats.sub_bands[i].utilization, b.stats.sub_bands[i].utilization);
  }
}

TEST(GatewayMemoryRecord, ReadsWhatItWrote) {
  auto gone = test::full_memory();
  gone.stats.connected_at.reset();
  gone.stats.disconnected_at = UtcTime{std::chrono::seconds{5}};
  for (const auto& memory : {GatewayMemory{}, test::full_memory(), gone}) {
    const auto read = decode_gateway_memory(encode_gateway_memory(memory));
    ASSERT_TRUE(read) << read.error().to_string();
    expect_same(*read, memory);
  }
}

/// ON-DISK.
TEST(GatewayMemoryRecord, HasThisForm) {
  GatewayMemory memory;
  memory.stats.uplink_count = 5;
  memory.emissions = {{UtcTime{Duration{3}}, Duration{4}, Frequency::hz(6)}};
  memory.stored_at = UtcTime{Duration{7}};
  EXPECT_EQ(hex_lower(ByteView(encode_gateway_memory(memory))), "01400592010608061008180698010e");
  memory.counter = CounterSample{1, UtcTime{Duration{2}}};
  EXPECT_EQ(hex_lower(ByteView(encode_gateway_memory(memory))),
            "01400592010608061008180698010ea2010408011004");
  EXPECT_EQ(hex_lower(ByteView(gateway_memory_key(GatewayId{"gtw-1"}))), "176774772d310001");
}

TEST(GatewayMemoryRecord, IsTotalOnAnyBytes) {
  auto row = encode_gateway_memory(test::full_memory());
  for (std::size_t i = 0; i < row.size(); ++i) {
    ignore(decode_gateway_memory(ByteView(row).first(i)), "must not crash");
    row[i] ^= 0x55;
    ignore(decode_gateway_memory(row), "must not crash");
    row[i] ^= 0x55;
  }
}

}  // namespace
}  // namespace ff::gateway_server
