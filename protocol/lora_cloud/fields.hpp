// INTERNAL: members of answers, which may be anything.
#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <limits>
#include <optional>
#include <string_view>

#include "protocol/types/frames.hpp"

namespace ff::lora_cloud {

/// Null: it is not there, or null.
inline const boost::json::value* member(const boost::json::value& value, std::string_view name) {
  const auto* object = value.if_object();
  const auto* found = object == nullptr ? nullptr : object->if_contains(name);
  return found == nullptr || found->is_null() ? nullptr : found;
}

inline std::optional<double> number(const boost::json::value* maybe_value) {
  if (maybe_value == nullptr) return std::nullopt;
  if (const auto* whole = maybe_value->if_int64()) return static_cast<double>(*whole);
  if (const auto* natural = maybe_value->if_uint64()) return static_cast<double>(*natural);
  if (const auto* real = maybe_value->if_double()) return *real;
  return std::nullopt;
}

inline std::optional<double> number_of(const boost::json::value& value, std::string_view name) {
  return number(member(value, name));
}

/// Towards zero, and within what fits.
inline std::int32_t metres(double value) {
  using Limits = std::numeric_limits<std::int32_t>;
  if (!(value > static_cast<double>(Limits::min()))) return Limits::min();
  if (!(value < static_cast<double>(Limits::max()))) return Limits::max();
  return static_cast<std::int32_t>(value);
}

/// Nothing for what is no place on earth.
inline std::optional<Location> place(std::optional<double> latitude,
                                     std::optional<double> longitude, double altitude,
                                     double accuracy) {
  if (!latitude || !longitude) return std::nullopt;
  const bool is_there =
      *latitude >= -90 && *latitude <= 90 && *longitude >= -180 && *longitude <= 180;
  if (!is_there) return std::nullopt;
  return Location{*latitude, *longitude, metres(altitude), metres(accuracy),
                  LocationSource::unknown};
}

/// `[latitude, longitude, altitude]` in `llh`, metres in `accuracy`.
inline std::optional<Location> place_of_llh(const boost::json::value& value) {
  const auto* llh = member(value, "llh");
  const auto* list = llh == nullptr ? nullptr : llh->if_array();
  if (list == nullptr || list->size() != 3) return std::nullopt;
  return place(number(&(*list)[0]), number(&(*list)[1]), number(&(*list)[2]).value_or(0),
               number_of(value, "accuracy").value_or(0));
}

}  // namespace ff::lora_cloud
