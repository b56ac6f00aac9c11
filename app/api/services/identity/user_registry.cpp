// UserRegistry: users. Their creation and passwords are in files of their own.
#include "app/api/services/identity/changes.hpp"
#include "app/api/services/identity/credentials_of_user.hpp"
#include "app/api/services/identity/entity_purge.hpp"
#include "app/api/services/identity/ownership.hpp"
#include "app/api/services/identity/services.hpp"
#include "app/api/services/identity/user_creation.hpp"
#include "app/api/services/identity/user_updates.hpp"
#include "app/api/services/identity/users.hpp"
#include "ttn/lorawan/v3/user_services.grpc.pb.h"

namespace ff::api {
namespace {

using google::protobuf::Empty;
using identity_server::EntityPage;
using identity_server::EntityPtr;

constexpr ErrorDef admins_purge_users{"pkg/identityserver", "admins_purge_users",
                                      Code::permission_denied,
                                      "users may only be purged by admins"};

class Users final : public pb::UserRegistry::CallbackService {
 public:
  Users(const ServiceContext& context, const Identity& identity, const MakeRandom& make_random)
      : context_(context),
        identity_(identity),
        creation_(context, identity, make_random),
        passwords_(context, identity, make_random),
        updates_(context, identity, make_random),
        ownership_(context, identity) {}

  grpc::ServerUnaryReactor* Create(grpc::CallbackServerContext* context,
                                   const pb::CreateUserRequest* request,
                                   pb::User* response) override {
    return context_.front.unary({"ttn.lorawan.v3.UserRegistry/Create", Access::open}, context,
                                request, response,
                                [this](auto call, const auto& create, const auto& reply) {
                                  creation_.create(call, create, reply);
                                });
  }

  grpc::ServerUnaryReactor* Get(grpc::CallbackServerContext* context,
                                const pb::GetUserRequest* request, pb::User* response) override {
    return context_.front.unary(
        {"ttn.lorawan.v3.UserRegistry/Get"}, context, request, response,
        [this](auto call, const auto& get, const auto& reply) { this->get(call, get, reply); });
  }

  grpc::ServerUnaryReactor* List(grpc::CallbackServerContext* context,
                                 const pb::ListUsersRequest* request,
                                 pb::Users* response) override {
    return context_.front.unary({"ttn.lorawan.v3.UserRegistry/List"}, context, request, response,
                                [this, context](auto call, const auto& list, const auto& reply) {
                                  this->list(call, context, list, reply);
                                });
  }

  grpc::ServerUnaryReactor* Update(grpc::CallbackServerContext* context,
                                   const pb::UpdateUserRequest* request,
                                   pb::User* response) override {
    return context_.front.unary({"ttn.lorawan.v3.UserRegistry/Update"}, context, request, response,
                                [this](auto call, const auto& update, const auto& reply) {
                                  const auto key = user_key(update.user().ids().user_id());
                                  context_.authorized(
                                      call, key, paths_of(update.field_mask()), reply,
                                      [=, this, &update] { updates_.update(call, update, reply); });
                                });
  }

  grpc::ServerUnaryReactor* CreateTemporaryPassword(
      grpc::CallbackServerContext* context, const pb::CreateTemporaryPasswordRequest* request,
      Empty* response) override {
    return context_.front.unary(
        {"ttn.lorawan.v3.UserRegistry/CreateTemporaryPassword", Access::open}, context, request,
        response, [this](auto call, const auto& create, const auto& reply) {
          passwords_.create_temporary(call, create.user_ids().user_id(), reply);
        });
  }

  grpc::ServerUnaryReactor* UpdatePassword(grpc::CallbackServerContext* context,
                                           const pb::UpdateUserPasswordRequest* request,
                                           Empty* response) override {
    return context_.front.unary({"ttn.lorawan.v3.UserRegistry/UpdatePassword", Access::open},
                                context, request, response,
                                [this](auto call, const auto& update, const auto& reply) {
                                  passwords_.update(call, update, reply);
                                });
  }

  grpc::ServerUnaryReactor* Delete(grpc::CallbackServerContext* context,
                                   const pb::UserIdentifiers* request, Empty* response) override {
    return context_.front.unary({"ttn.lorawan.v3.UserRegistry/Delete"}, context, request, response,
                                [this](auto call, const auto& ids, const auto& reply) {
                                  const auto key = user_key(ids.user_id());
                                  context_.authorized(call, key, {}, reply,
                                                      [=, this] { erase(call, key, reply); });
                                });
  }

  grpc::ServerUnaryReactor* Restore(grpc::CallbackServerContext* context,
                                    const pb::UserIdentifiers* request, Empty* response) override {
    return context_.front.unary({"ttn.lorawan.v3.UserRegistry/Restore"}, context, request, response,
                                [this](auto call, const auto& ids, const auto& reply) {
                                  const auto key = user_key(ids.user_id());
                                  ownership_.authorized_deleted(
                                      call, key, reply, [=, this] { restore(call, key, reply); });
                                });
  }

