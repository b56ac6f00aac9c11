// Errors of application packages that clients see; names are the reference's where it has one.
// [shared/api/errors.tsv pkg/applicationserver/io/packages]
#pragma once

#include "actors/application_server/integration/packages/association.hpp"
#include "protocol/base/error.hpp"

namespace ff::application_server::packages {

inline constexpr ErrorDef package_not_implemented{"pkg/applicationserver/io/packages",
                                                  "package_not_implemented", Code::unimplemented,
                                                  "package `{name}` is not implemented"};
inline constexpr ErrorDef invalid_fieldmask{"pkg/applicationserver/io/packages/redis",
                                            "invalid_fieldmask", Code::invalid_argument,
                                            "invalid fieldmask"};
inline constexpr ErrorDef association_not_found{"pkg/redis", "not_found", Code::not_found,
                                                "entity not found"};
// Of alcsync-v1.
inline constexpr ErrorDef unsupported_command{"pkg/applicationserver/io/packages/alcsync/v1",
                                              "unsupported_command", Code::unimplemented,
                                              "unsupported command"};
// Without an equivalent in the reference.
inline constexpr ErrorDef periodicity_not_supported{
    "pkg/applicationserver/io/packages/alcsync/v1", "periodicity_not_supported",
    Code::failed_precondition, "the device does not take a periodicity"};
inline constexpr ErrorDef alcsync_field_type{"pkg/applicationserver/io/packages/alcsync/v1",
                                             "invalid_field_type", Code::data_loss,
                                             "field `{field}` has the wrong type `{type}`"};
inline constexpr ErrorDef downlink_unavailable{"pkg/applicationserver/io/packages/alcsync/v1",
                                               "downlink_unavailable", Code::unavailable,
                                               "downlink unavailable"};
// Of lora-cloud-device-management-v1.
inline constexpr ErrorDef dms_field_not_found{"pkg/applicationserver/io/packages/loradms/v1",
                                              "field_not_found", Code::not_found,
                                              "field `{field}` not found"};
inline constexpr ErrorDef dms_field_type{"pkg/applicationserver/io/packages/loradms/v1",
                                         "invalid_field_type", Code::data_loss,
                                         "field `{field}` has the wrong type `{type}`"};
inline constexpr ErrorDef dms_request{"pkg/applicationserver/io/packages/loradms/v1/api", "request",
                                      Code::unavailable, "LoRa Cloud DMS request"};
// Of lora-cloud-geolocation-v3.
inline constexpr ErrorDef gls_field_required{"pkg/applicationserver/io/packages/loragls/v3",
                                             "field_required", Code::not_found,
                                             "field `{field}` is required"};
inline constexpr ErrorDef gls_invalid_type{"pkg/applicationserver/io/packages/loragls/v3",
                                           "invalid_type", Code::data_loss, "wrong type `{type}`"};
inline constexpr ErrorDef gls_invalid_value{"pkg/applicationserver/io/packages/loragls/v3",
                                            "invalid_value", Code::data_loss,
                                            "wrong value `{value}`"};
inline constexpr ErrorDef gls_request{"pkg/applicationserver/io/packages/loragls/v3/api", "request",
                                      Code::unavailable, "LoRa Cloud GLS request"};
inline constexpr ErrorDef location_query{"pkg/applicationserver/io/packages/loragls/v3",
                                         "location_query", Code::internal, "location query"};
inline constexpr ErrorDef no_result{"pkg/applicationserver/io/packages/loragls/v3", "no_result",
                                    Code::not_found, "no location query result"};
// Without an equivalent in the reference but for the name.
inline constexpr ErrorDef solver_said{"pkg/applicationserver/io/packages/loragls/v3", "error",
                                      Code::unknown, "{message}"};
inline constexpr ErrorDef malformed_message{"pkg/applicationserver/io/packages",
                                            "malformed_message", Code::internal,
                                            "a stored message can not be read"};
inline constexpr ErrorDef status_code{"pkg/applicationserver/io/packages", "status_code",
                                      Code::unavailable, "the server has answered {status_code}"};
inline constexpr ErrorDef too_many_requests{"pkg/applicationserver/io/packages",
                                            "too_many_requests", Code::resource_exhausted,
                                            "one message leads to more than {max} requests"};
inline constexpr ErrorDef expired{"pkg/applicationserver/io/packages", "expired",
                                  Code::deadline_exceeded, "not handled in time"};
inline constexpr ErrorDef not_answered{"pkg/applicationserver/io/packages", "not_answered",
                                       Code::deadline_exceeded, "no answer in time"};
inline constexpr ErrorDef too_many_associations{
    "pkg/applicationserver/io/packages", "too_many_associations", Code::resource_exhausted,
    "an application has at most {max} package associations"};
inline constexpr ErrorDef data_too_large{"pkg/applicationserver/io/packages", "data_too_large",
                                         Code::invalid_argument,
                                         "the data of an association has at most {max} bytes"};
inline constexpr ErrorDef registry_overloaded{
    "pkg/applicationserver/io/packages", "registry_overloaded", Code::resource_exhausted,
    "too many changes of package associations are waiting"};
inline constexpr ErrorDef registry_starting{"pkg/applicationserver/io/packages",
                                            "registry_starting", Code::unavailable,
                                            "the registry of package associations is starting"};

}  // namespace ff::application_server::packages
