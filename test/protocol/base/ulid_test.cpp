// ULIDs as their specification has them. [github.com/ulid/spec]
#include "protocol/base/ulid.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <string>

#include "protocol/base/random.hpp"

namespace ff {
namespace {

/// Octets all alike, however many.
class Constant final : public Random {
 public:
  explicit Constant(std::uint8_t octet) : octet_(octet) {}
  void fill(MutableByteView out) override { std::fill(out.begin(), out.end(), octet_); }

 private:
  std::uint8_t octet_;
};

UtcTime at(std::int64_t milliseconds) {
  return UtcTime{std::chrono::milliseconds{milliseconds}};
}

TEST(Ulid, AreThoseOfTheSpecificationAtTheirLimits) {
  Constant zeros(0);
  Constant ones(0xff);
  EXPECT_EQ(Ulid::make(at(0), zeros).to_string(), "00000000000000000000000000");
  EXPECT_EQ(Ulid::make(at(0), ones).to_string(), "0000000000ZZZZZZZZZZZZZZZZ");
  EXPECT_EQ(Ulid::make(at(1), zeros).to_string(), "00000000010000000000000000");
  EXPECT_EQ(Ulid::make(at(31), zeros).to_string(), "000000000Z0000000000000000");
  EXPECT_EQ(Ulid::make(at(32), zeros).to_string(), "00000000100000000000000000");
  EXPECT_EQ(Ulid::make(at(1'469'918'176'385), zeros).to_string().substr(0, 10), "01ARYZ6S41");
}

/// Crockford's base 32: no I, L, O, U.
std::optional<Bytes> decoded(const std::string& text) {
  const std::string digits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  Bytes bits;
  for (const char c : text) {
    const auto digit = digits.find(c);
    if (digit == std::string::npos) return std::nullopt;
    for (int bit = 4; bit >= 0; --bit) bits.push_back(static_cast<std::uint8_t>(digit >> bit & 1));
  }
  if (bits.size() != 130 || bits[0] != 0 || bits[1] != 0) return std::nullopt;
  Bytes out(16);
  for (std::size_t i = 0; i < 128; ++i)
    out[i / 8] = static_cast<std::uint8_t>(out[i / 8] << 1 | bits[i + 2]);
  return out;
}

TEST(Ulid, PrintsEveryBit) {
  auto random = make_seeded_random(3);
  for (int i = 0; i < 500; ++i) {
    const auto ulid =
        Ulid::make(at(static_cast<std::int64_t>(random->below(std::uint64_t{1} << 48))), *random);
    EXPECT_EQ(decoded(ulid.to_string()), to_owned(ulid.bytes));
  }
}

TEST(Ulid, SortsAsTextAsItDoesAsOctets) {
  auto random = make_seeded_random(4);
  for (int i = 0; i < 500; ++i) {
    const auto a = Ulid::make(at(static_cast<std::int64_t>(random->below(3))), *random);
    const auto b = Ulid::make(at(static_cast<std::int64_t>(random->below(3))), *random);
    EXPECT_EQ(a < b, a.to_string() < b.to_string());
  }
}

TEST(Ulid, OfOneMillisecondDiffer) {
  auto random = make_seeded_random(5);
  EXPECT_NE(Ulid::make(at(7), *random), Ulid::make(at(7), *random));
}

}  // namespace
}  // namespace ff
