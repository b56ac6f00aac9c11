// Any text read as a configuration file: no crash, and what loads is written and read back to the
// same values. The reader without a schema is given the same texts.
#include <cstdint>
#include <string_view>

#include "config/load/flat_yaml.hpp"
#include "config/load/load.hpp"
#include "config/load/print.hpp"
#include "config/load/yaml.hpp"
#include "config/schema/schema.hpp"
#include "protocol/base/assert.hpp"

namespace {

using namespace ff::config;

/// False if a setting is refused.
bool apply_all(const Reading& reading, Config& config) {
  bool is_good = reading.problems.empty();
  for (const auto& setting : reading.settings)
    is_good = apply(setting, config).has_value() && is_good;
  return is_good;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Config defaults = default_config();
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  ff::ignore(read_flat_yaml(text, "fuzz"), "only that it ends");
  Loaded loaded;
  loaded.config = defaults;
  if (!apply_all(read_yaml(text, "fuzz"), loaded.config)) return 0;
  Config again = defaults;
  FF_ASSERT(apply_all(read_yaml(to_yaml(loaded), "again"), again));
  for (const auto& knob : knobs()) {
    if (!knob.value.secret) FF_ASSERT(knob.value.items(again) == knob.value.items(loaded.config));
  }
  return 0;
}
