// Setting: what one source says for one key, before the schema has judged it, and the errors of
// that judgement. Not the values themselves: see config.hpp.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "config/schema/knob.hpp"
#include "protocol/base/result.hpp"

namespace ff::config {

inline constexpr ErrorDef unknown_key{"config", "unknown_key", Code::invalid_argument,
                                      "{source}: there is no setting `{key}`{suggestion}"};
inline constexpr ErrorDef invalid_value{
    "config", "invalid_value", Code::invalid_argument,
    "{source}: `{key}` can not be `{value}`: it takes {allowed}"};
inline constexpr ErrorDef missing_value{"config", "missing_value", Code::invalid_argument,
                                        "{source}: `{key}` needs a value: {allowed}"};
inline constexpr ErrorDef repeated_key{"config", "repeated_key", Code::invalid_argument,
                                       "{source}: `{key}` is given more than once"};
inline constexpr ErrorDef unreadable_file{"config", "unreadable_file", Code::not_found,
                                          "can not read `{path}`: {detail}"};
inline constexpr ErrorDef malformed_file{"config", "malformed_file", Code::invalid_argument,
                                         "{source}: {detail}"};
/// Settings that are legal alone and not together.
inline constexpr ErrorDef contradiction{"config", "contradiction", Code::invalid_argument,
                                        "`{key}`: {detail}"};
/// More than one of the errors above.
inline constexpr ErrorDef invalid_configuration{"config", "invalid_configuration",
                                                Code::invalid_argument,
                                                "{count} errors in the configuration:\n{problems}"};

enum class OriginKind : std::uint8_t { initial, file, environment, flag };

/// Where a value came from.
struct Origin {
  OriginKind kind = OriginKind::initial;
  std::string
      place;  // `farfield.yml:12`, `FARFIELD_NS_NET_ID`, `--ns.net-id`; `default` for initial

  bool operator==(const Origin&) const = default;
};

struct Setting {
  std::string key;
  Shape shape = Shape::text;  // `text`: one item, still to be split if the knob wants a list or map
  std::vector<std::string> items;
  Origin origin;

  bool operator==(const Setting&) const = default;
};

/// What a source said, and what was wrong with it; both may be there.
struct Reading {
  std::vector<Setting> settings;
  std::vector<Error> problems;
  std::vector<std::string> warnings = {};
};

/// The error of a key that no knob has, with the nearest name that one has.
Error no_such_key(std::string_view key, const Origin& origin);
/// Words of `text`: separated by white space and commas.
std::vector<std::string> split_items(std::string_view text);
/// Puts the setting into the config, or returns why not. Values of secret knobs are not in the
/// error.
Status apply(const Setting& setting, Config& config);

}  // namespace ff::config
