// What the services of the join server ask, and the services: one function per file.
#pragma once

#include "actors/join_server/activation/interface.hpp"
#include "actors/join_server/config.hpp"
#include "app/api/services/base/cluster_keys.hpp"
#include "app/api/services/services.hpp"
#include "protocol/key_vault/key_vault.hpp"

namespace ff::api {

struct JoinServerDoors {
  JoinServers shards;
  actors::Route<join_server::activation::RegistryHandle> activation_settings;
  std::vector<join_server::JoinEuiPrefix> prefixes;
  JoinEui default_join_eui;
  ClusterKeys cluster_keys;
  key_vault::LiveKeyVaultPtr vault;
};

std::unique_ptr<grpc::Service> make_js(const ServiceContext& context, JoinServerDoors doors);
std::unique_ptr<grpc::Service> make_ns_js(const ServiceContext& context, JoinServerDoors doors);
std::unique_ptr<grpc::Service> make_as_js(const ServiceContext& context, JoinServerDoors doors);
std::unique_ptr<grpc::Service> make_app_js(const ServiceContext& context, JoinServerDoors doors);
std::unique_ptr<grpc::Service> make_activation_settings(const ServiceContext& context,
                                                        JoinServerDoors doors);
std::unique_ptr<grpc::Service> make_network_crypto(const ServiceContext& context,
                                                   JoinServerDoors doors);
std::unique_ptr<grpc::Service> make_application_crypto(const ServiceContext& context,
                                                       JoinServerDoors doors);

/// All of them.
std::vector<std::unique_ptr<grpc::Service>> make_join_server_services(const ServiceContext& context,
                                                                      const JoinServerDoors& doors);

}  // namespace ff::api
