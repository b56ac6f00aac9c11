// Test vectors of formatters: which are well formed, which formatter one is for, and whether what
// came out is what had to. Pure.
#pragma once

#include <google/protobuf/field_mask.pb.h>

#include <optional>
#include <string>
#include <string_view>

#include "farfield/v1/formatter_vectors.pb.h"
#include "protocol/base/bytes.hpp"
#include "protocol/base/result.hpp"
#include "ttn/lorawan/v3/messages.pb.h"

namespace ff::api {

/// Attributes `vector`, `function`, `expected`, `got`.
inline constexpr ErrorDef formatter_vector_failed{
    "pkg/applicationserver", "formatter_vector_failed", Code::failed_precondition,
    "formatter fails its test vector `{vector}`: expected {expected}, got {got}"};

inline constexpr ErrorDef vectors_have_changed{
    "pkg/applicationserver", "formatter_vectors_changed", Code::aborted,
    "the formatter's test vectors have changed meanwhile; try again"};

/// Whether a change of these fields is one of `path`, or of something in it.
bool touches(const google::protobuf::FieldMask& mask, std::string_view path);

/// Names that are there and unlike, at most 100 vectors and 256 KiB. Error: field_value of
/// pkg/applicationserver.
Status check_vectors(const farfield::v1::FormatterVectors& vectors);

/// From what is stored; empty for what can not be read.
farfield::v1::FormatterVectors vectors_of(const std::optional<Bytes>& stored);
std::optional<Bytes> stored_vectors(const farfield::v1::FormatterVectors& vectors);

/// The formatter of the vector's direction and its parameter; nothing: there is none.
struct ChosenFormatter {
  ttn::lorawan::v3::PayloadFormatter formatter;
  std::string parameter;
};
std::optional<ChosenFormatter> formatter_for(
    const farfield::v1::FormatterVector& vector,
    const ttn::lorawan::v3::MessagePayloadFormatters& formatters);

/// Nothing when it is as it should be. Numbers may differ by a billionth of themselves; warnings
/// have to be the same. Error: formatter_vector_failed.
std::optional<Error> verdict(const farfield::v1::FormatterVector& vector,
                             const Result<ttn::lorawan::v3::ApplicationUplink>& uplink);
std::optional<Error> verdict(const farfield::v1::FormatterVector& vector,
                             const Result<ttn::lorawan::v3::ApplicationDownlink>& downlink);

}  // namespace ff::api
