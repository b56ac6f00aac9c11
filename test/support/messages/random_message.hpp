// Messages for property tests, filled at random by reflection. Not for tests that need a certain
// message.
#pragma once

#include <google/protobuf/message.h>

#include <cstdint>
#include <random>
#include <string>

namespace ff::test {

enum class Fields : std::uint8_t { some, all };

/// Fills `message` with values that its JSON form can carry: hex fields of their exact size, times
/// in range, declared enum values. Nested messages up to `depth` levels. Same seed, same message.
/// All fields: each has a value, but those of one oneof, where the last has.
void fill_random(google::protobuf::Message& message, std::mt19937_64& random, int depth = 4,
                 Fields fields = Fields::some);

/// Empty when equal, else the differences as text.
std::string differences(const google::protobuf::Message& expected,
                        const google::protobuf::Message& actual);

}  // namespace ff::test
