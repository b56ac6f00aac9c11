// EntityRegistrySearch and EndDeviceRegistrySearch: entities by what is in them.
#include "actors/identity_server/registry/errors.hpp"
#include "app/api/services/identity/account_search.hpp"
#include "app/api/services/identity/end_device_creation.hpp"
#include "app/api/services/identity/ownership.hpp"
#include "app/api/services/identity/page_wish.hpp"
#include "app/api/services/identity/search_filter.hpp"
#include "app/api/services/identity/services.hpp"
#include "app/api/services/identity/shown.hpp"
#include "app/api/services/identity/users.hpp"
#include "ttn/lorawan/v3/search_services.grpc.pb.h"

namespace ff::api {
namespace {

using identity_server::EntityPage;

Paths with_ids(Paths paths) {
  for (const char* path : {"ids", "created_at", "updated_at", "deleted_at"})
    paths.emplace_back(path);
  return paths;
}

/// What the caller's rights show of it.
template <class Message>
Message shown(Message message, Paths paths, const KindInfo& info,
              const identity_server::RightSet& rights) {
  const bool all = rights.has(static_cast<identity_server::Right>(static_cast<int>(info.info)));
  if constexpr (requires { hide_secret(message); }) hide_secret(message);
  if constexpr (requires { hide_secrets(message, rights); }) hide_secrets(message, rights);
  if (!all) {
    std::erase_if(paths,
                  [&](const std::string& path) { return !are_public({path}, info.public_paths); });
    if constexpr (requires { show_public_part(message); }) show_public_part(message);
  }
  return masked(std::move(message), with_ids(std::move(paths)));
}

class EntitySearch final : public pb::EntityRegistrySearch::CallbackService {
 public:
  EntitySearch(const ServiceContext& context, const Identity& identity)
      : context_(context), identity_(identity), ownership_(context, identity) {}

  grpc::ServerUnaryReactor* SearchApplications(grpc::CallbackServerContext* context,
                                               const pb::SearchApplicationsRequest* request,
                                               pb::Applications* response) override {
    return context_.front.unary(
        {"ttn.lorawan.v3.EntityRegistrySearch/SearchApplications"}, context, request, response,
        [this, context](auto call, const auto& search, const auto& reply) {
          find<pb::Application>(call, context, search, storage::EntityKind::application,
                                &pb::Applications::mutable_applications, reply);
        });
  }

  grpc::ServerUnaryReactor* SearchClients(grpc::CallbackServerContext* context,
                                          const pb::SearchClientsRequest* request,
                                          pb::Clients* response) override {
    return context_.front.unary(
        {"ttn.lorawan.v3.EntityRegistrySearch/SearchClients"}, context, request, response,
        [this, context](auto call, const auto& search, const auto& reply) {
          find<pb::Client>(call, context, search, storage::EntityKind::client,
                           &pb::Clients::mutable_clients, reply);
        });
  }

  grpc::ServerUnaryReactor* SearchGateways(grpc::CallbackServerContext* context,
                                           const pb::SearchGatewaysRequest* request,
                                           pb::Gateways* response) override {
    return context_.front.unary(
        {"ttn.lorawan.v3.EntityRegistrySearch/SearchGateways"}, context, request, response,
        [this, context](auto call, const auto& search, const auto& reply) {
          find<pb::Gateway>(call, context, search, storage::EntityKind::gateway,
                            &pb::Gateways::mutable_gateways, reply);
        });
  }

  grpc::ServerUnaryReactor* SearchOrganizations(grpc::CallbackServerContext* context,
                                                const pb::SearchOrganizationsRequest* request,
                                                pb::Organizations* response) override {
    return context_.front.unary(
        {"ttn.lorawan.v3.EntityRegistrySearch/SearchOrganizations"}, context, request, response,
        [this, context](auto call, const auto& search, const auto& reply) {
          find<pb::Organization>(call, context, search, storage::EntityKind::organization,
                                 &pb::Organizations::mutable_organizations, reply);
        });
  }

  grpc::ServerUnaryReactor* SearchUsers(grpc::CallbackServerContext* context,
                                        const pb::SearchUsersRequest* request,
                                        pb::Users* response) override {
    return context_.front.unary({"ttn.lorawan.v3.EntityRegistrySearch/SearchUsers"}, context,
                                request, response,
                                [this, context](auto call, const auto& search, const auto& reply) {
                                  if (!call->auth.is_admin) return reply(fail(search_forbidden));
                                  find_users(context, search, reply);
                                });
  }

  grpc::ServerUnaryReactor* SearchAccounts(grpc::CallbackServerContext* context,
                                           const pb::SearchAccountsRequest* request,
                                           pb::SearchAccountsResponse* response) override {
    return context_.front.unary({"ttn.lorawan.v3.EntityRegistrySearch/SearchAccounts"}, context,
                                request, response,
                                [this](auto call, const auto& search, const auto& reply) {
                                  search_accounts(identity_, call->auth.is_admin, search, reply);
                                });
  }

