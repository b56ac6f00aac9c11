// Creation and lists of entities that users and organizations own: applications and gateways.
#pragma once

#include "app/api/services/identity/entity_registry.hpp"

namespace ff::api {

/// What a kind adds to the common.
template <class Message>
struct OwnedKind {
  storage::EntityKind kind = storage::EntityKind::application;
  Right user_create = Right::right_invalid;
  Right organization_create = Right::right_invalid;
  Right user_list = Right::right_invalid;
  Right organization_list = Right::right_invalid;
  UniqueKeys<Message> unique;
  std::function<void(Message&)> complete;
};

template <class Message>
class OwnedRegistry {
 public:
  using CallPtr = std::shared_ptr<const Call>;

  OwnedRegistry(const ServiceContext& context, Identity identity, OwnedKind<Message> kind)
      : context_(context), identity_(std::move(identity)), kind_(std::move(kind)) {}

  /// With the membership of its owner, in one.
  void create(const CallPtr& call, const ttn::lorawan::v3::OrganizationOrUserIdentifiers& owner,
              storage::EntityKey key, Message message, const Reply<Message>& reply) const {
    const auto account = account_key(owner);
    if (!account)
      return reply(
          fail(api_rules_validation, {{"field", "collaborator"}, {"reason", "value is required"}}));
    const auto right = right_on(*account, kind_.user_create, kind_.organization_create);
    context_.require(
        call, *account, {right},
        [=, this, message = std::move(message)](const Status& status) mutable {
          if (!status) return reply(fail(status.error()));
          if (kind_.complete) kind_.complete(message);
          identity_server::CreateEntity create;
          create.key = key;
          create.make = [message,
                         unique = kind_.unique](UtcTime) -> Result<identity_server::Draft> {
            auto keys = unique ? unique(message) : std::vector<identity_server::UniqueKey>();
            return identity_server::Draft{entity_bytes(message), std::move(keys), false};
          };
          create.companions.push_back(
              identity_server::make_membership(key, *account, {identity_server::Right::all}));
          identity_.create(std::move(create), answer_entity<Message>(reply));
        });
  }

  /// What the owner, or else the caller, is a member of.
  template <class Request, class Response>
  void list(const CallPtr& call, grpc::CallbackServerContext* server, const Request& request,
            google::protobuf::RepeatedPtrField<Message>* (Response::*field)(),
            const Reply<Response>& reply) const {
    const Paging paging({request.order(), request.limit(), request.page()});
    const auto deleted =
        request.deleted() ? identity_server::Deleted::only : identity_server::Deleted::without;
    auto answer = [=, paths = answer_paths(request.field_mask())](
                      const Result<identity_server::EntityPage>& page) {
      if (!page) return reply(fail(page.error()));
      answer_page(*server, *page, paging, paths, field, reply);
    };
    with_account(call, request.collaborator(), reply,
                 [=, this](const std::optional<storage::EntityKey>& account) {
                   if (!account) return answer(identity_server::EntityPage{});
                   const auto right = right_on(*account, kind_.user_list, kind_.organization_list);
                   context_.require(call, *account, {right}, [=, this](const Status& status) {
                     if (!status) return reply(fail(status.error()));
                     list_of(*account, paging, deleted, reply, answer);
                   });
                 });
  }

 private:
  static constexpr ErrorDef api_rules_validation{"pkg/errors", "validation", Code::invalid_argument,
                                                 "invalid `{field}`: {reason}"};

  static Right right_on(const storage::EntityKey& account, Right user, Right organization) {
    return account.kind == storage::EntityKind::user ? user : organization;
  }

  template <class Response>
  void with_account(const CallPtr& call, const ttn::lorawan::v3::OrganizationOrUserIdentifiers& ids,
                    const Reply<Response>& reply,
                    std::function<void(const std::optional<storage::EntityKey>&)> then) const {
    if (auto account = account_key(ids)) return then(account);
    identity_.caller(call->metadata, [=](const Result<identity_server::AuthInfoPtr>& caller) {
      if (!caller) return reply(fail(caller.error()));
      const auto& owner = (*caller)->owner;
      const bool acts = owner.kind == storage::EntityKind::user ||
                        owner.kind == storage::EntityKind::organization;
      then(acts ? std::optional(owner) : std::nullopt);
    });
  }

  template <class Response, class Answer>
  void list_of(const storage::EntityKey& account, const Paging& paging,
               identity_server::Deleted deleted, const Reply<Response>& reply,
               const Answer& answer) const {
    memberships(identity_, kind_.kind, account, [=, this](Result<std::vector<std::string>> ids) {
      if (!ids) return reply(fail(std::move(ids).error()));
      identity_server::ListEntities list;
      list.kind = kind_.kind;
      list.deleted = deleted;
      list.filter = [sorted = *std::move(ids)](const identity_server::Entity& entity) {
        return std::ranges::binary_search(sorted, entity.key.ids.at(0));
      };
      paging.ask(list);
      identity_.list(std::move(list), answer);
    });
  }

  template <class Response>
  static void answer_page(grpc::CallbackServerContext& server,
                          const identity_server::EntityPage& page, const Paging& paging,
                          const Paths& paths,
                          google::protobuf::RepeatedPtrField<Message>* (Response::*field)(),
                          const Reply<Response>& reply) {
    std::vector<Message> messages;
    for (const auto& entity : page.entities) {
      auto message = entity_message<Message>(*entity);
      if (!message) return reply(fail(std::move(message).error()));
      messages.push_back(*std::move(message));
    }
    Response response;
    const std::function<std::string(const Message&)> name = [](const Message& message) {
      return message.name();
    };
    for (auto& message : paging.page(std::move(messages), name)) {
      *(response.*field)()->Add() = masked(std::move(message), paths);
    }
    set_total(server, page.total);
    reply(std::move(response));
  }

  const ServiceContext& context_;
  Identity identity_;
  OwnedKind<Message> kind_;
};

}  // namespace ff::api
