// Small numbers of the MAC layer against the vectors of test/golden/lorawan/conversions.json.
#include <gtest/gtest.h>

#include "protocol/mac/adr_ack.hpp"
#include "protocol/mac/command/codec.hpp"
#include "protocol/mac/quantities.hpp"
#include "test/support/lorawan_vectors.hpp"

namespace ff::mac {
namespace {

using ff::test::bytes_at;
using ff::test::integer_at;
using ff::test::Vector;

void check_eirp(const Vector& row) {
  if (row.kind == "eirp_decode") {
    if (row.expected.as_object().contains("error")) {
      EXPECT_GE(integer_at(row.input, "index"), eirp_dbm.size()) << "no such row";
      return;
    }
    EXPECT_EQ(eirp_dbm.at(integer_at(row.input, "index")), integer_at(row.expected, "eirp_dbm"));
    return;
  }
  const auto index = eirp_index(row.input.at("eirp_dbm").to_number<float>());
  EXPECT_EQ(index.value(), integer_at(row.expected, "index"));
  EXPECT_EQ(eirp_dbm.at(index.value()), integer_at(row.expected, "eirp_dbm"));
}

/// Limit and delay are powers of two alike.
void check_adr_ack(const Vector& row) {
  if (row.kind.ends_with("_decode")) {
    const AdrAckExponent exponent{static_cast<std::uint8_t>(integer_at(row.input, "exponent"))};
    EXPECT_EQ(uplinks_of(exponent), integer_at(row.expected, "value"));
    return;
  }
  const auto exponent =
      adr_ack_exponent(static_cast<std::uint32_t>(integer_at(row.input, "value")));
  EXPECT_EQ(exponent.value(), integer_at(row.expected, "exponent"));
  EXPECT_EQ(uplinks_of(exponent), integer_at(row.expected, "value"));
}

/// As a command has it.
void check_frequency(const Vector& row) {
  const WireFormat format{static_cast<std::uint32_t>(integer_at(row.input, "unit_hz"))};
  const BeaconFreqReq request{Frequency::hz(integer_at(row.input, "frequency_hz"))};
  Bytes octets;
  ASSERT_TRUE(encode(request, format, octets));
  EXPECT_EQ(Bytes(octets.begin() + 1, octets.end()), bytes_at(row.expected, "octets"));
  EXPECT_EQ(decode(octets, Direction::downlink, format).commands, std::vector<Command>{request});
}

TEST(ConversionVectors, EveryRow) {
  std::size_t seen = 0;
  for (const auto& row : ff::test::lorawan_vectors("conversions")) {
    SCOPED_TRACE(row.id);
    ++seen;
    if (row.kind == "eirp_decode" || row.kind == "eirp_encode") {
      check_eirp(row);
    } else if (row.kind == "adr_ack_limit_decode" || row.kind == "adr_ack_limit_encode" ||
               row.kind == "adr_ack_delay_decode" || row.kind == "adr_ack_delay_encode") {
      check_adr_ack(row);
    } else if (row.kind == "frequency") {
      check_frequency(row);
    } else {
      ADD_FAILURE() << "nothing runs " << row.kind;
    }
  }
  EXPECT_EQ(seen, 125U);
}

}  // namespace
}  // namespace ff::mac
