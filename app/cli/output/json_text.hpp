// JSON as people read it. Not how messages become JSON; see protocol/api_json.
#pragma once

#include <string>
#include <string_view>

namespace ff::cli {

/// Compact JSON with line breaks and indents of two blanks. The text must be valid JSON.
std::string indented(std::string_view json);

}  // namespace ff::cli
