#include "config/load/environment.hpp"

#include <unistd.h>

#include <cctype>
#include <map>

#include "config/schema/schema.hpp"

namespace ff::config {

namespace {

constexpr std::string_view ours = "FARFIELD_";
constexpr std::string_view reference = "TTN_LW_";

std::map<std::string, std::string_view> names_by_suffix() {
  std::map<std::string, std::string_view> names;
  for (const auto& knob : knobs()) names.emplace(variable_suffix(knob.name), knob.name);
  return names;
}

/// `NS_NET_IDD` as `ns.net.idd`: near enough to a name for a suggestion.
std::string key_like(std::string_view suffix) {
  std::string key;
  for (const char c : suffix) {
    key += c == '_' ? '.' : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return key;
}

}  // namespace

Environment process_environment() {
  Environment environment;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const auto equals = text.find('=');
    if (equals == std::string_view::npos) continue;
    environment.emplace_back(text.substr(0, equals), text.substr(equals + 1));
  }
  return environment;
}

std::string variable_suffix(std::string_view key) {
  std::string suffix;
  for (const char c : key) {
    suffix +=
        c == '.' || c == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  return suffix;
}

EnvironmentReading read_environment(const Environment& environment) {
  static const auto names = names_by_suffix();
  EnvironmentReading result;
  // The reference's first: of two settings of one kind the later wins.
  for (const auto prefix : {reference, ours}) {
    for (const auto& [variable, value] : environment) {
      if (!variable.starts_with(prefix)) continue;
      const auto suffix = variable.substr(prefix.size());
      const Origin origin{OriginKind::environment, variable};
      if (suffix == "CONFIG") {
        result.config_files = split_items(value);
      } else if (const auto name = names.find(suffix); name != names.end()) {
        result.reading.settings.push_back(
            {std::string(name->second), Shape::text, {value}, origin});
      } else if (prefix == ours) {
        result.reading.problems.push_back(no_such_key(key_like(suffix), origin));
      } else {
        result.warnings.push_back("`" + variable + "` has no meaning here");
      }
    }
  }
  return result;
}

}  // namespace ff::config
