// Errors of payload formatters that users see; names are the reference's.
// [shared/api/errors.tsv pkg/messageprocessors, pkg/scripting]
#pragma once

#include "protocol/base/error.hpp"

namespace ff::formatter {

inline constexpr ErrorDef formatter_not_configured{
    "pkg/messageprocessors", "formatter_not_configured", Code::failed_precondition,
    "formatter `{formatter}` is not configured"};
inline constexpr ErrorDef no_version_identifiers{"pkg/messageprocessors/devicerepository",
                                                 "no_version_identifiers", Code::invalid_argument,
                                                 "no version identifiers for device"};

inline constexpr ErrorDef script_input{"pkg/messageprocessors/javascript", "input",
                                       Code::invalid_argument, "invalid input"};
/// Attribute `reason`.
inline constexpr ErrorDef script_output{"pkg/messageprocessors/javascript", "output", Code::unknown,
                                        "invalid output"};
inline constexpr ErrorDef output_encoding{"pkg/messageprocessors/javascript", "output_encoding",
                                          Code::invalid_argument,
                                          "invalid output values: {errors}"};
inline constexpr ErrorDef output_errors{"pkg/messageprocessors/javascript", "output_errors",
                                        Code::aborted, "{errors}"};

inline constexpr ErrorDef cayenne_input{"pkg/messageprocessors/cayennelpp", "input",
                                        Code::invalid_argument, "invalid input"};
inline constexpr ErrorDef cayenne_output{"pkg/messageprocessors/cayennelpp", "output",
                                         Code::invalid_argument, "invalid output"};

inline constexpr ErrorDef unknown_field{"pkg/messageprocessors/normalizedpayload", "unknown_field",
                                        Code::invalid_argument, "unknown field `{path}`"};
inline constexpr ErrorDef field_type{"pkg/messageprocessors/normalizedpayload", "field_type",
                                     Code::invalid_argument, "invalid field type of `{path}`"};

inline constexpr ErrorDef script_timeout{"pkg/scripting/javascript", "script_timeout",
                                         Code::deadline_exceeded, "script timeout"};
inline constexpr ErrorDef no_script_output{"pkg/scripting/javascript", "no_script_output",
                                           Code::aborted, "no script output"};
inline constexpr ErrorDef script_failed{"pkg/scripting/javascript", "script", Code::aborted,
                                        "{message}"};
inline constexpr ErrorDef script_runtime{"pkg/scripting/javascript", "runtime", Code::aborted,
                                         "{message}"};

}  // namespace ff::formatter
