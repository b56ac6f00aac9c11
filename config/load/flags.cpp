#include "config/load/flags.hpp"

#include <algorithm>
#include <iterator>
#include <optional>

#include "config/schema/schema.hpp"

namespace ff::config {

namespace {

bool is_flag_of_truth(const Knob& knob) {
  return knob.value.allowed == flag().allowed;
}

class FlagReader {
 public:
  explicit FlagReader(const std::vector<std::string>& arguments) : arguments_(arguments) {}

  FlagReading read() {
    while (at_ < arguments_.size()) {
      const std::string& argument = arguments_[at_++];
      if (argument == "--") {
        std::copy(arguments_.begin() + static_cast<std::ptrdiff_t>(at_), arguments_.end(),
                  std::back_inserter(result_.words));
        break;
      }
      if (argument == "-c") {
        read_flag("config", {});
      } else if (argument.starts_with("--")) {
        const auto equals = argument.find('=');
        read_flag(argument.substr(2, equals == std::string::npos ? equals : equals - 2),
                  equals == std::string::npos ? std::nullopt
                                              : std::optional(argument.substr(equals + 1)));
      } else if (argument.starts_with('-') && argument.size() > 1) {
        result_.reading.problems.push_back(
            no_such_key(argument, {OriginKind::flag, "command line"}));
      } else {
        result_.words.push_back(argument);
      }
    }
    return std::move(result_);
  }

 private:
  void read_flag(const std::string& key, std::optional<std::string> value) {
    const Origin origin{OriginKind::flag, "--" + key};
    const auto* knob = find_knob(key);
    if (knob == nullptr && key != "config") {
      result_.reading.problems.push_back(no_such_key(key, origin));
      skip_value(value);
      return;
    }
    if (!value && knob != nullptr && is_flag_of_truth(*knob)) value = "true";
    if (!value && at_ < arguments_.size()) value = arguments_[at_++];
    if (!value) {
      const std::string allowed = knob == nullptr ? "a path" : knob->value.allowed;
      result_.reading.problems.emplace_back(
          missing_value,
          std::vector<Attribute>{{"source", "command line"}, {"key", key}, {"allowed", allowed}});
    } else if (knob == nullptr) {
      result_.config_files.push_back(*std::move(value));
    } else {
      add(*knob, *std::move(value), origin);
    }
  }

  /// So that the value of an unknown flag is not taken for a word.
  void skip_value(const std::optional<std::string>& value) {
    if (!value && at_ < arguments_.size() && !arguments_[at_].starts_with('-')) ++at_;
  }

  void add(const Knob& knob, std::string value, const Origin& origin) {
    auto& settings = result_.reading.settings;
    const auto earlier =
        std::find_if(settings.begin(), settings.end(),
                     [&](const Setting& setting) { return setting.key == knob.name; });
    if (knob.value.shape != Shape::text && earlier != settings.end()) {
      earlier->items.front() += " " + value;
    } else {
      settings.push_back({std::string(knob.name), Shape::text, {std::move(value)}, origin});
    }
  }

  const std::vector<std::string>& arguments_;
  std::size_t at_ = 0;
  FlagReading result_;
};

}  // namespace

FlagReading read_flags(const std::vector<std::string>& arguments) {
  return FlagReader(arguments).read();
}

}  // namespace ff::config
