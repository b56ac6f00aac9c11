// Writing a message: members of an object in the order they are put. For encode.cpp and
// roaming_encode.cpp alone.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "protocol/api_json/text.hpp"
#include "protocol/backend_interfaces/message.hpp"
#include "protocol/base/hex.hpp"

namespace ff::backend_interfaces::detail {

/// One object; members in the order they are put.
class Object {
 public:
  explicit Object(std::string& out) : out_(out) { out_ += '{'; }
  Object(const Object&) = delete;
  Object& operator=(const Object&) = delete;
  ~Object() { out_ += '}'; }

  void text(std::string_view name, std::string_view value) {
    key(name);
    api_json::append_string(out_, value);
  }
  void text_if(std::string_view name, std::string_view value) {
    if (!value.empty()) text(name, value);
  }
  void bytes(std::string_view name, ByteView value) { text(name, hex_upper(value)); }
  void bytes_if(std::string_view name, ByteView value) {
    if (!value.empty()) bytes(name, value);
  }
  void number(std::string_view name, std::uint64_t value) {
    key(name);
    out_ += std::to_string(value);
  }
  void flag(std::string_view name, bool value) {
    key(name);
    out_ += value ? "true" : "false";
  }
  /// `text` is a number in JSON's form.
  void number_text(std::string_view name, std::string_view text) {
    key(name);
    out_ += text;
  }
  Object object(std::string_view name) {
    key(name);
    return Object(out_);
  }
  /// `put` is called with each element's object.
  template <class Elements, class Put>
  void array(std::string_view name, const Elements& elements, Put put) {
    key(name);
    out_ += '[';
    bool first = true;
    for (const auto& element : elements) {
      if (!std::exchange(first, false)) out_ += ',';
      Object inner(out_);
      put(inner, element);
    }
    out_ += ']';
  }
  void key_envelope(std::string_view name, const std::optional<Key>& value) {
    if (!value) return;
    auto inner = object(name);
    inner.text_if("KEKLabel", value->kek_label);
    inner.bytes("AESKey", value->aes_key);
  }

 private:
  void key(std::string_view name) {
    if (!first_) out_ += ',';
    first_ = false;
    api_json::append_string(out_, name);
    out_ += ':';
  }

  std::string& out_;
  bool first_ = true;
};

}  // namespace ff::backend_interfaces::detail
