// Normalised payload: what measurements may look like, and what is left of those that do not fit.
// [spec application-server §10.3]
#pragma once

#include <boost/json/value.hpp>
#include <string>
#include <vector>

#include "protocol/base/result.hpp"

namespace ff::formatter {

struct Normalized {
  std::vector<std::string> measurements;  // JSON objects, none empty
  std::vector<std::string> warnings;
};

/// `data` is a measurement or a list of them. A value out of range is left out with a warning.
/// Errors: unknown_field and field_type (attribute `path`), script_output when `data` is neither.
Result<Normalized> normalize(const boost::json::value& data);

}  // namespace ff::formatter
