// INTERNAL: appending JSON text by hand: objects whose zero members are left out, and the forms of
// scalars that the API prescribes. Not a document model; see api_json for messages of the API.
// [spec message-formats §1]
#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/base/bytes.hpp"
#include "protocol/base/time.hpp"

namespace ff::application_json {

/// Quoted and escaped; `text` is UTF-8.
void append_string(std::string& out, std::string_view text);
/// Shortest decimal that reads back as the same value; exponents outside 1e-6 to 1e21 as JavaScript
/// writes them.
void append_number(std::string& out, float value);
void append_number(std::string& out, double value);
void append_number(std::string& out, std::uint64_t value);
void append_number(std::string& out, std::int64_t value);
/// `digits` upper-case hex digits, quoted.
void append_hex(std::string& out, std::uint64_t value, int digits);

/// One JSON object being appended. Members come in the order of the calls; close() ends it.
class Object {
 public:
  explicit Object(std::string& out) : out_(out) { out_ += '{'; }
  void close() { out_ += '}'; }

  /// Begins a member; its value is appended by the caller.
  std::string& member(std::string_view name) {
    out_ += first_ ? "\"" : ",\"";
    first_ = false;
    out_ += name;
    out_ += "\":";
    return out_;
  }

  /// The same with a name that is not ours.
  std::string& key(std::string_view name) {
    if (!first_) out_ += ',';
    first_ = false;
    append_string(out_, name);
    out_ += ':';
    return out_;
  }

  // Members that are left out when zero or empty.
  void text(std::string_view name, std::string_view value) {
    if (!value.empty()) append_string(member(name), value);
  }
  void base64(std::string_view name, ByteView value);
  /// `value` is JSON already.
  void json(std::string_view name, std::string_view value) {
    if (!value.empty()) member(name) += value;
  }
  /// Each of `values` is JSON already.
  void jsons(std::string_view name, const std::vector<std::string>& values);
  template <std::unsigned_integral T>
  void number(std::string_view name, T value) {
    if (value != 0) append_number(member(name), std::uint64_t{value});
  }
  void number(std::string_view name, std::int32_t value) {
    if (value != 0) append_number(member(name), std::int64_t{value});
  }
  void number(std::string_view name, float value) {
    if (value < 0 || value > 0) append_number(member(name), value);
  }
  void number(std::string_view name, double value) {
    if (value < 0 || value > 0) append_number(member(name), value);
  }
  /// 64-bit integers are strings.
  void number_text(std::string_view name, std::uint64_t value);
  void number_text(std::string_view name, std::int64_t value);
  void flag(std::string_view name, bool value) {
    if (value) member(name) += "true";
  }
  /// Always written.
  void hex(std::string_view name, std::uint64_t value, int digits) {
    append_hex(member(name), value, digits);
  }
  void time(std::string_view name, UtcTime value);
  void time(std::string_view name, const std::optional<UtcTime>& value) {
    if (value) time(name, *value);
  }
  void texts(std::string_view name, const std::vector<std::string>& values);

 private:
  std::string& out_;
  bool first_ = true;
};

}  // namespace ff::application_json
