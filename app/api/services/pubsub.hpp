// The services for pub/sub integrations of applications.
#pragma once

#include <grpcpp/impl/service_type.h>

#include <memory>
#include <set>

#include "actors/application_server/integration/pubsub/interface.hpp"
#include "actors/support/route.hpp"
#include "app/api/services/base/context.hpp"

namespace ff::api {

using PubSubs = actors::Route<application_server::pubsub::PubSubsHandle>;

/// `as.pubsub.providers`: those that are not enabled.
struct PubSubProviders {
  using Providers = std::set<application_server::pubsub::Provider>;
  Providers disabled;
  Providers discouraged;  // `warning`
};

// Contexts outlive the services; services outlive the server.

std::unique_ptr<grpc::Service> make_pubsub_registry(const ServiceContext& context, PubSubs registry,
                                                    PubSubProviders providers);
std::unique_ptr<grpc::Service> make_pubsub_inspection(const ServiceContext& context,
                                                      PubSubs registry);

}  // namespace ff::api
