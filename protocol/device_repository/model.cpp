// `<brand>/<model>.yaml`: a product. [spec devices-repository-templates-qr §1.2]
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <array>
#include <limits>

#include "protocol/device_repository/document.hpp"
#include "protocol/device_repository/fields.hpp"
#include "protocol/device_repository/region.hpp"

namespace ff::device_repository {
namespace {

namespace json = boost::json;

constexpr auto number_max = std::numeric_limits<std::uint32_t>::max();

json::array hardware_versions(const Fields& model) {
  json::array out;
  for (const auto& version : model.maps("hardwareVersions")) {
    json::object one;
    put(one, "version", version.text("version"));
    put(one, "numeric", version.whole("numeric", 0, number_max));
    put(one, "part_number", version.text("partNumber"));
    out.push_back(std::move(one));
  }
  return out;
}

json::object profiles_of(const Fields& firmware, std::vector<std::string>& warnings) {
  json::object out;
  for (const auto& [region, profile] : firmware.map("profiles").entries()) {
    const auto band = band_of_region(region);
    if (band.empty()) {
      warnings.push_back("profiles: `" + region + "` is not a region");
      continue;
    }
    json::object one;
    put(one, "vendor_id", profile.id("vendorID"));
    put(one, "profile_id", profile.id("id"));
    if (!one.contains("profile_id")) profile.wrong("id", "is missing");
    if (profile.flag("lorawanCertified").value_or(false)) one["lorawan_certified"] = true;
    put(one, "codec_id", profile.id("codec"));
    out.insert_or_assign(band, std::move(one));
  }
  return out;
}

json::array firmware_versions(const Fields& model, std::vector<std::string>& warnings) {
  json::array out;
  for (const auto& version : model.maps("firmwareVersions")) {
    json::object one;
    put(one, "version", version.text("version"));
    if (!one.contains("version")) version.wrong("version", "is missing");
    put(one, "numeric", version.whole("numeric", 0, number_max));
    put(one, "supported_hardware_versions", version.texts("hardwareVersions"));
    put(one, "profiles", profiles_of(version, warnings));
    out.push_back(std::move(one));
  }
  return out;
}

json::object dimensions(const Fields& model) {
  json::object out;
  const auto size = model.map("dimensions");
  for (const auto* name : {"width", "height", "diameter", "length"}) {
    const auto value = size.number(name, -1e9, 1e9);
    if (value && *value > 0) out[name] = *value;
  }
  return out;
}

json::object limits(const Fields& limits) {
  json::object out;
  put(out, "min", limits.number("min", -1e9, 1e9));
  put(out, "max", limits.number("max", -1e9, 1e9));
  return out;
}

json::object operating_conditions(const Fields& model) {
  json::object out;
  const auto conditions = model.map("operatingConditions");
  put(out, "temperature", limits(conditions.map("temperature")));
  put(out, "relative_humidity", limits(conditions.map("relativeHumidity")));
  return out;
}

json::object battery(const Fields& model) {
  json::object out;
  const auto battery = model.map("battery");
  put(out, "replaceable", battery.flag("replaceable"));
  put(out, "type", battery.text("type"));
  return out;
}

/// Only texts that the API's enum knows.
template <std::size_t N>
void check_words(const Fields& model, std::string_view name, const std::vector<std::string>& words,
                 const std::array<std::string_view, N>& known) {
  for (const auto& word : words) {
    if (std::ranges::find(known, word) == known.end()) model.wrong(name, "`" + word + "`");
  }
}

void put_keys(const Fields& model, json::object& out) {
  static constexpr std::array<std::string_view, 3> provisionings{"custom", "join server",
                                                                 "manifest"};
  static constexpr std::array<std::string_view, 3> securities{"none", "read protected",
                                                              "secure element"};
  const auto provisioning = model.texts("keyProvisioning");
  check_words(model, "keyProvisioning", provisioning, provisionings);
  put(out, "key_provisioning", provisioning);
  const auto security = model.text("keySecurity");
  if (!security.empty()) check_words(model, "keySecurity", {security}, securities);
  put(out, "key_security", security);
}

json::object photos(const Fields& model) {
  json::object out;
  const auto photos = model.map("photos");
  put(out, "main", photos.file("main"));
  const auto others = photos.texts("other");
  if (!std::ranges::all_of(others, is_file_name)) photos.wrong("other", "not the name of a file");
  put(out, "other", others);
  return out;
}

/// YouTube's and Vimeo's.
bool is_video(std::string_view url) {
  for (std::string_view start : {"https://", "http://", "www."}) {
    if (url.starts_with(start)) url.remove_prefix(start.size());
  }
  return url.starts_with("youtube.com/") || url.starts_with("youtu.be/") ||
         url.starts_with("vimeo.com/");
}

json::object videos(const Fields& model) {
  json::object out;
  const auto videos = model.map("videos");
  const auto main = videos.url("main");
  if (!main.empty() && !is_video(main)) videos.wrong("main", "not YouTube or Vimeo");
  put(out, "main", main);
  const auto others = videos.texts("other");
  if (!std::ranges::all_of(others, is_video)) videos.wrong("other", "not YouTube or Vimeo");
  put(out, "other", others);
  return out;
}

json::array resellers(const Fields& model) {
  json::array out;
  for (const auto& reseller : model.maps("resellerURLs")) {
    json::object one;
    put(one, "name", reseller.text("name"));
    put(one, "region", reseller.texts("region"));
    put(one, "url", reseller.url("url"));
    out.push_back(std::move(one));
  }
  return out;
}

json::array compliances(const Fields& compliances, std::string_view name) {
  json::array out;
  for (const auto& compliance : compliances.maps(name)) {
    json::object one;
    for (const auto* field : {"body", "norm", "standard", "version"})
      put(one, field, compliance.text(field));
    out.push_back(std::move(one));
  }
  return out;
}

}  // namespace

Result<Document> read_model(const YamlNode& root) {
  Document out{DocumentKind::model, {}, {}};
  Problem problem;
  const Fields model(&root, "", problem);
  json::object body;
  put(body, "name", model.text("name"));
  put(body, "description", model.text("description"));
  put(body, "hardware_versions", hardware_versions(model));
  put(body, "firmware_versions", firmware_versions(model, out.warnings));
  put(body, "sensors", model.texts("sensors"));
  put(body, "dimensions", dimensions(model));
  const auto weight = model.number("weight", -1e9, 1e9);
  if (weight && *weight > 0) body["weight"] = *weight;
  put(body, "battery", battery(model));
  put(body, "operating_conditions", operating_conditions(model));
  put(body, "ip_code", model.text("ipCode"));
  put_keys(model, body);
  put(body, "photos", photos(model));
  put(body, "videos", videos(model));
  put(body, "product_url", model.url("productURL"));
  put(body, "datasheet_url", model.url("dataSheetURL"));
  put(body, "resellers", resellers(model));
  const auto both = model.map("compliances");
  json::object complies;
  put(complies, "safety", compliances(both, "safety"));
  put(complies, "radio_equipment", compliances(both, "radioEquipment"));
  put(body, "compliances", std::move(complies));
  put(body, "additional_radios", model.texts("additionalRadios"));
  if (problem.error()) return fail(*problem.error());
  out.body = json::serialize(body);
  return out;
}

}  // namespace ff::device_repository
