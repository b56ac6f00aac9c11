#include "protocol/device_repository/catalogue.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <charconv>

#include "protocol/device_repository/errors.hpp"
#include "protocol/device_repository/region.hpp"

namespace ff::device_repository {
namespace {

namespace json = boost::json;

constexpr std::uint32_t page_size = 1000;

std::optional<json::object> object_of(const std::string& body) {
  json::error_code error;
  auto value = json::parse(body, error);
  if (error || !value.is_object()) return std::nullopt;
  return std::move(value.get_object());
}

std::string text_of(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

std::uint32_t number_of(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  if (value == nullptr || !value->is_int64()) return 0;
  return static_cast<std::uint32_t>(value->get_int64());
}

const json::object* map_in(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  return value != nullptr ? value->if_object() : nullptr;
}

const json::array* list_in(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  return value != nullptr ? value->if_array() : nullptr;
}

/// ASCII is enough: names of other scripts are found as they are written.
std::string lower(std::string text) {
  for (auto& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

std::vector<std::string> words_of(const std::string& search) {
  std::vector<std::string> out;
  const auto text = lower(search);
  for (std::size_t start = 0; start < text.size();) {
    const auto end = std::min(text.find(' ', start), text.size());
    if (end > start) out.push_back(text.substr(start, end - start));
    start = end + 1;
  }
  return out;
}

bool has_all(const std::string& text, const std::vector<std::string>& words) {
  return std::ranges::all_of(
      words, [&](const auto& word) { return text.find(word) != std::string::npos; });
}

VendorTarget target(const std::string& brand_id, const json::object& from) {
  return {.product = {.brand_id = brand_id,
                      .model_id = text_of(from, "model_id"),
                      .hardware_version = text_of(from, "hardware_version"),
                      .firmware_version = text_of(from, "firmware_version"),
                      .band_id = text_of(from, "band_id")},
          .profile_id = text_of(from, "profile_id"),
          .codec_id = text_of(from, "codec_id")};
}

void add_profiles(const json::object& index, Brand& brand) {
  const auto* profiles = map_in(index, "profiles");
  if (profiles == nullptr) return;
  for (const auto& entry : *profiles) {
    const std::string_view key(entry.key());
    std::uint32_t number = 0;
    const auto [stop, error] = std::from_chars(key.data(), key.data() + key.size(), number);
    if (error == std::errc{} && entry.value().is_object())
      brand.profiles[number] = target(brand.brand_id, entry.value().get_object());
  }
}

std::string words_of_model(const Model& model, const Brand& brand, const json::object& document) {
  auto out = model.brand_id + " " + brand.name + " " + model.model_id + " " + model.name + " " +
             text_of(document, "description");
  if (const auto* sensors = list_in(document, "sensors")) {
    for (const auto& sensor : *sensors) {
      if (sensor.is_string()) out += " " + std::string(sensor.get_string());
    }
  }
  return lower(out);
}

/// Of the entries in the order of their ids.
template <class T, class Key>
CataloguePage<T> page_of(std::vector<const T*> found, const CatalogueQuery& query, Key key) {
  const bool descends = query.order_by.starts_with('-');
  const auto field = descends ? query.order_by.substr(1) : query.order_by;
  if (!field.empty()) {
    std::ranges::stable_sort(found, [&](const T* a, const T* b) {
      const auto& left = key(*a, field);
      const auto& right = key(*b, field);
      return descends ? right < left : left < right;
    });
  }
  CataloguePage<T> out;
  out.total = found.size();
  const std::size_t size = query.limit == 0 ? page_size : std::min(query.limit, page_size);
  const auto begin = std::min(found.size(), (std::max<std::size_t>(query.page, 1) - 1) * size);
  const auto end = std::min(found.size(), begin + size);
  out.entries.assign(found.begin() + static_cast<std::ptrdiff_t>(begin),
                     found.begin() + static_cast<std::ptrdiff_t>(end));
  return out;
}

std::optional<Brand> brand_of(const json::value& vendor) {
  if (!vendor.is_object()) return std::nullopt;
  const auto& document = vendor.get_object();
  Brand brand;
  brand.brand_id = text_of(document, "brand_id");
  if (brand.brand_id.empty()) return std::nullopt;
  brand.name = text_of(document, "name");
  brand.vendor_id = number_of(document, "lora_alliance_vendor_id");
  brand.document = json::serialize(document);
  brand.words = lower(brand.brand_id + " " + brand.name + " " + text_of(document, "website"));
  return brand;
}

}  // namespace

Catalogue Catalogue::make(const std::map<std::string, std::string>& bodies) {
  Catalogue out;
  const auto find = [&](const std::string& path) -> std::optional<json::object> {
    const auto found = bodies.find(path);
    return found == bodies.end() ? std::nullopt : object_of(found->second);
  };
  const auto index = find("index.yaml");
  const auto* vendors = index ? list_in(*index, "brands") : nullptr;
  if (vendors == nullptr) return out;
  for (const auto& vendor : *vendors) {
    auto brand = brand_of(vendor);
    if (!brand) continue;
    const auto own = find(brand->brand_id + "/index.yaml");
    if (own) add_profiles(*own, *brand);
    const auto* models = own ? list_in(*own, "models") : nullptr;
    for (const auto& id : models != nullptr ? *models : json::array()) {
      if (!id.is_string()) continue;
      Model model{.brand_id = brand->brand_id, .model_id = std::string(id.get_string())};
      auto document = find(model.brand_id + "/" + model.model_id + ".yaml");
      if (!document) continue;
      model.name = text_of(*document, "name");
      document->insert_or_assign("brand_id", model.brand_id);
      document->insert_or_assign("model_id", model.model_id);
      model.document = json::serialize(*document);
      model.words = words_of_model(model, *brand, *document);
      out.models_.insert_or_assign({model.brand_id, model.model_id}, std::move(model));
    }
    const auto vendor_id = brand->vendor_id;
    auto& kept = out.brands_[brand->brand_id];
    kept = *std::move(brand);
    if (vendor_id != 0) out.by_vendor_id_.emplace(vendor_id, &kept);
  }
  return out;
}

CataloguePage<Brand> Catalogue::brands(const CatalogueQuery& query) const {
  const auto words = words_of(query.search);
  std::vector<const Brand*> found;
  for (const auto& [id, brand] : brands_) {
    if (has_all(brand.words, words)) found.push_back(&brand);
  }
  return page_of(std::move(found), query,
                 [](const Brand& brand, std::string_view field) -> const std::string& {
                   return field == "name" ? brand.name : brand.brand_id;
                 });
}

CataloguePage<Model> Catalogue::models(const CatalogueQuery& query) const {
  const auto words = words_of(query.search);
  std::vector<const Model*> found;
  for (const auto& [ids, model] : models_) {
    if (!query.brand_id.empty() && query.brand_id != model.brand_id) continue;
    if (has_all(model.words, words)) found.push_back(&model);
  }
  return page_of(std::move(found), query,
                 [](const Model& model, std::string_view field) -> const std::string& {
                   if (field == "name") return model.name;
                   return field == "model_id" ? model.model_id : model.brand_id;
                 });
}

const Brand* Catalogue::brand(std::string_view brand_id) const {
  const auto found = brands_.find(brand_id);
  return found == brands_.end() ? nullptr : &found->second;
}

const Model* Catalogue::model(std::string_view brand_id, std::string_view model_id) const {
  const auto found = models_.find({std::string(brand_id), std::string(model_id)});
  return found == models_.end() ? nullptr : &found->second;
}

Result<ProfilePlace> Catalogue::profile_of(const DeviceVersionIds& product) const {
  if (brand(product.brand_id) == nullptr)
    return fail(no_such_brand, {{"brand_id", product.brand_id}});
  const std::vector<Attribute> ids{{"brand_id", product.brand_id}, {"model_id", product.model_id}};
  const auto* found = model(product.brand_id, product.model_id);
  if (found == nullptr) return fail(Error(no_such_model, ids));
  if (!is_band(product.band_id)) return fail(band_not_found, {{"band_id", product.band_id}});
  const auto document = object_of(found->document);
  const auto* versions = document ? list_in(*document, "firmware_versions") : nullptr;
  for (const auto& version : versions != nullptr ? *versions : json::array()) {
    if (!version.is_object() ||
        text_of(version.get_object(), "version") != product.firmware_version)
      continue;
    const auto* profiles = map_in(version.get_object(), "profiles");
    const auto* profile = profiles != nullptr ? map_in(*profiles, product.band_id) : nullptr;
    if (profile == nullptr) return fail(no_profile_for_band, {{"band_id", product.band_id}});
    ProfilePlace out{text_of(*profile, "vendor_id"), text_of(*profile, "profile_id"),
                     text_of(*profile, "codec_id")};
    if (out.vendor.empty()) out.vendor = product.brand_id;
    return out;
  }
  auto attributes = ids;
  attributes.emplace_back("firmware_version", product.firmware_version);
  return fail(Error(firmware_version_not_found, std::move(attributes)));
}

Result<VendorTarget> Catalogue::target_of(std::uint32_t vendor_id,
                                          std::uint32_t vendor_profile_id) const {
  if (vendor_id == 0) return fail(missing_profile_identifiers);
  const auto found = by_vendor_id_.find(vendor_id);
  if (found == by_vendor_id_.end())
    return fail(brand_with_vendor_id_not_found, {{"vendor_id", vendor_id}});
  const auto profile = found->second->profiles.find(vendor_profile_id);
  if (profile == found->second->profiles.end())
    return fail(vendor_profile_id_not_found,
                {{"vendor_id", vendor_id}, {"vendor_profile_id", vendor_profile_id}});
  return profile->second;
}

}  // namespace ff::device_repository
