// Errors of webhooks that clients see; names are the reference's where it has one.
// [shared/api/errors.tsv pkg/applicationserver/io/web]
#pragma once

#include "protocol/base/error.hpp"

namespace ff::application_server::webhook {

inline constexpr ErrorDef webhook_not_found{"pkg/applicationserver/io/web", "webhook_not_found",
                                            Code::not_found, "webhook not found"};
inline constexpr ErrorDef format_not_found{"pkg/applicationserver/io/web", "format_not_found",
                                           Code::not_found, "format `{format}` not found"};
inline constexpr ErrorDef template_not_found{"pkg/applicationserver/io/web", "template_not_found",
                                             Code::not_found, "template `{template_id}` not found"};
inline constexpr ErrorDef decode_body{"pkg/applicationserver/io/web", "decode_body",
                                      Code::invalid_argument, "decode body"};
/// An attempt did not succeed; the cause says more when there was no answer.
inline constexpr ErrorDef request_failed{"pkg/applicationserver/io/web/sink", "request",
                                         Code::unavailable, "request"};
// Without an equivalent in the reference.
inline constexpr ErrorDef invalid_setting{"pkg/applicationserver/io/web", "invalid_setting",
                                          Code::invalid_argument, "invalid `{field}`: {reason}"};
inline constexpr ErrorDef too_many_webhooks{"pkg/applicationserver/io/web", "too_many_webhooks",
                                            Code::resource_exhausted,
                                            "an application has at most {max} webhooks"};
inline constexpr ErrorDef registry_overloaded{"pkg/applicationserver/io/web", "registry_overloaded",
                                              Code::resource_exhausted,
                                              "too many changes of webhooks are waiting"};
inline constexpr ErrorDef registry_starting{"pkg/applicationserver/io/web", "registry_starting",
                                            Code::unavailable,
                                            "the registry of webhooks is starting"};
inline constexpr ErrorDef not_delivering{"pkg/applicationserver/io/web", "not_delivering",
                                         Code::failed_precondition,
                                         "the webhook is paused or deliveries are switched off"};
inline constexpr ErrorDef replay_running{"pkg/applicationserver/io/web", "replay_running",
                                         Code::failed_precondition,
                                         "replay {id} is running; wait for its end or cancel it"};
inline constexpr ErrorDef expired{"pkg/applicationserver/io/web", "expired",
                                  Code::deadline_exceeded, "not delivered in time"};

}  // namespace ff::application_server::webhook
