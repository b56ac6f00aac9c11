// Templates of output: the part of Go's text/template that shows fields, `{{.ids.device_id}}`.
// [spec cli §1]
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "app/cli/output/flat.hpp"
#include "protocol/base/result.hpp"

namespace ff::cli {

inline constexpr ErrorDef invalid_template{
    "cli", "invalid_template", Code::invalid_argument,
    "output-format: `{part}` is not known; fields are written {{.ids.device_id}}"};

class ItemTemplate {
 public:
  /// Names compare without case and `_`, so that `.Ids.DeviceId` is `.ids.device_id`. Error:
  /// invalid_template.
  static Result<ItemTemplate> parse(std::string_view text);
  /// A field that is not there is empty.
  std::string render(const FlatFields& fields) const;

 private:
  struct Part {
    bool is_field = false;
    std::string text;
  };
  std::vector<Part> parts_;
};

}  // namespace ff::cli
