#include "protocol/formatter/location.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "protocol/formatter/document.hpp"

namespace ff::formatter {
namespace {

namespace json = boost::json;

struct Shape {
  const char* latitude;
  const char* longitude;
  std::array<const char*, 2> altitude;
};
constexpr Shape shapes[] = {
    {"lat", "lon", {"alt", nullptr}},
    {"lat", "lng", {"alt", nullptr}},
    {"lat", "long", {"alt", nullptr}},
    {"latitude", "longitude", {"altitude", nullptr}},
    {"Latitude", "Longitude", {"Altitude", nullptr}},
    {"latitudeDeg", "longitudeDeg", {"altitude", "height"}},
    {"gps_lat", "gps_lng", {"gps_alt", "gpsalt"}},
};
constexpr const char* accuracies[] = {"acc", "accuracy", "hacc", "hdop", "gps_hdop"};

std::optional<double> number_of(const json::object& object, const char* name) {
  const auto* value = name == nullptr ? nullptr : object.if_contains(name);
  if (value == nullptr || !value->is_number()) return std::nullopt;
  const auto number = value->to_number<double>();
  return std::isfinite(number) ? std::optional(number) : std::nullopt;
}

std::int32_t whole(double value) {
  using Limits = std::numeric_limits<std::int32_t>;
  return static_cast<std::int32_t>(
      std::clamp(value, static_cast<double>(Limits::min()), static_cast<double>(Limits::max())));
}

std::optional<Location> read(const json::object& object, const Shape& shape) {
  const auto latitude = number_of(object, shape.latitude);
  const auto longitude = number_of(object, shape.longitude);
  if (!latitude || !longitude) return std::nullopt;
  if (std::abs(*latitude) > 90 || std::abs(*longitude) > 180) return std::nullopt;
  if (std::fpclassify(*latitude) == FP_ZERO && std::fpclassify(*longitude) == FP_ZERO)
    return std::nullopt;
  Location location{.latitude = *latitude, .longitude = *longitude, .source = LocationSource::gps};
  for (const auto* name : shape.altitude) {
    const auto altitude = number_of(object, name);
    if (!altitude) continue;
    location.altitude_m = whole(*altitude);
    break;
  }
  return location;
}

std::optional<Location> of_cayenne(const json::object& object) {
  for (const auto& member : object) {
    if (!member.key().starts_with("gps_") || !member.value().is_object()) continue;
    if (auto found =
            read(member.value().get_object(), {"latitude", "longitude", {"altitude", nullptr}}))
      return found;
  }
  return std::nullopt;
}

/// Whether it is worth to be taken apart: most payloads tell no location.
bool may_tell(std::string_view text) noexcept {
  return text.find("lat") != std::string_view::npos || text.find("Lat") != std::string_view::npos;
}

}  // namespace

std::optional<Location> location_in(std::string_view text) {
  if (!may_tell(text)) return std::nullopt;
  const auto document = parse_document(text);
  if (!document || !document->is_object()) return std::nullopt;
  const auto& object = document->get_object();
  auto found = of_cayenne(object);
  for (const auto& shape : shapes) {
    if (!found) found = read(object, shape);
  }
  if (!found) return std::nullopt;
  for (const auto* name : accuracies) {
    const auto accuracy = number_of(object, name);
    if (!accuracy) continue;
    found->accuracy_m = whole(*accuracy);
    break;
  }
  return found;
}

}  // namespace ff::formatter
