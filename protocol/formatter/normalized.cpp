#include "protocol/formatter/normalized.hpp"

#include <array>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <limits>
#include <optional>
#include <string_view>

#include "protocol/application_json/text.hpp"
#include "protocol/base/time.hpp"
#include "protocol/formatter/document.hpp"
#include "protocol/formatter/errors.hpp"

namespace ff::formatter {
namespace {

enum class Shape : std::uint8_t { number, flag, time, place, contact };

constexpr double none = std::numeric_limits<double>::infinity();
constexpr double absolute_zero = -273.15;
constexpr double million = 1e6;

struct Field {
  std::string_view path;
  Shape shape = Shape::number;
  double min = -none;
  double max = none;
  double below = none;  // exclusive maximum
};

constexpr std::array fields{
    Field{"time", Shape::time},
    Field{"battery"},
    Field{"soil.depth", Shape::number, 0},
    Field{"soil.moisture", Shape::number, 0, 100},
    Field{"soil.temperature", Shape::number, absolute_zero},
    Field{"soil.ec", Shape::number, 0, 621},
    Field{"soil.pH", Shape::number, 0, 14},
    Field{"soil.n", Shape::number, 0, million},
    Field{"soil.p", Shape::number, 0, million},
    Field{"soil.k", Shape::number, 0, million},
    Field{"air.location", Shape::place},
    Field{"air.temperature", Shape::number, absolute_zero},
    Field{"air.relativeHumidity", Shape::number, 0, 100},
    Field{"air.pressure", Shape::number, 900, 1100},
    Field{"air.co2", Shape::number, 0, million},
    Field{"air.lightIntensity", Shape::number, 0},
    Field{"wind.speed", Shape::number, 0},
    Field{"wind.direction", Shape::number, 0, none, 360},
    Field{"rain.intensity", Shape::number, 0},
    Field{"rain.cumulative", Shape::number, 0},
    Field{"water.leak", Shape::flag},
    Field{"water.temperature.min", Shape::number, absolute_zero},
    Field{"water.temperature.max", Shape::number, absolute_zero},
    Field{"water.temperature.avg", Shape::number, absolute_zero},
    Field{"water.temperature.current", Shape::number, absolute_zero},
    Field{"metering.water.total", Shape::number, 0},
    Field{"action.motion.detected", Shape::flag},
    Field{"action.motion.count", Shape::number, 0},
    Field{"action.contactState", Shape::contact},
    Field{"position.latitude", Shape::number, -90, 90},
    Field{"position.longitude", Shape::number, -180, 180},
};

const Field* find_field(std::string_view path) noexcept {
  for (const auto& field : fields) {
    if (field.path == path) return &field;
  }
  return nullptr;
}

bool is_group(std::string_view path) noexcept {
  for (const auto& field : fields) {
    if (field.path.size() > path.size() && field.path.starts_with(path) &&
        field.path[path.size()] == '.')
      return true;
  }
  return false;
}

bool is_one_of(const boost::json::value& value, std::string_view a, std::string_view b) {
  if (!value.is_string()) return false;
  const auto& text = value.get_string();
  const std::string_view view(text.data(), text.size());
  return view == a || view == b;
}

bool has_shape(const Field& field, const boost::json::value& value) {
  switch (field.shape) {
    case Shape::number:
      return value.is_number();
    case Shape::flag:
      return value.is_bool();
    case Shape::time: {
      if (!value.is_string()) return false;
      const auto& text = value.get_string();
      return parse_rfc3339({text.data(), text.size()}).has_value();
    }
    case Shape::place:
      return is_one_of(value, "indoor", "outdoor");
    case Shape::contact:
      return is_one_of(value, "open", "closed");
  }
  return false;
}

/// What is wrong with a number; nothing if it is in range.
std::optional<std::string> complaint(const Field& field, const boost::json::value& value) {
  if (field.shape != Shape::number) return std::nullopt;
  const auto number = value.to_number<double>();
  const auto say = [&](std::string_view what, double bound) {
    std::string text = "`" + std::string(field.path) + "` should be " + std::string(what) + " `";
    application_json::append_number(text, bound);
    return text + "`";
  };
  if (number < field.min) return say("equal or greater than", field.min);
  if (number > field.max) return say("equal or less than", field.max);
  if (number >= field.below) return say("less than", field.below);
  return std::nullopt;
}

/// One measurement on its way through the schema.
struct Sieve {
  std::size_t number = 0;  // of the measurement, from 1
  std::vector<std::string>& warnings;

  /// What is left of a group; as deep as the schema.
  Result<boost::json::object> group(const boost::json::object& from, const std::string& prefix) {
    boost::json::object out;
    for (const auto& [name, value] : from) {
      const auto path = prefix + std::string(name.data(), name.size());
      // `air.temperature` is a member of a member, and no name.
      if (name.find('.') != boost::json::string_view::npos)
        return fail(unknown_field, {{"path", path}});
      FF_TRY(auto kept, member(value, path));
      if (kept) out.emplace(name, *std::move(kept));
    }
    return out;
  }

  Result<std::optional<boost::json::value>> member(const boost::json::value& value,
                                                   const std::string& path) {
    const auto* field = find_field(path);
    if (field == nullptr && !is_group(path)) return fail(unknown_field, {{"path", path}});
    if (field == nullptr) {
      if (!value.is_object()) return fail(field_type, {{"path", path}});
      FF_TRY(auto kept, group(value.get_object(), path + "."));
      if (kept.empty()) return std::nullopt;
      return std::optional<boost::json::value>(std::move(kept));
    }
    if (!has_shape(*field, value)) return fail(field_type, {{"path", path}});
    if (const auto wrong = complaint(*field, value)) {
      warnings.push_back("measurement " + std::to_string(number) + ": " + *wrong);
      return std::nullopt;
    }
    return std::optional(value);
  }
};

}  // namespace

Result<Normalized> normalize(const boost::json::value& data) {
  Normalized out;
  std::size_t number = 0;
  const auto add = [&](const boost::json::value& one) -> Status {
    if (!one.is_object()) return fail(script_output, {{"reason", "a measurement is no object"}});
    Sieve sieve{++number, out.warnings};
    FF_TRY(auto kept, sieve.group(one.get_object(), ""));
    if (!kept.empty()) out.measurements.push_back(to_text(kept));
    return {};
  };
  if (data.is_null()) return out;
  if (!data.is_array()) {
    FF_CHECK(add(data));
    return out;
  }
  for (const auto& one : data.get_array()) FF_CHECK(add(one));
  return out;
}

}  // namespace ff::formatter
