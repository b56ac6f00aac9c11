// A command's own flags, before the settings that every command takes. Not the settings
// (config/load).
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/base/result.hpp"

namespace ff::app {

inline constexpr ErrorDef flag_without_value{"farfield", "flag_without_value",
                                             Code::invalid_argument, "--{flag} needs a value"};
inline constexpr ErrorDef flag_not_a_bool{"farfield", "flag_not_a_bool", Code::invalid_argument,
                                          "--{flag} is true or false, not `{value}`"};

struct OwnFlag {
  std::string_view name;  ///< Without dashes.
  bool is_bool = false;   ///< Alone it is true.
};

class OwnFlags {
 public:
  /// Takes `--flag value` and `--flag=value` of `flags` out of `arguments`; the others are left.
  /// Error: flag_without_value, flag_not_a_bool.
  static Result<OwnFlags> take(const std::vector<OwnFlag>& flags,
                               std::vector<std::string>& arguments);

  bool has(std::string_view name) const { return values_.contains(name); }
  /// The last value; nothing if the flag was not given.
  std::optional<std::string> text(std::string_view name) const;
  bool flag(std::string_view name, bool by_default) const;
  std::vector<std::string> all(std::string_view name) const;

 private:
  std::map<std::string, std::vector<std::string>, std::less<>> values_;
};

}  // namespace ff::app
