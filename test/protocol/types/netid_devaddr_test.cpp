// NetIDs, device addresses and their prefixes against the vectors of
// test/golden/lorawan/netid_devaddr.json.
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <charconv>

#include "actors/join_server/config.hpp"
#include "protocol/types/identifiers.hpp"
#include "test/support/lorawan_vectors.hpp"

namespace ff {
namespace {

using test::flag_at;
using test::integer_at;
using test::Vector;

std::string text_at(const boost::json::value& object, std::string_view name) {
  return std::string(object.at(name).as_string());
}
DevAddr address_at(const boost::json::value& object, std::string_view name) {
  return parse_dev_addr(text_at(object, name)).value();
}
NetId net_id_at(const boost::json::value& object, std::string_view name) {
  return parse_net_id(text_at(object, name)).value();
}

std::uint8_t length_in(const std::string& text) {
  const auto slash = text.find('/');
  unsigned length = 255;
  std::from_chars(text.data() + slash + 1, text.data() + text.size(), length);
  return static_cast<std::uint8_t>(length);
}
DevAddrPrefix prefix_in(const std::string& text) {
  return {parse_dev_addr(text.substr(0, text.find('/'))).value(), length_in(text)};
}

/// A NetID's type is its first three bits; its addresses begin with as many ones, and a zero.
void check_type(NetId net_id, std::uint64_t type) {
  EXPECT_EQ(net_id.value() >> 21, type);
  EXPECT_EQ(std::countl_one(prefix_of(net_id).dev_addr.value()), static_cast<int>(type));
}

void check_net_id(const Vector& row) {
  const auto net_id = net_id_at(row.input, "net_id");
  check_type(net_id, integer_at(row.expected, "type"));
  // Types 0 to 2 have short ids, the others 21 bits.
  const auto type = integer_at(row.expected, "type");
  const unsigned id_bits = type < 2 ? 6 : type == 2 ? 9 : 21;
  const auto id = test::number_at(row.expected, "id");
  EXPECT_EQ(net_id.value() & ((1U << id_bits) - 1), id);
  if (row.kind == "netid") {
    EXPECT_EQ(id_bits, integer_at(row.expected, "id_bits"));
    EXPECT_EQ(net_id.value(), integer_at(row.expected, "numeric"));
    return;
  }
  EXPECT_EQ(prefix_of(net_id), prefix_in(text_at(row.expected, "devaddr_prefix")));
  // On air the other way round.
  auto wire = test::bytes_at(row.expected, "wire");
  std::ranges::reverse(wire);
  EXPECT_EQ(wire, test::bytes_at(row.input, "net_id"));
}

void check_edge(const Vector& row) {
  const auto net_id = net_id_at(row.input, "net_id");
  check_type(net_id, integer_at(row.expected, "type"));
  const auto prefix = prefix_of(net_id);
  EXPECT_EQ(prefix, prefix_in(text_at(row.expected, "devaddr_prefix")));
  const auto first = address_at(row.expected, "first_dev_addr");
  const auto last = address_at(row.expected, "last_dev_addr");
  EXPECT_TRUE(prefix.contains(first));
  EXPECT_TRUE(prefix.contains(last));
  // Beyond its ends; of the first and the last prefix of all, the other end of the addresses.
  EXPECT_FALSE(prefix.contains(DevAddr{first.value() - 1}));
  EXPECT_FALSE(prefix.contains(DevAddr{last.value() + 1}));
}

void check_address(const Vector& row) {
  const auto address = address_at(row.input, "dev_addr");
  EXPECT_EQ(std::countl_one(address.value()),
            static_cast<int>(integer_at(row.expected, "netid_type")));
  const auto bits = integer_at(row.expected, "nwk_addr_bits");
  const auto& expected = row.expected.as_object();
  const auto nwk_addr = expected.at("nwk_addr").is_string() ? test::number_at(expected, "nwk_addr")
                                                            : integer_at(expected, "nwk_addr");
  EXPECT_EQ(address.value() & ((std::uint64_t{1} << bits) - 1), nwk_addr);
  if (!expected.contains("net_id")) return;
  const auto prefix = prefix_of(net_id_at(expected, "net_id"));
  EXPECT_EQ(prefix, prefix_in(text_at(expected, "prefix")));
  EXPECT_EQ(prefix.length + bits, 32U);
  EXPECT_TRUE(prefix.contains(address));
}

/// No NetID has addresses that begin with eight ones.
void check_invalid(const Vector& row) {
  const auto address = address_at(row.input, "dev_addr");
  for (std::uint32_t net_id = 0; net_id < 1U << 24; net_id += 7)
    ASSERT_FALSE(prefix_of(NetId{net_id}).contains(address)) << net_id;
}

void check_mask(const Vector& row) {
  const auto address = address_at(row.input, "dev_addr");
  const auto masked = address_at(row.expected, "dev_addr");
  const DevAddrPrefix prefix{masked, static_cast<std::uint8_t>(integer_at(row.input, "bits"))};
  EXPECT_TRUE(prefix.contains(address));
  EXPECT_FALSE(prefix.contains(DevAddr{masked.value() - 1})) << "the first of its prefix";
}

void check_eui_prefix(const Vector& row) {
  const auto text = text_at(row.input, "prefix");
  const join_server::JoinEuiPrefix prefix{parse_join_eui(text.substr(0, 16)).value(),
                                          length_in(text)};
  EXPECT_EQ(prefix.contains(parse_join_eui(text_at(row.input, "eui")).value()),
            flag_at(row.expected, "match"));
}

void check(const Vector& row) {
  if (row.kind == "netid" || row.kind == "netid_prefix") return check_net_id(row);
  if (row.kind == "netid_prefix_edge") return check_edge(row);
  if (row.kind == "devaddr") return check_address(row);
  if (row.kind == "devaddr_invalid") return check_invalid(row);
  if (row.kind == "devaddr_mask") return check_mask(row);
  if (row.kind == "eui_prefix_match") return check_eui_prefix(row);
  if (row.kind == "devaddr_prefix_match") {
    EXPECT_EQ(prefix_in(text_at(row.input, "prefix")).contains(address_at(row.input, "dev_addr")),
              flag_at(row.expected, "match"));
  } else if (row.kind == "devaddr_prefix_text") {
    const DevAddrPrefix expected{address_at(row.expected, "dev_addr"),
                                 static_cast<std::uint8_t>(integer_at(row.expected, "length"))};
    EXPECT_EQ(prefix_in(text_at(row.input, "text")), expected);
  } else if (row.kind == "devaddr_number") {
    EXPECT_EQ(address_at(row.input, "dev_addr").value(), integer_at(row.expected, "number"));
  } else {
    ADD_FAILURE() << "nothing runs " << row.kind;
  }
}

TEST(NetIdAndDevAddrVectors, EveryRow) {
  std::size_t seen = 0;
  for (const auto& row : test::lorawan_vectors("netid_devaddr")) {
    SCOPED_TRACE(row.id);
    check(row);
    ++seen;
  }
  EXPECT_EQ(seen, 56U);
}

}  // namespace
}  // namespace ff
