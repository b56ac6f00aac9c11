// Knob: one setting as data: name, help, default, what is allowed, whether a running server follows
// a change. Not where values come from: see config/load.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/config.hpp"
#include "config/schema/type.hpp"

namespace ff::config {

/// How a setting looks in a file: `a: 1`, `a: [1, 2]`, `a: {k: v}`, `a: [{k: v, l: [w, x]}]`. As
/// text, items are separated by white space or commas, an entry of a map is `k=v`, and a record
/// `k=v;l=w+x`.
enum class Shape : std::uint8_t { text, list, map, records };

/// Whether a running server takes a new value over.
enum class Reload : std::uint8_t { restart, live };

/// A setting's place in Config, with the type of the place forgotten.
struct Binding {
  Shape shape = Shape::text;
  std::string allowed;  // completes "is not allowed: …"
  bool secret = false;
  /// `text`: one item. False, and the config unchanged, if an item is not allowed.
  std::function<bool(Config&, const std::vector<std::string>& items)> assign;
  /// What `assign` would read, in its canonical form.
  std::function<std::vector<std::string>(const Config&)> items;
};

/// One row of the schema.
struct Knob {
  std::string_view name;     // as documented: `ns.net-id`
  std::string_view help;     // a sentence
  std::string_view initial;  // the default, as text; read like any other value
  Binding value;
  Reload reload = Reload::restart;
};

/// `FF_PLACE(ns.net_id)`: the field as a function of the config, const or not.
#define FF_PLACE(path)        \
  [](auto& config) -> auto& { \
    return config.path;       \
  }

/// One value. `type.read` gets the whole text.
template <class T, class Place>
Binding one(Type<T> type, Place place) {
  return {Shape::text, type.allowed, type.secret,
          [type, place](Config& config, const std::vector<std::string>& items) {
            if (items.size() != 1) return false;
            auto value = type.read(items.front());
            if (!value) return false;
            place(config) = *std::move(value);
            return true;
          },
          [type, place](const Config& config) {
            return std::vector<std::string>{type.write(place(config))};
          }};
}

/// Any number of values of `type`, in a vector.
template <class T, class Place>
Binding many(Type<T> type, Place place, Shape shape = Shape::list) {
  return {shape, "items, each " + type.allowed, type.secret,
          [type, place](Config& config, const std::vector<std::string>& items) {
            std::vector<T> values;
            for (const auto& item : items) {
              auto value = type.read(item);
              if (!value) return false;
              values.push_back(*std::move(value));
            }
            place(config) = std::move(values);
            return true;
          },
          [type, place](const Config& config) {
            std::vector<std::string> items;
            for (const auto& value : place(config)) items.push_back(type.write(value));
            return items;
          }};
}

}  // namespace ff::config
