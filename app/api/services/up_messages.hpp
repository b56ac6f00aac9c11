// farfield.v1.AsMessages: AppAs.Subscribe with a path over HTTP, which the reference does not give
// it. Not the stream itself (up_stream.hpp).
#pragma once

#include <memory>

#include "app/api/services/services.hpp"

namespace ff::api {

/// `context` outlives the service.
std::unique_ptr<grpc::Service> make_up_messages(const ServiceContext& context, UpDoors doors);

}  // namespace ff::api
