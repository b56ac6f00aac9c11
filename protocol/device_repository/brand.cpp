// `index.yaml`: which brands there are; `<brand>/index.yaml`: what a brand has.
#include <boost/json/serialize.hpp>

#include <charconv>
#include <limits>

#include "protocol/device_repository/document.hpp"
#include "protocol/device_repository/fields.hpp"
#include "protocol/device_repository/region.hpp"
#include "protocol/types/identifiers.hpp"

namespace ff::device_repository {
namespace {

namespace json = boost::json;

constexpr auto number_max = std::numeric_limits<std::uint32_t>::max();

/// Six hex digits in upper case; dashes and colons are left out.
std::string oui_of(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c >= 'a' && c <= 'f') {
      out += static_cast<char>(c - 'a' + 'A');
    } else if ((c >= 'A' && c <= 'F') || (c >= '0' && c <= '9')) {
      out += c;
    } else if (c != '-' && c != ':') {
      return {};
    }
  }
  return out.size() == 6 ? out : std::string();
}

json::object vendor_of(const Fields& vendor) {
  json::object out;
  put(out, "brand_id", vendor.id("id"));
  if (!out.contains("brand_id")) vendor.wrong("id", "is missing");
  put(out, "name", vendor.text("name"));
  put(out, "private_enterprise_number", vendor.whole("pen", 0, number_max));
  std::vector<std::string> ouis;
  for (const auto& text : vendor.texts("ouis")) {
    auto oui = oui_of(text);
    if (oui.empty()) vendor.wrong("ouis", "not six hexadecimal digits");
    ouis.push_back(std::move(oui));
  }
  put(out, "organization_unique_identifiers", ouis);
  put(out, "lora_alliance_vendor_id", vendor.whole("vendorID", 0, number_max));
  put(out, "website", vendor.url("website"));
  put(out, "email", vendor.text("email"));
  put(out, "logo", vendor.file("logo"));
  return out;
}

/// What a vendor's profile number leads to: a model, or a profile alone.
json::object target_of(const Fields& target) {
  json::object out;
  put(out, "model_id", target.id("endDeviceID"));
  if (!out.empty()) {
    put(out, "firmware_version", target.text("firmwareVersion"));
    put(out, "hardware_version", target.text("hardwareVersion"));
    const auto band = band_of_region(target.text("region"));
    if (band.empty()) target.wrong("region", "not a region");
    put(out, "band_id", band);
    return out;
  }
  put(out, "profile_id", target.id("id"));
  if (out.empty()) target.wrong("id", "neither a device nor a profile");
  put(out, "codec_id", target.id("codec"));
  return out;
}

bool is_number(std::string_view text) {
  std::uint32_t number = 0;
  const auto* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  return error == std::errc{} && stop == end && text == std::to_string(number);
}

void warn(Document& document, const Problem& problem) {
  document.warnings.push_back(problem.error()->message());
}

}  // namespace

/// One that is wrong is left out: the others are not to be missed because of it.
Result<Document> read_brands(const YamlNode& root) {
  Document out{DocumentKind::brands, {}, {}};
  Problem whole;
  json::array brands;
  const Fields fields(&root, "", whole);
  const auto* vendors = fields.find("vendors");
  if (vendors == nullptr || vendors->kind != YamlNode::Kind::list)
    fields.wrong("vendors", "not a list");
  if (whole.error()) return fail(*whole.error());
  for (std::size_t i = 0; i < vendors->items.size(); ++i) {
    Problem problem;
    const Fields vendor(&vendors->items[i], "vendors[" + std::to_string(i) + "]", problem);
    if (vendor.flag("draft").value_or(false)) continue;
    auto brand = vendor_of(vendor);
    if (problem.error()) {
      warn(out, problem);
    } else {
      brands.push_back(std::move(brand));
    }
  }
  out.body = json::serialize(json::object{{"brands", std::move(brands)}});
  return out;
}

Result<Document> read_brand(const YamlNode& root) {
  Document out{DocumentKind::brand, {}, {}};
  Problem whole;
  const Fields fields(&root, "", whole);
  json::array models;
  for (const auto& model : fields.texts("endDevices")) {
    if (is_valid_id(model)) {
      models.emplace_back(model);
    } else {
      out.warnings.push_back("endDevices: `" + model + "` is not an identifier");
    }
  }
  json::object profiles;
  for (const auto& [number, unread] : fields.map("profileIDs").entries()) {
    Problem problem;
    const Fields target(fields.find("profileIDs")->find(number), "profileIDs." + number, problem);
    if (!is_number(number)) target.wrong("", "not a number");
    auto value = target_of(target);
    if (problem.error()) {
      warn(out, problem);
    } else {
      profiles.insert_or_assign(number, std::move(value));
    }
  }
  if (whole.error()) return fail(*whole.error());
  out.body = json::serialize(
      json::object{{"models", std::move(models)}, {"profiles", std::move(profiles)}});
  return out;
}

}  // namespace ff::device_repository
