// The services of the identity server, one function per file of this folder.
#pragma once

#include <grpcpp/impl/service_type.h>

#include <memory>

#include "app/api/services/identity/identity.hpp"

namespace ff::api {

// Contexts outlive the services; services outlive the server.

std::unique_ptr<grpc::Service> make_application_registry(const ServiceContext& context,
                                                         Identity identity);
std::unique_ptr<grpc::Service> make_gateway_registry(const ServiceContext& context,
                                                     Identity identity);
std::unique_ptr<grpc::Service> make_end_device_registry(const ServiceContext& context,
                                                        Identity identity);

std::unique_ptr<grpc::Service> make_application_access(const ServiceContext& context,
                                                       Identity identity, MakeRandom make_random);
std::unique_ptr<grpc::Service> make_gateway_access(const ServiceContext& context, Identity identity,
                                                   MakeRandom make_random);
std::unique_ptr<grpc::Service> make_entity_access(const ServiceContext& context, Identity identity);

}  // namespace ff::api
