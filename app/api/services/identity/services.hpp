// The services of the identity server, one function per file of this folder.
#pragma once

#include <grpcpp/impl/service_type.h>

#include <memory>
#include <vector>

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
std::unique_ptr<grpc::Service> make_organization_registry(const ServiceContext& context,
                                                          Identity identity);
std::unique_ptr<grpc::Service> make_client_registry(const ServiceContext& context,
                                                    Identity identity, MakeRandom make_random);
std::unique_ptr<grpc::Service> make_user_registry(const ServiceContext& context, Identity identity,
                                                  MakeRandom make_random);
std::unique_ptr<grpc::Service> make_organization_access(const ServiceContext& context,
                                                        Identity identity, MakeRandom make_random);
std::unique_ptr<grpc::Service> make_client_access(const ServiceContext& context, Identity identity,
                                                  MakeRandom make_random);
std::unique_ptr<grpc::Service> make_user_access(const ServiceContext& context, Identity identity,
                                                MakeRandom make_random);
std::unique_ptr<grpc::Service> make_user_sessions(const ServiceContext& context, Identity identity);
std::unique_ptr<grpc::Service> make_oauth_authorizations(const ServiceContext& context,
                                                         Identity identity);
std::unique_ptr<grpc::Service> make_invitations(const ServiceContext& context, Identity identity,
                                                MakeRandom make_random);
std::unique_ptr<grpc::Service> make_bookmarks(const ServiceContext& context, Identity identity);
std::unique_ptr<grpc::Service> make_notifications(const ServiceContext& context, Identity identity);
std::unique_ptr<grpc::Service> make_email_validation(const ServiceContext& context,
                                                     Identity identity, MakeRandom make_random);
std::unique_ptr<grpc::Service> make_contact_info(const ServiceContext& context, Identity identity,
                                                 MakeRandom make_random);
std::unique_ptr<grpc::Service> make_is_configuration(const ServiceContext& context,
                                                     Identity identity);
std::unique_ptr<grpc::Service> make_entity_search(const ServiceContext& context, Identity identity);
std::unique_ptr<grpc::Service> make_device_search(const ServiceContext& context, Identity identity);
std::unique_ptr<grpc::Service> make_gateway_batches(const ServiceContext& context,
                                                    Identity identity);
std::unique_ptr<grpc::Service> make_gateway_batch_access(const ServiceContext& context,
                                                         Identity identity);
std::unique_ptr<grpc::Service> make_end_device_batches(const ServiceContext& context,
                                                       Identity identity);
/// All of them.
std::vector<std::unique_ptr<grpc::Service>> make_identity_services(const ServiceContext& context,
                                                                   const Identity& identity,
                                                                   const MakeRandom& make_random);

std::unique_ptr<grpc::Service> make_entity_access(const ServiceContext& context, Identity identity);

}  // namespace ff::api
