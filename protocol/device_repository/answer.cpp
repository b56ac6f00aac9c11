#include "protocol/device_repository/answer.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "protocol/device_repository/errors.hpp"

namespace ff::device_repository {
namespace {

namespace json = boost::json;

/// Empty for what is damaged.
json::object object_of(std::string_view body) {
  json::error_code error;
  auto value = json::parse(body, error);
  return !error && value.is_object() ? std::move(value.get_object()) : json::object();
}

json::object take_object(json::object& from, std::string_view name) {
  auto* value = from.if_contains(name);
  return value != nullptr && value->is_object() ? std::move(value->get_object()) : json::object();
}

json::object version_ids(const DeviceVersionIds& product) {
  json::object out;
  const auto put = [&](const char* name, const std::string& text) {
    if (!text.empty()) out[name] = text;
  };
  put("brand_id", product.brand_id);
  put("model_id", product.model_id);
  put("hardware_version", product.hardware_version);
  put("firmware_version", product.firmware_version);
  put("band_id", product.band_id);
  return out;
}

const char* name_of(CodecFunction function) {
  switch (function) {
    case CodecFunction::decode_uplink:
      return "uplink_decoder";
    case CodecFunction::decode_downlink:
      return "downlink_decoder";
    case CodecFunction::encode_downlink:
      return "downlink_encoder";
  }
  return "";
}

void complete_picture(json::value& value, const std::string& start) {
  if (value.is_string()) value = start + std::string(value.get_string());
}

}  // namespace

Result<std::string> make_template(std::string_view profile, const DeviceVersionIds& product,
                                  bool has_codec) {
  auto body = object_of(profile);
  if (const auto* version = body.if_contains("phy_version"))
    return fail(regional_parameters_version,
                {{"phy_version", version->is_string() ? std::string(version->get_string()) : ""}});
  auto device = take_object(body, "end_device");
  json::array paths;
  if (auto* list = body.if_contains("paths"); list != nullptr && list->is_array())
    paths = std::move(list->get_array());
  device["version_ids"] = version_ids(product);
  paths.emplace_back("version_ids");
  // Without a product nobody could find the codec.
  if (has_codec && !product.model_id.empty()) {
    device["formatters"] = json::object{{"up_formatter", "FORMATTER_REPOSITORY"},
                                        {"down_formatter", "FORMATTER_REPOSITORY"}};
    paths.emplace_back("formatters");
  }
  return json::serialize(json::object{{"end_device", std::move(device)},
                                      {"field_mask", json::object{{"paths", std::move(paths)}}}});
}

Result<CodecPart> part_of(std::string_view codec, CodecFunction function,
                          const std::string& codec_id) {
  auto body = object_of(codec);
  const auto part = take_object(body, name_of(function));
  const auto* file = part.if_contains("file");
  if (file == nullptr || !file->is_string()) {
    const bool encodes = function == CodecFunction::encode_downlink;
    return fail(encodes ? no_encoder : no_decoder, {{"codec_id", codec_id}});
  }
  CodecPart out{std::string(file->get_string()), "[]"};
  if (const auto* examples = part.if_contains("examples"))
    out.examples = json::serialize(*examples);
  return out;
}

std::string with_pictures(const std::string& document, const std::string& brand_id,
                          const std::string& base) {
  if (base.empty()) return document;
  auto body = object_of(document);
  const auto start = base + (base.ends_with('/') ? "vendor/" : "/vendor/") + brand_id + "/";
  if (auto* logo = body.if_contains("logo")) complete_picture(*logo, start);
  if (auto* photos = body.if_contains("photos"); photos != nullptr && photos->is_object()) {
    auto& both = photos->get_object();
    if (auto* main = both.if_contains("main")) complete_picture(*main, start);
    if (auto* other = both.if_contains("other"); other != nullptr && other->is_array()) {
      for (auto& photo : other->get_array()) complete_picture(photo, start);
    }
  }
  return json::serialize(body);
}

}  // namespace ff::device_repository
