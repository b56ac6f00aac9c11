// INTERNAL: the texts of single values in JSON: strings, numbers, times.
// Not for fields or messages; see writer.hpp and parser.hpp.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ff::api_json {

/// As google.protobuf.Timestamp and Duration hold them.
struct SecondsNanos {
  std::int64_t seconds = 0;
  std::int32_t nanos = 0;
  bool operator==(const SecondsNanos&) const = default;
};

bool is_utf8(std::string_view text);
void append_utf8(std::string& out, char32_t character);

/// With its quotes. Control characters, quote, backslash and invalid UTF-8 (as U+FFFD) are escaped;
/// `<>&` are not.
void append_string(std::string& out, std::string_view text);

/// The shortest text that reads back as the same number; NaN and infinities as strings.
void append_number(std::string& out, double value);
void append_number(std::string& out, float value);

/// Numbers, and `NaN`, `Infinity`, `-Infinity`. Nothing for other text or a number too large; one
/// too small is zero.
std::optional<double> parse_double(std::string_view text);
std::optional<float> parse_float(std::string_view text);
/// Decimal; a fraction or exponent is fine when the value is whole (`5.0`). Nothing when out of
/// range.
std::optional<std::int64_t> parse_int64(std::string_view text);
std::optional<std::uint64_t> parse_uint64(std::string_view text);

/// `2025-02-11T08:31:07.189Z` with 0, 3, 6 or 9 decimals. False outside the years 1 to 9999.
bool append_timestamp(std::string& out, SecondsNanos time);
/// RFC 3339, years 1 to 9999, at most nine decimals; numeric offsets only if `offsets`.
std::optional<SecondsNanos> parse_timestamp(std::string_view text, bool offsets);

/// `0.061696s` with 0, 3, 6 or 9 decimals. False outside ±10,000 years or when the signs differ.
bool append_duration(std::string& out, SecondsNanos duration);
/// `1.5s`, and if `units` also the syntax of Go, `1h2m3.5s`.
std::optional<SecondsNanos> parse_duration(std::string_view text, bool units);

}  // namespace ff::api_json