  grpc::ServerUnaryReactor* Purge(grpc::CallbackServerContext* context,
                                  const pb::UserIdentifiers* request, Empty* response) override {
    return context_.front.unary({"ttn.lorawan.v3.UserRegistry/Purge"}, context, request, response,
                                [this](auto call, const auto& ids, const auto& reply) {
                                  if (!call->auth.is_admin) return reply(fail(admins_purge_users));
                                  const auto key = user_key(ids.user_id());
                                  updates_.erase(call, key, [=, this](const Status& deleted) {
                                    // One that is deleted already is purged as well.
                                    if (!deleted && deleted.error().code() != Code::not_found)
                                      return reply(fail(deleted.error()));
                                    purge(identity_.of(*call), key, nullptr,
                                          done(call, key, "purge", reply));
                                  });
                                });
  }

 private:
  using CallPtr = std::shared_ptr<const Call>;

  pb::User shown(pb::User user, Paths paths) const {
    hide_secrets(user, identity_.settings());
    for (const char* path : {"ids", "created_at", "updated_at", "deleted_at"})
      paths.emplace_back(path);
    return masked(std::move(user), paths);
  }

  void get(const CallPtr& call, const pb::GetUserRequest& get, const Reply<pb::User>& reply) const {
    const auto key = user_key(get.user_ids().user_id());
    const auto paths = paths_of(get.field_mask());
    auto answer = [=, this] {
      identity_.get(key, [=, this](const Result<EntityPtr>& entity) {
        if (!entity) return reply(fail(entity.error()));
        auto user = entity_message<pb::User>(**entity);
        if (!user) return reply(fail(std::move(user).error()));
        reply(shown(*std::move(user), paths));
      });
    };
    context_.require(call, key, needed_rights(call->method, paths), [=, this](const Status& may) {
      if (may) return answer();
      if (may.error().code() != Code::permission_denied || !are_public_of_user(paths))
        return reply(fail(may.error()));
      identity_.caller(call->metadata, [=](const Result<identity_server::AuthInfoPtr>& caller) {
        if (!caller) return reply(fail(caller.error()));
        if ((*caller)->refusal) return reply(fail(*(*caller)->refusal));
        answer();
      });
    });
  }

  void list(const CallPtr& call, grpc::CallbackServerContext* server,
            const pb::ListUsersRequest& request, const Reply<pb::Users>& reply) const {
    if (!call->auth.is_admin) return reply(fail(permission_denied));
    auto find = [wish = page_wish<pb::User>(request, identity_.settings().default_page_limit)](
                    const storage::Reader& store) {
      return identity_server::page_of_kind(store, storage::EntityKind::user, {}, wish);
    };
    const auto paths = paths_of(request.field_mask());
    identity_.scan<EntityPage>(find, [=, this](const Result<EntityPage>& page) {
      if (!page) return reply(fail(page.error()));
      pb::Users users;
      for (const auto& entity : page->entities) {
        auto user = entity_message<pb::User>(*entity);
        if (!user) return reply(fail(std::move(user).error()));
        *users.add_users() = shown(*std::move(user), paths);
      }
      set_total(*server, page->total);
      reply(std::move(users));
    });
  }

  /// Sessions end with the user; keys and memberships wait, but do nothing.
  void erase(const CallPtr& call, const storage::EntityKey& key, const Reply<Empty>& reply) const {
    updates_.erase(call, key, [=, this](const Status& deleted) {
      if (!deleted) return reply(fail(deleted.error()));
      erase_credentials(identity_.of(*call), key.ids.front(), done(call, key, "delete", reply));
    });
  }

  void restore(const CallPtr& call, const storage::EntityKey& key,
               const Reply<Empty>& reply) const {
    auto revive = [](const identity_server::Entity& entity) -> Result<identity_server::Draft> {
      FF_TRY(const auto user, entity_message<pb::User>(entity));
      return identity_server::Draft{.message = entity.message, .unique = email_key(user)};
    };
    api::restore(identity_.of(*call), key, revive, done(call, key, "restore", reply));
  }

  actors::Reply<void> done(const CallPtr& call, const storage::EntityKey& key,
                           std::string_view verb, const Reply<Empty>& reply) const {
    return [identity = identity_, call, key, verb, reply](const Status& status) {
      if (!status) return reply(fail(status.error()));
      publish_change(identity, *call, key, verb);
      reply(Empty());
    };
  }

  const ServiceContext& context_;
  Identity identity_;
  UserCreation creation_;
  Passwords passwords_;
  UserUpdates updates_;
  Ownership ownership_;
};

}  // namespace

std::unique_ptr<grpc::Service> make_user_registry(const ServiceContext& context, Identity identity,
                                                  MakeRandom make_random) {
  return std::make_unique<Users>(context, identity, make_random);
}

}  // namespace ff::api