 private:
  using CallPtr = std::shared_ptr<const Call>;

  template <class Message, class Request, class Response>
  void find(const CallPtr& call, grpc::CallbackServerContext* server, const Request& request,
            storage::EntityKind kind,
            google::protobuf::RepeatedPtrField<Message>* (Response::*field)(),
            const Reply<Response>& reply) const {
    auto wish = page_wish<Message>(request, identity_.settings().default_page_limit);
    wish.filter = search_filter<Message>(request);
    const auto paths = paths_of(request.field_mask());
    ownership_.search(call, kind, wish, [=](const Result<OwnedPage>& page) {
      if (!page) return reply(fail(page.error()));
      Response response;
      for (const auto& [entity, rights] : page->entities) {
        auto message = entity_message<Message>(*entity);
        if (!message) return reply(fail(std::move(message).error()));
        *(response.*field)()->Add() = shown(*std::move(message), paths, kind_info(kind), rights);
      }
      set_total(*server, page->total);
      reply(std::move(response));
    });
  }

  void find_users(grpc::CallbackServerContext* server, const pb::SearchUsersRequest& request,
                  const Reply<pb::Users>& reply) const {
    auto wish = page_wish<pb::User>(request, identity_.settings().default_page_limit);
    wish.filter = search_filter<pb::User>(request);
    auto look_up = [wish](const storage::Reader& store) {
      return identity_server::page_of_kind(store, storage::EntityKind::user, {}, wish);
    };
    const auto settings = identity_.ports().settings;
    const auto paths = with_ids(paths_of(request.field_mask()));
    identity_.scan<EntityPage>(look_up, [=](const Result<EntityPage>& page) {
      if (!page) return reply(fail(page.error()));
      pb::Users users;
      for (const auto& entity : page->entities) {
        auto user = entity_message<pb::User>(*entity);
        if (!user) return reply(fail(std::move(user).error()));
        hide_secrets(*user, *settings);
        *users.add_users() = masked(*std::move(user), paths);
      }
      set_total(*server, page->total);
      reply(std::move(users));
    });
  }

  const ServiceContext& context_;
  Identity identity_;
  Ownership ownership_;
};

class DeviceSearch final : public pb::EndDeviceRegistrySearch::CallbackService {
 public:
  DeviceSearch(const ServiceContext& context, Identity identity)
      : context_(context), identity_(std::move(identity)) {}

  grpc::ServerUnaryReactor* SearchEndDevices(grpc::CallbackServerContext* context,
                                             const pb::SearchEndDevicesRequest* request,
                                             pb::EndDevices* response) override {
    return context_.front.unary(
        {"ttn.lorawan.v3.EndDeviceRegistrySearch/SearchEndDevices"}, context, request, response,
        [this, context](auto call, const auto& search, const auto& reply) {
          const auto key = application_key(search.application_ids().application_id());
          context_.authorized(call, key, {}, reply,
                              [=, this, &search] { find(context, search, reply); });
        });
  }

 private:
  void find(grpc::CallbackServerContext* server, const pb::SearchEndDevicesRequest& request,
            const Reply<pb::EndDevices>& reply) const {
    auto wish = page_wish<pb::EndDevice>(request, identity_.settings().default_page_limit);
    wish.filter = search_filter<pb::EndDevice>(request);
    auto look_up = [wish, application = request.application_ids().application_id()](
                       const storage::Reader& store) {
      return identity_server::page_of_kind(store, storage::EntityKind::end_device, {application},
                                           wish);
    };
    const auto paths = answer_paths(request.field_mask());
    const auto settings = identity_.ports().settings;
    identity_.scan<EntityPage>(look_up, [=](const Result<EntityPage>& page) {
      if (!page) return reply(fail(page.error()));
      pb::EndDevices devices;
      for (const auto& entity : page->entities) {
        auto device = entity_message<pb::EndDevice>(*entity);
        if (!device) return reply(fail(std::move(device).error()));
        show_picture(*device, *settings);
        *devices.add_end_devices() = masked(*std::move(device), paths);
      }
      set_total(*server, page->total);
      reply(std::move(devices));
    });
  }

  const ServiceContext& context_;
  Identity identity_;
};

}  // namespace

std::unique_ptr<grpc::Service> make_entity_search(const ServiceContext& context,
                                                  Identity identity) {
  return std::make_unique<EntitySearch>(context, identity);
}

std::unique_ptr<grpc::Service> make_device_search(const ServiceContext& context,
                                                  Identity identity) {
  return std::make_unique<DeviceSearch>(context, std::move(identity));
}

}  // namespace ff::api
