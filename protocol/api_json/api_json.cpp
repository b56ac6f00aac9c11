#include "protocol/api_json/api_json.hpp"

#include <google/protobuf/message.h>

#include "protocol/api_json/parser.hpp"
#include "protocol/api_json/writer.hpp"

namespace ff::api_json {

Result<std::string> to_json(const google::protobuf::Message& message) {
  std::string out;
  FF_CHECK(Writer(out).message(message));
  return out;
}

Status from_json(std::string_view json, google::protobuf::Message& message) {
  return Parser(json).document(message);
}

}  // namespace ff::api_json
