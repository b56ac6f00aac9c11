// UserInvitationRegistry: invitations to register, by mail.
#include "actors/identity_server/api_keys/token.hpp"
#include "app/api/services/identity/invitations.hpp"
#include "app/api/services/identity/services.hpp"
#include "ttn/lorawan/v3/user_services.grpc.pb.h"

namespace ff::api {
namespace {

using google::protobuf::Empty;
using identity_server::EntityPage;
using identity_server::EntityPtr;

constexpr ErrorDef no_invite_rights{"pkg/identityserver", "no_invite_rights",
                                    Code::permission_denied, "no rights to send invitations"};
constexpr ErrorDef invitation_already_sent{"pkg/identityserver/store", "invitation_already_sent",
                                           Code::already_exists, "invitation already sent"};
constexpr ErrorDef invitation_not_found{"pkg/identityserver/store", "invitation_not_found",
                                        Code::not_found, "invitation not found"};

Mail mail_of(const pb::Invitation& invitation) {
  return {.to = invitation.email(),
          .subject = "You have been invited",
          .text =
              "You have been invited to create an account.\n\naccount:/register"
              "?invitation_token=" +
              invitation.token() + "\n\nInvitation token: " + invitation.token() + "\n"};
}

class Invitations final : public pb::UserInvitationRegistry::CallbackService {
 public:
  Invitations(const ServiceContext& context, Identity identity, MakeRandom make_random)
      : context_(context), identity_(std::move(identity)), make_random_(std::move(make_random)) {}

  grpc::ServerUnaryReactor* Send(grpc::CallbackServerContext* context,
                                 const pb::SendInvitationRequest* request,
                                 pb::Invitation* response) override {
    return context_.front.unary(
        {"ttn.lorawan.v3.UserInvitationRegistry/Send"}, context, request, response,
        [this](auto call, const auto& send, const auto& reply) {
          authorized(call, reply, [=, this, &send] { this->send(call, send.email(), reply); });
        });
  }

  grpc::ServerUnaryReactor* List(grpc::CallbackServerContext* context,
                                 const pb::ListInvitationsRequest* request,
                                 pb::Invitations* response) override {
    return context_.front.unary(
        {"ttn.lorawan.v3.UserInvitationRegistry/List"}, context, request, response,
        [this, context](auto call, const auto& list, const auto& reply) {
          authorized(call, reply, [=, this, &list] { this->list(context, list, reply); });
        });
  }

  grpc::ServerUnaryReactor* Delete(grpc::CallbackServerContext* context,
                                   const pb::DeleteInvitationRequest* request,
                                   Empty* response) override {
    return context_.front.unary(
        {"ttn.lorawan.v3.UserInvitationRegistry/Delete"}, context, request, response,
        [this](auto call, const auto& erase, const auto& reply) {
          authorized(call, reply, [=, this, &erase] {
            identity_.of(*call).erase(invitation_key(erase.email()), [reply](const Status& erased) {
              if (!erased && erased.error().code() == Code::not_found)
                return reply(fail(invitation_not_found));
              if (!erased) return reply(fail(erased.error()));
              reply(Empty());
            });
          });
        });
  }

 private:
  template <class Response>
  void authorized(const std::shared_ptr<const Call>& call, const Reply<Response>& reply,
                  std::function<void()> then) const {
    identity_.caller(call->metadata, [=](const Result<identity_server::AuthInfoPtr>& caller) {
      if (!caller) return reply(fail(caller.error()));
      if (!(*caller)->universal_rights.has(identity_server::Right::send_invites))
        return reply(fail(no_invite_rights));
      then();
    });
  }

  void send(const std::shared_ptr<const Call>& call, const std::string& email,
            const Reply<pb::Invitation>& reply) const {
    auto random = make_random_();
    const auto token =
        identity_server::make_token(identity_server::TokenKind::session, *random).secret;
    identity_server::CreateEntity message;
    message.key = invitation_key(email);
    message.make = [=, ttl = identity_.settings().registration.invitation_ttl](
                       UtcTime now) -> Result<identity_server::Draft> {
      pb::Invitation invitation;
      invitation.set_email(email);
      invitation.set_token(token);
      put_time(now + ttl, *invitation.mutable_expires_at());
      return invitation_draft(invitation);
    };
    identity_.of(*call).create(std::move(message), [=, this](const Result<EntityPtr>& sent) {
      if (!sent && sent.error().is(identity_server::id_taken))
        return reply(fail(invitation_already_sent));
      if (!sent) return reply(fail(sent.error()));
      publish_invitation(identity_, *call);
      auto invitation = entity_message<pb::Invitation>(**sent);
      if (invitation && identity_.ports().send_mail)
        identity_.ports().send_mail(mail_of(*invitation));
      reply(std::move(invitation));
    });
  }

  void list(grpc::CallbackServerContext* server, const pb::ListInvitationsRequest& request,
            const Reply<pb::Invitations>& reply) const {
    auto find = [wish = page_wish<pb::Invitation>(
                     {"", request.limit(), request.page()}, identity_server::Deleted::without,
                     identity_.settings().default_page_limit)](const storage::Reader& store) {
      return identity_server::page_of_kind(store, storage::EntityKind::invitation, {}, wish);
    };
    identity_.scan<EntityPage>(find, [=](const Result<EntityPage>& page) {
      if (!page) return reply(fail(page.error()));
      pb::Invitations out;
      for (const auto& entity : page->entities) {
        auto invitation = entity_message<pb::Invitation>(*entity);
        if (!invitation) return reply(fail(std::move(invitation).error()));
        *out.add_invitations() = *std::move(invitation);
      }
      set_total(*server, page->total);
      reply(std::move(out));
    });
  }

  const ServiceContext& context_;
  Identity identity_;
  MakeRandom make_random_;
};

}  // namespace

std::unique_ptr<grpc::Service> make_invitations(const ServiceContext& context, Identity identity,
                                                MakeRandom make_random) {
  return std::make_unique<Invitations>(context, std::move(identity), std::move(make_random));
}

}  // namespace ff::api
