// The options of the client: name, default, kind, help. Files, environment, flags, `config` and
// help all read this table. [spec cli §1]
#pragma once

#include <span>
#include <string_view>

namespace ff::cli {

enum class OptionKind { text, boolean, count, duration, fraction, list };

struct Option {
  std::string_view name;  ///< As in files: `retry.default-timeout`.
  OptionKind kind = OptionKind::text;
  std::string_view initial;
  std::string_view help;
};

std::span<const Option> options();
/// Null if there is none.
const Option* find_option(std::string_view name);

}  // namespace ff::cli
