// UserSessionRegistry: the sessions of a user, to see and to end them.
#include "actors/identity_server/api_keys/session.hpp"
#include "app/api/services/identity/page_wish.hpp"
#include "app/api/services/identity/services.hpp"
#include "app/api/services/identity/users.hpp"
#include "ttn/lorawan/v3/user_services.grpc.pb.h"

namespace ff::api {
namespace {

using google::protobuf::Empty;
using identity_server::EntityPage;

constexpr ErrorDef user_session_not_found{"pkg/identityserver/store", "user_session_not_found",
                                          Code::not_found, "session `{session_id}` not found"};

class UserSessions final : public pb::UserSessionRegistry::CallbackService {
 public:
  UserSessions(const ServiceContext& context, Identity identity)
      : context_(context), identity_(std::move(identity)) {}

  grpc::ServerUnaryReactor* List(grpc::CallbackServerContext* context,
                                 const pb::ListUserSessionsRequest* request,
                                 pb::UserSessions* response) override {
    return context_.front.unary(
        {"ttn.lorawan.v3.UserSessionRegistry/List"}, context, request, response,
        [this, context](auto call, const auto& list, const auto& reply) {
          context_.authorized(call, user_key(list.user_ids().user_id()), {}, reply,
                              [=, this, &list] { this->list(context, list, reply); });
        });
  }

  grpc::ServerUnaryReactor* Delete(grpc::CallbackServerContext* context,
                                   const pb::UserSessionIdentifiers* request,
                                   Empty* response) override {
    return context_.front.unary(
        {"ttn.lorawan.v3.UserSessionRegistry/Delete"}, context, request, response,
        [this](auto call, const auto& ids, const auto& reply) {
          const auto& user_id = ids.user_ids().user_id();
          const auto& session_id = ids.session_id();
          context_.authorized(call, user_key(user_id), {}, reply, [=, this] {
            identity_.of(*call).erase(
                identity_server::session_entity(user_id, session_id), [=](const Status& erased) {
                  if (!erased && erased.error().code() == Code::not_found)
                    return reply(fail(user_session_not_found,
                                      {{"session_id", session_id}, {"user_id", user_id}}));
                  if (!erased) return reply(fail(erased.error()));
                  reply(Empty());
                });
          });
        });
  }

 private:
  void list(grpc::CallbackServerContext* server, const pb::ListUserSessionsRequest& request,
            const Reply<pb::UserSessions>& reply) const {
    auto find = [wish =
                     page_wish<pb::UserSession>(request, identity_.settings().default_page_limit),
                 user_id = request.user_ids().user_id()](const storage::Reader& store) {
      return identity_server::page_of_kind(store, storage::EntityKind::user_session, {user_id},
                                           wish);
    };
    identity_.scan<EntityPage>(find, [=](const Result<EntityPage>& page) {
      if (!page) return reply(fail(page.error()));
      pb::UserSessions sessions;
      for (const auto& entity : page->entities) {
        auto session = entity_message<pb::UserSession>(*entity);
        if (!session) return reply(fail(std::move(session).error()));
        session->clear_session_secret();
        *sessions.add_sessions() = *std::move(session);
      }
      set_total(*server, page->total);
      reply(std::move(sessions));
    });
  }

  const ServiceContext& context_;
  Identity identity_;
};

}  // namespace

std::unique_ptr<grpc::Service> make_user_sessions(const ServiceContext& context,
                                                  Identity identity) {
  return std::make_unique<UserSessions>(context, std::move(identity));
}

}  // namespace ff::api
