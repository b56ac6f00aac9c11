// What the API demands of a request before anything else looks at it: allowed field mask paths and
// rules of fields. Not for rights, and not for rules between entities; those are the services'.
//
// The rules are data: protocol/proto/tables/{messages,oneofs,fieldmasks,validation-masks}.tsv.
#pragma once

#include <span>
#include <string_view>

#include "protocol/base/result.hpp"
#include "protocol/base/time.hpp"

namespace google::protobuf {
class Message;
}

namespace ff::api_rules {

inline constexpr ErrorDef field_mask_paths{"pkg/rpcmiddleware/validator", "field_mask_paths",
                                           Code::invalid_argument,
                                           "forbidden path(s) in field mask"};
inline constexpr ErrorDef non_zero_path{"pkg/rpcmiddleware/validator", "non_zero_path",
                                        Code::invalid_argument, "path `{path}` must be zero"};
inline constexpr ErrorDef validation{"pkg/errors", "validation", Code::invalid_argument,
                                     "invalid `{field}`: {reason}"};

/// Validates a request of `method` (`ttn.lorawan.v3.GatewayRegistry/Update`), in this order:
/// 1. `field_mask_paths` (attribute `forbidden_paths`) when its field mask names a path that the
/// method does not allow;
/// 2. `non_zero_path` (attribute `path`) when a setting method's payload holds, below the paths
/// asked for, a field that
///    is not allowed;
/// 3. `validation` (attributes `field`, `reason`, `name`) for the first rule broken; in a request
/// with a non-empty field
///    mask only what it names. A rule broken inside an embedded message is the cause.
/// `now` is for rules such as "in the future".
Status validate(std::string_view method, const google::protobuf::Message& request, UtcTime now);

/// All rules of one message and what it embeds.
Status validate(const google::protobuf::Message& message, UtcTime now);

/// The paths that `method` allows in a field mask, sorted, parents and what is below them. Empty
/// for a method without a field mask.
std::span<const std::string_view> allowed_paths(std::string_view method);

}  // namespace ff::api_rules
