#include "app/api/services/identity/services.hpp"

namespace ff::api {

std::vector<std::unique_ptr<grpc::Service>> make_identity_services(const ServiceContext& context,
                                                                   const Identity& identity,
                                                                   const MakeRandom& make_random) {
  std::vector<std::unique_ptr<grpc::Service>> all;
  for (auto make : {make_application_registry, make_gateway_registry, make_organization_registry,
                    make_end_device_registry, make_entity_access, make_user_sessions,
                    make_oauth_authorizations, make_bookmarks, make_notifications,
                    make_is_configuration, make_entity_search, make_device_search,
                    make_gateway_batches, make_gateway_batch_access, make_end_device_batches})
    all.push_back(make(context, identity));
  for (auto make : {make_application_access, make_gateway_access, make_user_registry,
                    make_user_access, make_organization_access, make_client_registry,
                    make_client_access, make_invitations, make_email_validation, make_contact_info})
    all.push_back(make(context, identity, make_random));
  return all;
}

}  // namespace ff::api
