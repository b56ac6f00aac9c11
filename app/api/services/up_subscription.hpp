// A call that subscribes to an application's messages: rights, the link, and the end of both.
#pragma once

#include <memory>

#include "app/api/services/base/context.hpp"
#include "app/api/services/services.hpp"
#include "app/api/services/up_stream.hpp"

namespace ff::api {

inline constexpr ErrorDef too_many_streams{
    "pkg/applicationserver/io/grpc", "too_many_streams", Code::resource_exhausted,
    "the application has `{max}` streams of its messages open"};

/// Opens the stream once messages come; it ends with an error if the caller may not read, the
/// application has too many streams, or the application server is not there.
void subscribe_to_ups(const ServiceContext& context, const UpDoors& doors,
                      const std::shared_ptr<const Call>& call, const ApplicationId& application_id,
                      const std::shared_ptr<UpStream::Ups>& stream);

}  // namespace ff::api
