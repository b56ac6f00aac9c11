// Messages by the name of their type, and what is left of a text after it was read.
#pragma once

#include <google/protobuf/message.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>

#include "protocol/api_json/any_type.hpp"
#include "protocol/api_json/api_json.hpp"

namespace ff::api_json::test {

/// `type` is the full name.
inline std::unique_ptr<google::protobuf::Message> make(const std::string& type) {
  auto message = make_any_content("/" + type);
  EXPECT_NE(message, nullptr) << type;
  return message;
}

/// The canonical form of a text; `refused: ` and the name of the error when it can not be read,
/// `unwritable: ` when it can not be written back.
inline std::string reread(const std::string& type, std::string_view text) {
  const auto message = make(type);
  const auto status = from_json(text, *message);
  if (!status) return "refused: " + std::string(status.error().def().name);
  const auto written = to_json(*message);
  return written ? *written : "unwritable: " + std::string(written.error().def().name);
}

inline const std::string value_refused = "refused: invalid_value";
inline const std::string json_refused = "refused: invalid_json";

}  // namespace ff::api_json::test
