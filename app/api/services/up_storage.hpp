// The service of the storage integration. Apart from services.hpp, because only the process needs
// it.
#pragma once

#include <grpcpp/impl/service_type.h>

#include <memory>

#include "actors/application_server/integration/storage/interface.hpp"
#include "actors/support/route.hpp"
#include "app/api/services/base/context.hpp"

namespace ff::api {

using Storage = actors::Route<application_server::StorageHandle>;
std::unique_ptr<grpc::Service> make_up_storage(const ServiceContext& context, Storage storage);

}  // namespace ff::api
