// Errors of pub/sub integrations that clients see; names are the reference's where it has one.
// [shared/api/errors.tsv pkg/applicationserver/io/pubsub]
#pragma once

#include "protocol/base/error.hpp"

namespace ff::application_server::pubsub {

inline constexpr ErrorDef format_not_found{"pkg/applicationserver/io/pubsub", "format_not_found",
                                           Code::not_found, "format `{format}` not found"};
inline constexpr ErrorDef integration_failed{"pkg/applicationserver/io/pubsub",
                                             "integration_failed", Code::aborted,
                                             "integration `{pub_sub_id}` failed"};
inline constexpr ErrorDef provider_disabled{"pkg/applicationserver/io/pubsub", "provider_disabled",
                                            Code::failed_precondition,
                                            "provider `{provider}` is disabled"};
inline constexpr ErrorDef unknown_provider{"pkg/applicationserver/io/pubsub", "unknown_provider",
                                           Code::invalid_argument, "unknown provider `{provider}`"};
inline constexpr ErrorDef provider_not_implemented{"pkg/applicationserver/io/pubsub/provider",
                                                   "provider_not_implemented", Code::unimplemented,
                                                   "provider `{provider_id}` is not implemented"};
// Of MQTT. Unknown: who asks gets the code of the cause.
inline constexpr ErrorDef connect_failed{"pkg/applicationserver/io/pubsub/provider/mqtt",
                                         "connect_failed", Code::unknown,
                                         "connection to MQTT server failed"};
inline constexpr ErrorDef publish_failed{"pkg/applicationserver/io/pubsub/provider/mqtt",
                                         "publish_failed", Code::unknown, "publish failed"};
inline constexpr ErrorDef ca_pem_data{"pkg/applicationserver/io/pubsub/provider/mqtt",
                                      "ca_pem_data", Code::invalid_argument,
                                      "`tls_ca` is not PEM data"};
// Without an equivalent in the reference but for the name.
inline constexpr ErrorDef pubsub_not_found{"pkg/applicationserver/io/pubsub", "pubsub_not_found",
                                           Code::not_found, "pub/sub not found"};
inline constexpr ErrorDef invalid_setting{"pkg/applicationserver/io/pubsub", "invalid_setting",
                                          Code::invalid_argument, "invalid `{field}`: {reason}"};
inline constexpr ErrorDef too_many_pubsubs{"pkg/applicationserver/io/pubsub", "too_many_pubsubs",
                                           Code::resource_exhausted,
                                           "an application has at most {max} pub/sub integrations"};
inline constexpr ErrorDef registry_overloaded{"pkg/applicationserver/io/pubsub",
                                              "registry_overloaded", Code::resource_exhausted,
                                              "too many changes of pub/sub are waiting"};
inline constexpr ErrorDef registry_starting{"pkg/applicationserver/io/pubsub", "registry_starting",
                                            Code::unavailable,
                                            "the registry of pub/sub is starting"};
inline constexpr ErrorDef not_running{"pkg/applicationserver/io/pubsub", "not_running",
                                      Code::failed_precondition,
                                      "the integration's provider is disabled"};
inline constexpr ErrorDef not_acknowledged{"pkg/applicationserver/io/pubsub", "not_acknowledged",
                                           Code::deadline_exceeded,
                                           "a message was not acknowledged in time"};
inline constexpr ErrorDef not_connected{"pkg/applicationserver/io/pubsub", "not_connected",
                                        Code::deadline_exceeded, "no connection in time"};
inline constexpr ErrorDef expired{"pkg/applicationserver/io/pubsub", "expired",
                                  Code::deadline_exceeded, "not published in time"};
inline constexpr ErrorDef decode_body{"pkg/applicationserver/io/pubsub", "decode_body",
                                      Code::invalid_argument, "decode downlink: {reason}"};
inline constexpr ErrorDef foreign_application{"pkg/applicationserver/io/pubsub",
                                              "foreign_application", Code::permission_denied,
                                              "the downlink is for another application"};

}  // namespace ff::application_server::pubsub
