#include "app/server/farfield/own_flags.hpp"

#include <algorithm>

namespace ff::app {

Result<OwnFlags> OwnFlags::take(const std::vector<OwnFlag>& flags,
                                std::vector<std::string>& arguments) {
  OwnFlags out;
  std::vector<std::string> others;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const auto& argument = arguments[i];
    const auto equals = std::min(argument.find('='), argument.size());
    const auto known = std::ranges::find_if(flags, [&](const OwnFlag& flag) {
      return argument.starts_with("--") && argument.substr(2, equals - 2) == flag.name;
    });
    if (known == flags.end()) {
      others.push_back(argument);
      continue;
    }
    std::string value = "true";
    if (equals < argument.size()) {
      value = argument.substr(equals + 1);
    } else if (!known->is_bool) {
      if (++i == arguments.size()) return fail(flag_without_value, {{"flag", known->name}});
      value = arguments[i];
    }
    if (known->is_bool && value != "true" && value != "false")
      return fail(flag_not_a_bool, {{"flag", known->name}, {"value", value}});
    out.values_[std::string(known->name)].push_back(std::move(value));
  }
  arguments = std::move(others);
  return out;
}

std::optional<std::string> OwnFlags::text(std::string_view name) const {
  const auto found = values_.find(name);
  if (found == values_.end()) return std::nullopt;
  return found->second.back();
}

bool OwnFlags::flag(std::string_view name, bool by_default) const {
  const auto value = text(name);
  return value ? *value == "true" : by_default;
}

std::vector<std::string> OwnFlags::all(std::string_view name) const {
  const auto found = values_.find(name);
  return found == values_.end() ? std::vector<std::string>() : found->second;
}

}  // namespace ff::app
