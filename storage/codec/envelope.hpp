// The envelope around every stored value: a version, then the value's own bytes.
// Not the data directory's format version; that one counts migrations.
#pragma once

#include <cstdint>

#include "protocol/base/bytes.hpp"
#include "protocol/base/result.hpp"

namespace ff::storage {

inline constexpr ErrorDef malformed_value{"pkg/storage", "malformed_value", Code::data_loss,
                                          "stored value has no valid version"};
inline constexpr ErrorDef value_too_new{
    "pkg/storage", "value_too_new", Code::failed_precondition,
    "stored value has version {version}, this program knows up to {newest}"};

/// Version of one kind of value, from 1. Raised only when old readers would misread the new bytes;
/// new fields of a tagged record or protobuf message need no new version.
using ValueVersion = std::uint32_t;

struct Envelope {
  ValueVersion version = 0;
  /// Borrowed from the value.
  ByteView body;
};

/// ON-DISK: version as varint, then the body. Golden test: test/storage/codec/envelope_test.cpp.
Bytes seal(ValueVersion version, ByteView body);
/// Total on any bytes. Errors: malformed_value; value_too_new above `newest`.
Result<Envelope> unseal(ByteView value, ValueVersion newest);

}  // namespace ff::storage
