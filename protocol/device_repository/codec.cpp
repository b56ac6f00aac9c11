// A codec: which scripts decode and encode a device's payloads, with examples.
#include <boost/json/serialize.hpp>

#include "protocol/base/base64.hpp"
#include "protocol/base/bytes.hpp"
#include "protocol/device_repository/document.hpp"
#include "protocol/device_repository/fields.hpp"

namespace ff::device_repository {
namespace {

namespace json = boost::json;

constexpr std::size_t examples_max = 20;  // the API's
constexpr std::size_t payload_max = 1024;

/// {"fPort", "bytes", …} as EncodedMessagePayload.
json::object encoded(const Fields& from) {
  json::object out;
  put(out, "f_port", from.whole("fPort", 0, 255));
  Bytes payload;
  for (const auto octet : from.numbers("bytes", 0, 255))
    payload.push_back(static_cast<std::uint8_t>(octet));
  if (payload.size() > payload_max) from.wrong("bytes", "too long");
  put(out, "frm_payload", base64_encode(payload));
  put(out, "warnings", from.texts("warnings"));
  put(out, "errors", from.texts("errors"));
  return out;
}

/// {"data", …} as DecodedMessagePayload.
json::object decoded(const Fields& from) {
  json::object out;
  if (const auto* data = from.find("data")) {
    auto value = to_json(*data);
    if (value.is_object()) {
      out["data"] = std::move(value);
    } else {
      from.wrong("data", "not a map");
    }
  }
  put(out, "warnings", from.texts("warnings"));
  put(out, "errors", from.texts("errors"));
  return out;
}

json::object function_of(const Fields& function, bool decodes) {
  json::object out;
  put(out, "file", function.file("fileName"));
  json::array examples;
  for (const auto& example : function.maps("examples")) {
    if (examples.size() == examples_max) break;
    json::object one;
    put(one, "description", example.text("description"));
    const auto input = example.map("input");
    const auto output = example.map("output");
    put(one, "input", decodes ? encoded(input) : decoded(input));
    put(one, "output", decodes ? decoded(output) : encoded(output));
    examples.push_back(std::move(one));
  }
  put(out, "examples", std::move(examples));
  return out;
}

}  // namespace

Result<Document> read_codec(const YamlNode& root) {
  Problem problem;
  const Fields codec(&root, "", problem);
  json::object body;
  put(body, "uplink_decoder", function_of(codec.map("uplinkDecoder"), true));
  put(body, "downlink_decoder", function_of(codec.map("downlinkDecoder"), true));
  put(body, "downlink_encoder", function_of(codec.map("downlinkEncoder"), false));
  if (problem.error()) return fail(*problem.error());
  return Document{DocumentKind::codec, json::serialize(body), {}};
}

}  // namespace ff::device_repository
